use std::net::SocketAddr;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpResponse, web};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::*;
use crate::auth::{Caller, Role};
use crate::clock::Clock;
use crate::problem::{PROBLEM_CONTENT_TYPE, Problem, Slug};
use crate::scratch::{Scratch, clock, keyring};

/// Services on a store that allows a simulated clock.
async fn services(scratch: &Scratch) -> Services {
    sqlx::query!("update store set kind = 'test'")
        .execute(scratch.owner.pool())
        .await
        .unwrap();
    Services::open(scratch.app.clone(), clock(), keyring(1, 7))
        .await
        .unwrap()
}

/// A server with one route of each kind of trouble.
macro_rules! server {
    ($services:expr) => {
        init_service(
            App::new()
                .app_data(web::Data::new($services))
                .configure(configure_extractors)
                .configure(configure_operations)
                .route(
                    "/json",
                    web::post().to(async |_: web::Json<Vec<u32>>| "read"),
                )
                .route(
                    "/small",
                    web::post().to(async |_: LimitedJson<Vec<u32>, 16>| "read"),
                )
                .route(
                    "/id/{id}",
                    web::get().to(async |id: web::Path<Uuid>| id.to_string()),
                )
                .route("/query", web::get().to(async |_: web::Query<Page>| "read"))
                .route(
                    "/who",
                    web::get().to(async |caller: Caller| caller.user_id.to_string()),
                )
                .route(
                    "/broken",
                    web::get().to(async || {
                        Err::<HttpResponse, _>(Problem::internal(std::io::Error::other(
                            "the secret plan",
                        )))
                    }),
                )
                .route(
                    "/framework",
                    web::get().to(async || {
                        Err::<HttpResponse, _>(actix_web::error::ErrorConflict("the secret plan"))
                    }),
                )
                .wrap(from_fn(answer)),
        )
        .await
    };
}

#[derive(serde::Deserialize)]
struct Page {
    #[expect(dead_code, reason = "only read from the query")]
    limit: u32,
}

/// Reads the problem that answers a request.
async fn problem<B: MessageBody>(response: ServiceResponse<B>) -> (StatusCode, Value)
where
    B::Error: std::fmt::Debug,
{
    let status = response.status();
    assert_eq!(
        response.headers().get(header::CONTENT_TYPE).unwrap(),
        PROBLEM_CONTENT_TYPE
    );
    assert_eq!(
        header_text(&response, "muster-store").matches('.').count(),
        1
    );
    assert_eq!(
        header_text(&response, "date"),
        "Tue, 24 Nov 2026 08:00:00 GMT"
    );
    let body: Value = serde_json::from_slice(&read_body(response).await).unwrap();
    assert_eq!(body["status"], status.as_u16());
    assert!(body["request_id"].as_str().unwrap().parse::<Uuid>().is_ok());
    (status, body)
}

