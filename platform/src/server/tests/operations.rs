//! What only those who run the server ask.

use super::*;

#[sqlx::test(migrations = "../migrations")]
async fn a_server_is_ready_only_behind_both_walls(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let services = services(&scratch).await;
    let ready = async |services: Services| {
        let server = server!(services);
        let request = TestRequest::get().uri("/readyz").to_request();
        call_service(&server, request).await.status()
    };
    assert_eq!(ready(services.clone()).await, StatusCode::OK);
    let as_owner = Services {
        db: scratch.owner.clone(),
        ..services.clone()
    };
    assert_eq!(ready(as_owner).await, StatusCode::SERVICE_UNAVAILABLE);
    scratch.app.pool().close().await;
    assert_eq!(ready(services).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_failed_check_of_a_role_is_named(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let services = services(&scratch)
        .await
        .with_readiness_check("clock", async || Ok(()))
        .with_readiness_check("cluster", async || Err("It has to be reseated.".to_owned()));
    let server = server!(services);
    let request = TestRequest::get().uri("/readyz").to_request();
    let response = call_service(&server, request).await;
    assert_eq!(header_text(&response, "retry-after"), "1");
    let (_, body) = problem(response).await;
    assert_eq!(body["type"], "/problems/not-ready");
    assert_eq!(body["detail"], "cluster: It has to be reseated.");
}

#[sqlx::test(migrations = "../migrations")]
async fn metrics_are_for_this_machine_and_for_holders_of_the_token(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let access = MetricsAccess::new(
        install_metrics().unwrap(),
        Some(SecretString::from("let me see")),
    );
    let server = server!(services(&scratch).await.with_metrics(access));
    let ask = async |address: &str, name: &'static str, value: &'static str| {
        let address: SocketAddr = address.parse().unwrap();
        let request = TestRequest::get()
            .uri("/metrics")
            .peer_addr(address)
            .insert_header((name, value))
            .to_request();
        let response = call_service(&server, request).await;
        (response.status(), read_body(response).await)
    };
    let (ok, forbidden) = (StatusCode::OK, StatusCode::FORBIDDEN);
    assert_eq!(ask("10.0.0.5:80", "accept", "*/*").await.0, forbidden);
    assert_eq!(
        ask("127.0.0.1:80", "x-forwarded-for", "10.0.0.5").await.0,
        forbidden
    );
    assert_eq!(
        ask("10.0.0.5:80", "authorization", "Bearer let me").await.0,
        forbidden
    );
    assert_eq!(
        ask("10.0.0.5:80", "authorization", "Bearer let me see")
            .await
            .0,
        ok
    );
    assert_eq!(ask("[::ffff:127.0.0.1]:80", "accept", "*/*").await.0, ok);
    let (status, numbers) = ask("127.0.0.1:80", "accept", "*/*").await;
    assert_eq!(status, ok);
    let numbers = String::from_utf8(numbers.to_vec()).unwrap();
    assert!(numbers.contains("muster_http_requests_total{"));
    assert!(numbers.contains("muster_http_request_seconds_bucket{"));
}
