//! Whatever goes wrong, the client gets a problem document whose page says what to do, and nothing of what is inside.

use std::io::Write;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use reqwest::Method;
use serde_json::json;
use tests::answer::Answer;
use tests::outbox::Outbox;
use tests::school::{EAST, WANJIRU, start_time, today};
use tests::system::TestSystem;

/// The contract's list. A slug that is renamed breaks clients, so the names stand here once more.
const SLUGS: [&str; 28] = [
    "malformed",
    "unknown-type",
    "invalid-field",
    "command-id-reused",
    "forbidden",
    "forbidden-class",
    "not-found",
    "unknown-class",
    "unknown-student",
    "unknown-exception",
    "not-enrolled",
    "outside-window",
    "outside-term",
    "future-date",
    "reason-required",
    "token-invalid",
    "token-expired",
    "login-failed",
    "too-large",
    "too-many-commands",
    "unsupported-media",
    "rate-limited",
    "busy",
    "server-clock",
    "bad-position",
    "not-current",
    "as-of-too-recent",
    "projection-held",
];

#[tokio::test]
async fn every_slug_of_the_contract_has_a_page() -> Result<()> {
    let system = TestSystem::start().await?;
    for slug in SLUGS {
        let page = system
            .anonymous()
            .get_outside(&format!("/problems/{slug}"))
            .await?
            .expect(200)?;
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{slug}"
        );
        assert!(page.body.contains(slug), "{slug}");
    }
    let unknown = system
        .anonymous()
        .get_outside("/problems/no-such-problem")
        .await?;
    assert_eq!(
        (unknown.status, unknown.problem()?.as_str()),
        (404, "not-found")
    );
    Ok(())
}

#[tokio::test]
async fn requests_that_cannot_be_read_change_nothing_and_say_why() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let before = system.count_events().await?;
    let post = |content_type: &str, body: Vec<u8>| {
        teacher
            .command(Method::POST, "/commands")
            .header("Content-Type", content_type)
            .body(body)
    };
    let mut outbox = Outbox::new(21, start_time());
    for _ in 0..1_001 {
        outbox.open(&EAST.session(today()));
    }
    let too_many = serde_json::to_vec(&outbox.take())?;
    let cases = [
        (
            "broken JSON",
            post("application/json", b"{\"commands\": [".to_vec()),
            400,
            "malformed",
        ),
        (
            "a list",
            post("application/json", b"[]".to_vec()),
            400,
            "malformed",
        ),
        (
            "no commands",
            post("application/json", b"{}".to_vec()),
            400,
            "malformed",
        ),
        (
            "no UTF-8",
            post("application/json", vec![b'{', 0xff, 0xfe, b'}']),
            400,
            "malformed",
        ),
        (
            "another kind of content",
            post("text/plain", b"hello".to_vec()),
            415,
            "unsupported-media",
        ),
        (
            "1,001 commands",
            post("application/json", too_many),
            413,
            "too-many-commands",
        ),
        (
            "10 MiB",
            post("application/json", vec![b' '; 10 << 20]),
            413,
            "too-large",
        ),
        (
            "a gzip bomb",
            post("application/json", gzip(&vec![b' '; 64 << 20])?)
                .header("Content-Encoding", "gzip"),
            413,
            "too-large",
        ),
    ];
    for (name, request, status, slug) in cases {
        let answer = teacher.perform(request).await.context(name)?;
        assert_eq!(
            (answer.status, answer.problem()?.as_str()),
            (status, slug),
            "{name}: {}",
            answer.body
        );
        assert_keeps_to_itself(&answer);
    }
    assert_eq!(system.count_events().await?, before);
    Ok(())
}

#[tokio::test]
async fn addresses_and_parameters_that_make_no_sense_are_problems() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let cases = [
        ("/no-such-thing", vec![], 404, "not-found"),
        ("/sessions/not-an-id", vec![], 404, "not-found"),
        (
            "/sessions/00000000-0000-0000-0000-000000000000",
            vec![],
            404,
            "not-found",
        ),
        (
            "/sessions",
            vec![("from", "yesterday")],
            422,
            "invalid-field",
        ),
        ("/sessions", vec![("limit", "-1")], 422, "invalid-field"),
        (
            "/sessions",
            vec![("cursor", "not a cursor")],
            400,
            "bad-position",
        ),
        (
            "/records",
            vec![("class_id", "'; drop table events; --")],
            422,
            "invalid-field",
        ),
        ("/reports/class-summary", vec![], 422, "invalid-field"),
    ];
    for (path, query, status, slug) in cases {
        let answer = teacher.get(path, &query).await?;
        assert_eq!(
            (answer.status, answer.problem()?.as_str()),
            (status, slug),
            "{}: {}",
            answer.request,
            answer.body
        );
        assert_keeps_to_itself(&answer);
    }
    let wrong_method = teacher
        .perform(teacher.query(Method::DELETE, "/sessions"))
        .await?;
    assert_eq!(wrong_method.status, 405);
    wrong_method.problem()?;
    Ok(())
}

#[tokio::test]
async fn commands_that_make_no_sense_are_rejected_one_by_one() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let (session, students) = (EAST.session(today()), EAST.students());
    let mut outbox = Outbox::new(22, start_time());
    let mark = |fields| {
        let mut whole =
            json!({ "session": session.to_json(), "student_id": students[0], "status": "present" });
        if let (Some(whole), serde_json::Value::Object(fields)) = (whole.as_object_mut(), fields) {
            whole.extend(fields);
        }
        whole
    };
    let cases = [
        ("MarkEverybody", json!({}), "unknown-type"),
        (
            "MarkAttendance",
            mark(json!({ "status": "x" })),
            "invalid-field",
        ),
        (
            "MarkAttendance",
            mark(json!({ "remarks": "a\u{0}b" })),
            "invalid-field",
        ),
        (
            "MarkAttendance",
            mark(json!({ "remarks": "long ".repeat(20_000) })),
            "invalid-field",
        ),
        (
            "MarkAttendance",
            mark(json!({ "minutes_late": 241 })),
            "invalid-field",
        ),
        (
            "MarkAttendance",
            mark(json!({ "occurred_at": "yesterday" })),
            "invalid-field",
        ),
        (
            "MarkAttendance",
            mark(json!({ "session": { "class_id": EAST.id(), "date": "2026-02-30" } })),
            "invalid-field",
        ),
        (
            "ReopenSession",
            json!({ "session": session.to_json() }),
            "reason-required",
        ),
    ];
    for (command_type, fields, _) in &cases {
        outbox.push(command_type, fields.clone());
        outbox.mark(&session, students[1], "present");
    }
    let answer = teacher.send(&mut outbox).await?.expect(200)?.json()?;
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), cases.len() * 2);
    for (pair, (command_type, _, slug)) in results.chunks(2).zip(&cases) {
        assert_eq!(
            pair[0]["outcome"], "rejected",
            "{command_type}: {}",
            pair[0]
        );
        assert_eq!(
            pair[0]["problem"]["type"],
            format!("/problems/{slug}"),
            "{command_type}: {}",
            pair[0]
        );
        assert_eq!(pair[1]["outcome"], "accepted", "its neighbour: {}", pair[1]);
    }
    Ok(())
}

/// Nothing of the inside shows: no SQL, no Rust, no paths.
fn assert_keeps_to_itself(answer: &Answer) {
    for inside in ["sqlx", "postgres", "select ", "panicked", ".rs:", "Error {"] {
        assert!(
            !answer.body.contains(inside),
            "{}: {}",
            answer.request,
            answer.body
        );
    }
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