fn header_text<'a, B>(response: &'a ServiceResponse<B>, name: &str) -> &'a str {
    response.headers().get(name).unwrap().to_str().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn head_answers_as_get_does_without_the_body(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let app = server!(services(&scratch).await);
    for (path, status) in [
        ("/healthz", StatusCode::OK),
        ("/nowhere", StatusCode::NOT_FOUND),
        ("/json", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let head = TestRequest::default().method(Method::HEAD).uri(path);
        let response = call_service(&app, head.to_request()).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(response.headers().contains_key(header::CONTENT_TYPE));
        assert_eq!(read_body(response).await.len(), 0, "{path}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_problem_is_a_document_after_rfc_9457(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    let request = TestRequest::get().uri("/who").to_request();
    let response = call_service(&server, request).await;
    assert_eq!(header_text(&response, "www-authenticate"), "Bearer");
    let (_, mut body) = problem(response).await;
    body["request_id"] = "[id]".into();
    insta::assert_json_snapshot!(body, @r#"
    {
      "detail": "The request carries no access token.",
      "request_id": "[id]",
      "status": 401,
      "title": "Not signed in",
      "type": "/problems/token-invalid"
    }
    "#);
}

#[test]
fn the_fields_of_a_problem_are_named_by_pointers() {
    let problem = Problem::new(Slug::InvalidField)
        .field("/commands/0/minutes_late", "must be between 0 and 240")
        .field("/device_id", "must be a UUID");
    insta::assert_json_snapshot!(problem, @r#"
    {
      "type": "/problems/invalid-field",
      "title": "A field has a value that is not allowed",
      "status": 422,
      "errors": [
        {
          "pointer": "/commands/0/minutes_late",
          "detail": "must be between 0 and 240"
        },
        {
          "pointer": "/device_id",
          "detail": "must be a UUID"
        }
      ]
    }
    "#);
}

#[sqlx::test(migrations = "../migrations")]
async fn whatever_cannot_be_served_is_answered_as_a_problem(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    let json = || {
        TestRequest::post()
            .uri("/json")
            .insert_header(("content-type", "application/json"))
    };
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    let cases = [
        (TestRequest::get().uri("/nowhere"), Slug::NotFound),
        (
            TestRequest::get().uri("/problems/no-such-slug"),
            Slug::NotFound,
        ),
        (TestRequest::delete().uri("/json"), Slug::MethodNotAllowed),
        (TestRequest::get().uri("/id/not-an-id"), Slug::NotFound),
        (TestRequest::get().uri("/query?limit=many"), Slug::Malformed),
        (json().set_payload("[1, 2"), Slug::Malformed),
        (json().set_payload(r#"["one"]"#), Slug::Malformed),
        (json().set_payload(large), Slug::TooLarge),
        (
            TestRequest::post().uri("/json").set_payload("[1]"),
            Slug::UnsupportedMedia,
        ),
        (
            json()
                .insert_header(("content-encoding", "br"))
                .set_payload("[1]"),
            Slug::UnsupportedMedia,
        ),
        (
            json()
                .insert_header(("content-encoding", "gzip"))
                .set_payload("[1]"),
            Slug::Malformed,
        ),
        (
            json()
                .insert_header(("content-encoding", "gzip"))
                .set_payload(gzip_bomb()),
            Slug::TooLarge,
        ),
        (json_small("[1, 2, 3, 4, 5, 6]"), Slug::TooLarge),
        (json_small("[1, 2"), Slug::Malformed),
        (json_small(r#"["secret"]"#), Slug::Malformed),
        (TestRequest::get().uri("/broken"), Slug::Internal),
        (TestRequest::get().uri("/framework"), Slug::Malformed),
    ];
    for (request, slug) in cases {
        let request = request.to_request();
        let name = format!("{} {}", request.method(), request.uri());
        let (status, body) = problem(call_service(&server, request).await).await;
        assert_eq!(body["type"], slug.path(), "{name}");
        assert_eq!(status, slug.status(), "{name}");
        assert!(!body.to_string().contains("secret"), "{name}");
    }
    let request = json().set_payload("[1]").to_request();
    assert_eq!(
        call_service(&server, request).await.status(),
        StatusCode::OK
    );
}

/// A request to the route that takes sixteen bytes.
fn json_small(body: &'static str) -> TestRequest {
    TestRequest::post()
        .uri("/small")
        .insert_header(("content-type", "application/json"))
        .set_payload(body)
}

/// Ten mebibytes, packed.
fn gzip_bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 10 * 1024 * 1024]).unwrap();
    packer.finish().unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn the_reader_of_a_body_or_query_is_not_quoted(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    let post = |path: &str, body: &'static str| {
        TestRequest::post()
            .uri(path)
            .insert_header(("content-type", "application/json"))
            .set_payload(body)
    };
    for (request, detail) in [
        (
            post("/json", r#"["secret"]"#),
            "The body is not of the form that this address takes.",
        ),
        (
            post("/json", "[1, secret]"),
            "The JSON cannot be read beyond line 1, byte 5: it is wrong there, or nested too deeply.",
        ),
        (post("/small", "[1, 2"), "The JSON ends too early."),
        (
            post("/small", "{}"),
            "The body cannot be read: a list is meant.",
        ),
        (
            TestRequest::get().uri("/query?limit=secret"),
            "A parameter of the address is missing or cannot be read.",
        ),
    ] {
        let (_, body) = problem(call_service(&server, request.to_request()).await).await;
        assert_eq!(body["detail"], detail);
    }
    let (_, body) =
        problem(call_service(&server, post("/small", "[1, -1]").to_request()).await).await;
    assert_eq!(body["errors"][0]["pointer"], "/1");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_signed_in_person_reaches_the_handler(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let services = services(&scratch).await;
    let school_id = scratch.add_school().await;
    let user_id = scratch.add_user(school_id, Role::Admin).await;
    let token = services
        .tokens
        .issue(school_id, user_id, Role::Admin)
        .unwrap();
    let server = server!(services);
    let request = TestRequest::get()
        .uri("/who")
        .insert_header((
            "authorization",
            format!("bearer {}", token.token.expose_secret()),
        ))
        .to_request();
    let response = call_service(&server, request).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(read_body(response).await, user_id.to_string());
}

#[sqlx::test(migrations = "../migrations")]
async fn the_pages_of_problems_are_served(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    for path in Slug::all().map(Slug::path).chain(["/problems".to_owned()]) {
        let response = call_service(&server, TestRequest::get().uri(&path).to_request()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(
            header_text(&response, "content-type"),
            "text/html; charset=utf-8"
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn answers_name_the_store_and_notice_when_it_changes(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    let name = async || {
        let request = TestRequest::get().uri("/healthz").to_request();
        header_text(&call_service(&server, request).await, "muster-store").to_owned()
    };
    let store_id = sqlx::query_scalar!("update store set epoch = epoch + 1 returning store_id")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    let changed = Instant::now();
    let mut poll = tokio::time::interval(Duration::from_millis(50));
    while name().await != format!("{store_id}.2") {
        assert!(changed.elapsed() < Duration::from_secs(10));
        poll.tick().await;
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn browsers_that_came_through_tls_are_told_to_stay_there(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let server = server!(services(&scratch).await);
    let told = async |peer: &str, scheme: &str| {
        let request = TestRequest::get()
            .uri("/healthz")
            .peer_addr(peer.parse().unwrap())
            .insert_header(("host", "muster.example"))
            .insert_header(("x-forwarded-proto", scheme))
            .to_request();
        let response = call_service(&server, request).await;
        let header = response.headers().get("strict-transport-security");
        header.map(|value| value.to_str().unwrap().to_owned())
    };
    let through_proxy = told("127.0.0.1:40000", "https").await;
    assert_eq!(through_proxy.as_deref(), Some("max-age=31536000"));
    assert_eq!(told("127.0.0.1:40000", "http").await, None);
    assert_eq!(
        told("203.0.113.7:40000", "https").await,
        None,
        "no proxy of ours"
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_simulated_clock_is_refused_by_a_real_store(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let open = async |clock: Clock| Services::open(scratch.app.clone(), clock, keyring(1, 7)).await;
    assert!(matches!(
        open(clock()).await,
        Err(OpenError::SimulatedClock(kind)) if kind == "production"
    ));
    assert!(open(Clock::system()).await.is_ok());
    sqlx::query!("update store set kind = 'demo'")
        .execute(scratch.owner.pool())
        .await
        .unwrap();
    assert!(open(clock()).await.is_ok());
}

/// After the macro above, which it uses.
mod operations;
