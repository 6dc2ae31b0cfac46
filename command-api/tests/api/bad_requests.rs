use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{Answer, Server, fetch, id};

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, slug: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (status, slug),
        "{:#}",
        answer.body
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[actix_web::test]
async fn what_is_no_envelope_is_malformed() {
    let server = Server::start().await;
    for body in ["", "{", "[]", "null", "{\"commands\": []}"] {
        let answer = server.send_body("teacher Akinyi", body).await;
        assert_refused(&answer, 400, "malformed");
    }
    let mut envelope = server.envelope(vec![server.mark("student 1", "present")]);
    envelope["device_id"] = json!("my phone");
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_refused(&answer, 400, "malformed");
    assert_eq!(answer.body["errors"][0]["pointer"], "/device_id");
    assert_eq!(server.count_events().await, 0);
    assert!(server.refused().await.is_empty());
    server.stop().await;
}

#[actix_web::test]
async fn a_thousand_and_one_commands_are_too_many() {
    let server = Server::start().await;
    let commands = vec![server.mark("student 1", "present"); 1_001];
    let answer = server.send("teacher Akinyi", commands).await;
    assert_refused(&answer, 413, "too-many-commands");
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

#[actix_web::test]
async fn a_body_of_ten_mebibytes_is_too_large() {
    let server = Server::start().await;
    let answer = server
        .send_body("teacher Akinyi", vec![b' '; 10 << 20])
        .await;
    assert_refused(&answer, 413, "too-large");
    server.stop().await;
}

#[actix_web::test]
async fn a_gzip_bomb_is_too_large() {
    let server = Server::start().await;
    let bomb = gzip(&vec![b' '; 32 << 20]);
    assert!(bomb.len() < 1 << 20);
    let request = server
        .post("/api/v1/commands")
        .bearer_auth(server.token("teacher Akinyi"))
        .header("Content-Type", "application/json")
        .header("Content-Encoding", "gzip")
        .body(bomb);
    assert_refused(&fetch(request).await, 413, "too-large");
    server.stop().await;
}

#[actix_web::test]
async fn a_batch_may_be_sent_with_gzip_and_answered_with_it() {
    let server = Server::start().await;
    let envelope = server.envelope(vec![server.mark("student 1", "present")]);
    let request = |body: Vec<u8>| {
        server
            .post("/api/v1/commands")
            .bearer_auth(server.token("teacher Akinyi"))
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Content-Encoding", "GZip")
            .body(body)
    };
    let body = gzip(envelope.to_string().as_bytes());
    let packed = request(body.clone()).header("Accept-Encoding", "gzip");
    let packed = packed.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let truncated = body[..body.len() / 2].to_vec();
    assert_eq!(fetch(request(body)).await.outcomes(), ["duplicate current"]);
    assert_refused(&fetch(request(truncated)).await, 400, "malformed");
    server.stop().await;
}

#[actix_web::test]
async fn other_kinds_of_content_are_not_supported() {
    let server = Server::start().await;
    let body = server.envelope(vec![]).to_string();
    for (name, value) in [
        ("Content-Type", "text/plain"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Content-Encoding", "br"),
    ] {
        let mut request = server
            .post("/api/v1/commands")
            .bearer_auth(server.token("teacher Akinyi"))
            .header(name, value)
            .body(body.clone());
        if name != "Content-Type" {
            request = request.header("Content-Type", "application/json");
        }
        assert_refused(&fetch(request).await, 415, "unsupported-media");
    }
    server.stop().await;
}

#[actix_web::test]
async fn auditors_send_no_commands() {
    let server = Server::start().await;
    let commands = vec![server.mark("student 1", "present")];
    assert_refused(&server.send("auditor", commands).await, 403, "forbidden");
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

/// A token like a good one, but for its header or its signature.
fn forged(good: &str, header: &str) -> String {
    let encode = |bytes: &[u8]| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    let mut parts = good.split('.');
    let (_, claims, signature) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
    format!("{}.{claims}.{signature}", encode(header.as_bytes()))
}

#[actix_web::test]
async fn a_token_that_is_not_ours_or_not_good_any_more_opens_nothing() {
    let server = Server::start().await;
    let elsewhere = Server::start().await;
    let good = server.token("teacher Akinyi");
    let envelope = server.envelope(vec![server.mark("student 1", "present")]);
    let bad_tokens = [
        elsewhere.token("teacher Akinyi"),
        forged(&good, r#"{"alg":"none"}"#),
        forged(&good, &format!(r#"{{"alg":"none","kid":"{}"}}"#, id("key"))),
        forged(
            &good,
            &format!(r#"{{"alg":"HS256","kid":"{}"}}"#, id("key")),
        ),
        good[..good.len() - 4].to_owned(),
        "none".to_owned(),
    ];
    for token in bad_tokens {
        let request = server
            .post("/api/v1/commands")
            .json(&envelope)
            .bearer_auth(&token);
        assert_refused(&fetch(request).await, 401, "token-invalid");
    }
    let request = server.post("/api/v1/commands").json(&envelope);
    assert_refused(&fetch(request).await, 401, "token-invalid");
    server.pass(chrono::TimeDelta::minutes(16));
    let request = server
        .post("/api/v1/commands")
        .json(&envelope)
        .bearer_auth(&good);
    assert_refused(&fetch(request).await, 401, "token-expired");
    assert_eq!(server.count_events().await, 0);
    elsewhere.stop().await;
    server.stop().await;
}

#[actix_web::test]
async fn the_address_takes_posts_only() {
    let server = Server::start().await;
    let answer = fetch(server.http.get(server.url("/api/v1/commands"))).await;
    assert!(matches!(
        answer.status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    ));
    answer.slug();
    server.stop().await;
}
