//! Whatever goes wrong, the client gets a problem document whose page says what to do, and nothing of what is inside.

use std::io::Write;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use reqwest::Method;
use serde_json::{Value, json};
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

/// A body, and what is said to it.
struct Unreadable {
    what: &'static str,
    content_type: &'static str,
    encoding: Option<&'static str>,
    body: Vec<u8>,
    says: (u16, &'static str),
}

fn unreadable_requests() -> Result<Vec<Unreadable>> {
    let json = |what, body, says| Unreadable {
        what,
        content_type: "application/json",
        encoding: None,
        body,
        says,
    };
    let mut outbox = Outbox::new(21, start_time());
    for _ in 0..1_001 {
        outbox.open(&EAST.session(today()));
    }
    let malformed = (400, "malformed");
    let bomb = gzip(&vec![b' '; 64 << 20])?;
    Ok(vec![
        json("broken JSON", b"{\"commands\": [".to_vec(), malformed),
        json("a list", b"[]".to_vec(), malformed),
        json("no commands", b"{}".to_vec(), malformed),
        json("no text", vec![b'{', 0xff, 0xfe, b'}'], malformed),
        json(
            "1,001 commands",
            serde_json::to_vec(&outbox.take())?,
            (413, "too-many-commands"),
        ),
        json("10 MiB", vec![b' '; 10 << 20], (413, "too-large")),
        Unreadable {
            encoding: Some("gzip"),
            ..json("a gzip bomb", bomb, (413, "too-large"))
        },
        Unreadable {
            content_type: "text/plain",
            ..json("a letter", b"hello".to_vec(), (415, "unsupported-media"))
        },
    ])
}

#[tokio::test]
async fn requests_that_cannot_be_read_change_nothing_and_say_why() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let before = system.count_events().await?;
    for case in unreadable_requests()? {
        let request = teacher.command(Method::POST, "/commands");
        let request = request.header("Content-Type", case.content_type);
        let request = match case.encoding {
            Some(encoding) => request.header("Content-Encoding", encoding),
            None => request,
        };
        let answer = teacher.perform(request.body(case.body)).await;
        let answer = answer.context(case.what)?;
        let said = (answer.status, answer.problem()?);
        assert_eq!((said.0, said.1.as_str()), case.says, "{}", case.what);
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
        ("/changes", vec![("since", "1-2-3")], 422, "invalid-field"),
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

/// Type, fields and slug of commands that are refused.
fn senseless_commands() -> Vec<(&'static str, Value, &'static str)> {
    let session = EAST.session(today()).to_json();
    let mark = |field: &str, value: Value| {
        let mut fields =
            json!({ "session": session, "student_id": EAST.students()[0], "status": "present" });
        fields[field] = value;
        ("MarkAttendance", fields, "invalid-field")
    };
    let no_such_day = json!({ "class_id": EAST.id(), "date": "2026-02-30" });
    vec![
        ("MarkEverybody", json!({}), "unknown-type"),
        mark("status", json!("x")),
        mark("status", json!({ "present": null })),
        mark("student_id", json!("Ann")),
        mark("minutes_late", json!("seven")),
        mark("remarks", json!("a\u{0}b")),
        mark("remarks", json!("long ".repeat(20_000))),
        mark("minutes_late", json!(241)),
        mark("occurred_at", json!("yesterday")),
        mark("session", no_such_day),
        (
            "ReopenSession",
            json!({ "session": session }),
            "reason-required",
        ),
    ]
}

#[tokio::test]
async fn commands_that_make_no_sense_are_rejected_one_by_one() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(22, start_time());
    for (command_type, fields, _) in senseless_commands() {
        outbox.push(command_type, fields);
        outbox.mark(&EAST.session(today()), EAST.students()[1], "present");
    }
    let answer = teacher.send(&mut outbox).await?.expect(200)?;
    assert_keeps_to_itself(&answer);
    let answer = answer.json()?;
    let results = answer["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.len(), senseless_commands().len() * 2);
    for (pair, (_, _, slug)) in results.chunks(2).zip(senseless_commands()) {
        assert_eq!(pair[0]["outcome"], "rejected", "{}", pair[0]);
        let address = &pair[0]["problem"]["type"];
        assert_eq!(address, &format!("/problems/{slug}"), "{}", pair[0]);
        assert_eq!(pair[1]["outcome"], "accepted", "its neighbour: {}", pair[1]);
    }
    Ok(())
}

/// What the programs inside say to each other.
const INSIDE: [&str; 19] = [
    "sqlx",
    "postgres",
    "select ",
    "panicked",
    ".rs:",
    "Error {",
    "expected",
    "struct ",
    "invalid type",
    "invalid value",
    "unknown variant",
    "missing field",
    "duplicate field",
    "at line",
    "u16",
    "i64",
    "EOF",
    "serde",
    "parsing failed",
];

/// Nothing of the inside shows: no SQL, no Rust, no paths, and no wording of a library.
fn assert_keeps_to_itself(answer: &Answer) {
    for inside in INSIDE {
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
