use std::time::Duration;

use command_api::users;
use futures::future::join_all;
use reqwest::RequestBuilder;
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use crate::accounts::password;
use crate::harness::{Answer, Server, fetch, id};

const PASSWORD: &str = "correct horse";

async fn with_password() -> Server {
    let server = Server::start().await;
    let (db, clock) = (&server.services.db, &server.clock);
    users::reset_password(db, clock, "ONE", "akinyi", password(PASSWORD))
        .await
        .unwrap();
    server
}

async fn log_in(server: &Server, body: Value) -> Answer {
    fetch(server.post("/api/v1/auth/login").json(&body)).await
}

fn credentials() -> Value {
    json!({"school_code": "ONE", "username": "akinyi", "password": PASSWORD})
}

/// The refresh cookie of an answer, as a browser would send it back.
fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn with_cookie(server: &Server, path: &str, cookie: &str) -> Answer {
    let request = server
        .post(path)
        .header("Cookie", cookie)
        .header("Muster-Client", "1")
        .header("Origin", server.url(""));
    fetch(request).await
}

#[actix_web::test]
async fn a_teacher_signs_in_and_sends_commands() {
    let server = with_password().await;
    let answer = log_in(&server, credentials()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 900);
    assert_eq!(
        answer.body["user"],
        json!({"id": id("teacher Akinyi"), "name": "teacher Akinyi", "role": "teacher", "school_id": id("school")})
    );
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    for attribute in [
        "HttpOnly",
        "SameSite=Strict",
        "Path=/api/v1/auth",
        "Max-Age=5184000",
    ] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "this is loopback: {cookie}");
    let token = answer.body["access_token"].as_str().unwrap();
    let envelope = server.envelope(vec![server.mark("student 1", "present")]);
    let request = server
        .post("/api/v1/commands")
        .json(&envelope)
        .bearer_auth(token);
    assert_eq!(fetch(request).await.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_phone_that_begins_with_a_capital_letter_signs_in_all_the_same() {
    let server = with_password().await;
    for (school_code, username) in [
        ("ONE", "Akinyi"),
        ("One", "AKINYI"),
        (" one ", "\takinyi\u{a0}"),
    ] {
        let body = json!({"school_code": school_code, "username": username, "password": PASSWORD});
        let answer = log_in(&server, body).await;
        assert_eq!(answer.status, 200, "{school_code:?} {username:?}");
        assert_eq!(answer.body["user"]["id"], json!(id("teacher Akinyi")));
    }
    let mut body = credentials();
    body["password"] = json!(PASSWORD.to_uppercase());
    assert_eq!(log_in(&server, body).await.slug(), "login-failed");
    server.stop().await;
}

#[actix_web::test]
async fn whatever_is_wrong_with_a_sign_in_the_answer_is_the_same() {
    let server = with_password().await;
    let wrong = |field: &str, value: &str| {
        let mut body = credentials();
        body[field] = json!(value);
        body
    };
    let mut answers = Vec::new();
    for body in [
        wrong("password", "wrong horse"),
        wrong("username", "nobody"),
        wrong("username", "baraka"),
        wrong("username", "akin\0yi"),
        wrong("school_code", "TWO"),
        wrong("school_code", "NONE"),
        wrong("school_code", &"N".repeat(201)),
        wrong("username", &"é".repeat(201)),
    ] {
        let answer = log_in(&server, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.slug()),
            (401, "login-failed")
        );
        let mut body = answer.body;
        body.as_object_mut().unwrap().remove("request_id");
        answers.push(body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let malformed = log_in(&server, json!({"username": "akinyi"})).await;
    assert_eq!(malformed.slug(), "malformed");
    server.stop().await;
}

#[actix_web::test]
async fn passwords_cannot_be_tried_for_ever() {
    let server = with_password().await;
    let mut body = credentials();
    body["password"] = json!("wrong horse");
    let answers = join_all((0..30).map(|_| log_in(&server, body.clone()))).await;
    let limited: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    assert!(!limited.is_empty());
    for answer in limited {
        assert_eq!(answer.slug(), "rate-limited");
        assert!(answer.headers.contains_key("retry-after"));
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_refresh_token_is_exchanged_and_a_copied_one_ends_the_family() {
    let server = with_password().await;
    let first = cookie(&log_in(&server, credentials()).await);
    let renewed = with_cookie(&server, "/api/v1/auth/refresh", &first).await;
    assert_eq!(renewed.status, 200);
    assert_eq!(renewed.body["user"]["id"], json!(id("teacher Akinyi")));
    let second = cookie(&renewed);
    assert_ne!(first, second);
    let after_lost_answer = with_cookie(&server, "/api/v1/auth/refresh", &first).await;
    assert_eq!(
        after_lost_answer.status, 200,
        "the successor was never used"
    );
    let third = cookie(&after_lost_answer);
    assert_eq!(
        with_cookie(&server, "/api/v1/auth/refresh", &third)
            .await
            .status,
        200
    );
    let copied = with_cookie(&server, "/api/v1/auth/refresh", &first).await;
    assert_eq!(copied.slug(), "token-invalid");
    let ended = with_cookie(&server, "/api/v1/auth/refresh", &third).await;
    assert_eq!(ended.slug(), "token-invalid");
    server.stop().await;
}

#[actix_web::test]
async fn only_our_own_pages_can_use_the_cookie() {
    let server = with_password().await;
    let cookie = cookie(&log_in(&server, credentials()).await);
    for path in ["/api/v1/auth/refresh", "/api/v1/auth/logout"] {
        let without_header = fetch(server.post(path).header("Cookie", &cookie)).await;
        assert_eq!(without_header.slug(), "forbidden");
        let from_elsewhere = server
            .post(path)
            .header("Cookie", &cookie)
            .header("Muster-Client", "1")
            .header("Origin", "https://evil.example");
        assert_eq!(fetch(from_elsewhere).await.slug(), "forbidden");
        let from_nowhere = server
            .post(path)
            .header("Cookie", &cookie)
            .header("Muster-Client", "1");
        assert_eq!(fetch(from_nowhere).await.slug(), "forbidden");
    }
    let from_here = server
        .post("/api/v1/auth/refresh")
        .header("Cookie", &cookie)
        .header("Muster-Client", "1")
        .header("Sec-Fetch-Site", "same-origin");
    assert_eq!(fetch(from_here).await.status, 200);
    server.stop().await;
}

#[actix_web::test]
async fn signing_out_ends_the_refresh_token_and_takes_the_cookie_away() {
    let server = with_password().await;
    let signed_in = cookie(&log_in(&server, credentials()).await);
    let answer = with_cookie(&server, "/api/v1/auth/logout", &signed_in).await;
    assert_eq!(answer.status, 204);
    assert!(
        answer.headers[SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    let refused = with_cookie(&server, "/api/v1/auth/refresh", &signed_in).await;
    assert_eq!(refused.slug(), "token-invalid");
    let without = fetch(
        server
            .post("/api/v1/auth/refresh")
            .header("Muster-Client", "1")
            .header("Origin", server.url("")),
    )
    .await;
    assert_eq!(without.slug(), "token-invalid");
    server.stop().await;
}

#[actix_web::test]
async fn a_closed_account_signs_in_no_more_and_a_new_password_opens_it() {
    let server = with_password().await;
    let signed_in = cookie(&log_in(&server, credentials()).await);
    let (db, clock) = (&server.services.db, &server.clock);
    users::disable(db, clock, "ONE", "akinyi").await.unwrap();
    assert_eq!(log_in(&server, credentials()).await.slug(), "login-failed");
    let refused = with_cookie(&server, "/api/v1/auth/refresh", &signed_in).await;
    assert_eq!(refused.slug(), "token-invalid");
    users::reset_password(db, clock, "ONE", "akinyi", password(PASSWORD))
        .await
        .unwrap();
    assert_eq!(log_in(&server, credentials()).await.status, 200);
    server.stop().await;
}

#[actix_web::test]
async fn a_new_password_signs_the_other_devices_out() {
    let server = with_password().await;
    let other_device = cookie(&log_in(&server, credentials()).await);
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        let request = server.post("/api/v1/me/password").json(&body);
        fetch(request.bearer_auth(server.token("teacher Akinyi"))).await
    };
    assert_eq!(
        change("wrong horse", "battery staple").await.slug(),
        "login-failed"
    );
    let too_short = change(PASSWORD, "short").await;
    assert_eq!(
        (too_short.status.as_u16(), too_short.slug()),
        (422, "invalid-field")
    );
    let changed = change(PASSWORD, "battery staple").await;
    assert_eq!(changed.status, 200);
    let refused = with_cookie(&server, "/api/v1/auth/refresh", &other_device).await;
    assert_eq!(refused.slug(), "token-invalid");
    let this_device = with_cookie(&server, "/api/v1/auth/refresh", &cookie(&changed)).await;
    assert_eq!(this_device.status, 200);
    assert_eq!(log_in(&server, credentials()).await.slug(), "login-failed");
    server.stop().await;
}

#[actix_web::test]
async fn a_sign_in_that_is_larger_than_eight_kibibytes_is_not_read() {
    let server = with_password().await;
    let mut body = credentials();
    body["password"] = json!("x".repeat(8 * 1024));
    assert_eq!(log_in(&server, body).await.slug(), "too-large");
    let change =
        json!({"current_password": "x".repeat(8 * 1024), "new_password": "battery staple"});
    let request = server.post("/api/v1/me/password").json(&change);
    let answer = fetch(request.bearer_auth(server.token("teacher Akinyi"))).await;
    assert_eq!(answer.slug(), "too-large");
    server.stop().await;
}

#[actix_web::test]
async fn names_that_are_too_long_are_not_counted() {
    let server = with_password().await;
    let mut body = credentials();
    body["school_code"] = json!("N".repeat(201));
    for _ in 0..30 {
        assert_eq!(log_in(&server, body.clone()).await.slug(), "login-failed");
    }
    server.stop().await;
}

/// Lets a request compare the password, then changes what was compared before the request goes on.
async fn while_it_is_compared(server: &Server, request: RequestBuilder, change: &str) -> Answer {
    let mut transaction = server.owner.begin().await.unwrap();
    sqlx::raw_sql(change)
        .execute(&mut *transaction)
        .await
        .unwrap();
    let answer = actix_web::rt::spawn(fetch(request));
    let mut poll = actix_web::rt::time::interval(Duration::from_millis(20));
    while !answer.is_finished() && !is_waiting_for_an_account(server).await {
        poll.tick().await;
    }
    transaction.commit().await.unwrap();
    answer.await.unwrap()
}

async fn is_waiting_for_an_account(server: &Server) -> bool {
    sqlx::query_scalar!(
        r#"select exists (select from pg_stat_activity
                          where datname = current_database() and wait_event_type = 'Lock') as "waiting!""#
    )
    .fetch_one(&server.owner)
    .await
    .unwrap()
}

#[actix_web::test]
async fn a_password_that_is_replaced_while_it_is_compared_signs_nobody_in() {
    let server = with_password().await;
    for change in [
        "update users set password_hash = null where username = 'akinyi'",
        "update users set disabled = true where username = 'akinyi'",
    ] {
        let (db, clock) = (&server.services.db, &server.clock);
        users::reset_password(db, clock, "ONE", "akinyi", password(PASSWORD))
            .await
            .unwrap();
        let request = server.post("/api/v1/auth/login").json(&credentials());
        let answer = while_it_is_compared(&server, request, change).await;
        assert_eq!(answer.slug(), "login-failed", "{change}");
    }
    let tokens = sqlx::query_scalar!(r#"select count(*) as "count!" from refresh_tokens"#);
    assert_eq!(tokens.fetch_one(&server.owner).await.unwrap(), 0);
    server.stop().await;
}

#[actix_web::test]
async fn of_two_changes_of_one_password_the_later_fails() {
    let server = with_password().await;
    let change = json!({"current_password": PASSWORD, "new_password": "battery staple"});
    let request = server
        .post("/api/v1/me/password")
        .json(&change)
        .bearer_auth(server.token("teacher Akinyi"));
    let other = "update users set password_hash = 'another' where username = 'akinyi'";
    let answer = while_it_is_compared(&server, request, other).await;
    assert_eq!(answer.slug(), "login-failed");
    let hash = sqlx::query_scalar!("select password_hash from users where username = 'akinyi'")
        .fetch_one(&server.owner)
        .await
        .unwrap();
    assert_eq!(hash.as_deref(), Some("another"));
    server.stop().await;
}
