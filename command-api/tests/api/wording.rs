use serde_json::{Value, json};

use crate::harness::{Answer, Server, TODAY, fetch, id};

/// Words of the programs inside, which nobody outside should have to understand.
const INSIDE: [&str; 22] = [
    "expected",
    "struct",
    "invalid type",
    "invalid value",
    "invalid length",
    "variant",
    "missing field",
    "duplicate field",
    "at line",
    "column",
    "u16",
    "u32",
    "u64",
    "i64",
    "f64",
    "EOF",
    "serde",
    "parsing failed",
    "sequence",
    "visitor",
    "Error",
    "sqlx",
];

/// No text of the answer speaks of what is inside, and none is without words.
#[track_caller]
fn assert_in_our_words(what: &str, problem: &Value) {
    let mut texts = vec![problem["detail"].as_str()];
    for error in problem["errors"].as_array().into_iter().flatten() {
        texts.push(error["detail"].as_str());
    }
    for text in texts {
        let text = text.unwrap_or_default();
        assert!(!text.is_empty(), "{what}: {problem:#}");
        for word in INSIDE {
            assert!(!text.contains(word), "{what}: «{word}» in {problem:#}");
        }
    }
}

/// Values that are nothing a field wants, whatever it is.
fn senseless() -> [Value; 12] {
    [
        json!(null),
        json!(true),
        json!(-1),
        json!(70_000),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("senseless"),
        json!("2026-13-45T99:99:99Z"),
        json!([["x"], 1]),
        json!({"present": null}),
        json!("x".repeat(600)),
    ]
}

/// The command with the value in place of what a pointer leads to.
fn with(command: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = command.clone();
    *changed.pointer_mut(pointer).unwrap() = value;
    changed
}

/// The command without what a pointer leads to.
fn without(command: &Value, pointer: &str) -> Value {
    let mut changed = command.clone();
    let (object, field) = pointer.rsplit_once('/').unwrap();
    let object = changed.pointer_mut(object).unwrap();
    object.as_object_mut().unwrap().remove(field);
    changed
}

/// Where all fields of an object are.
fn fields(object: &Value) -> Vec<String> {
    let members = object.as_object().unwrap().iter();
    members
        .flat_map(|(name, member)| {
            let inner = member.as_object().is_some().then(|| fields(member));
            let inner = inner.unwrap_or_default();
            let inner = inner
                .into_iter()
                .map(move |field| format!("/{name}{field}"));
            std::iter::once(format!("/{name}")).chain(inner)
        })
        .collect()
}

fn every_command(server: &Server) -> Vec<Value> {
    let command = |kind: &str, further: Value| {
        let mut command = server.command(kind, further);
        command["device_seq"] = json!(1);
        command["session"]["subject_id"] = json!(id("maths"));
        command["session"]["slot"] = json!("am");
        command
    };
    let exception = json!({"exception_id": id("exception"), "student_id": id("student 1"), "category": "medical",
        "start_date": TODAY, "end_date": TODAY, "slots": ["am"], "reason": "Hospital."});
    let enrolment =
        json!({"class_id": id("class 1A"), "student_id": id("student 1"), "from": TODAY});
    let ending =
        json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "until": TODAY});
    vec![
        command(
            "CorrectAttendance",
            json!({"student_id": id("student 1"), "status": "late", "minutes_late": 5, "remarks": "bus",
                "reason": "He came."}),
        ),
        command(
            "MarkAttendance",
            json!({"student_id": id("student 1"), "status": "late", "minutes_late": 5, "remarks": "bus"}),
        ),
        command(
            "ReopenSession",
            json!({"reason": "One more.", "effective_at": server.now()}),
        ),
        command(
            "RecordArrival",
            json!({"student_id": id("student 1"), "minutes_late": 5, "reason": "bus"}),
        ),
        command(
            "ContestMark",
            json!({"student_id": id("student 1"), "mark_id": id("mark"), "reason": "I saw her."}),
        ),
        command("RecordException", exception.clone()),
        command("AmendException", exception),
        command("EnrolStudent", enrolment),
        command("EndTeacher", ending),
    ]
}

#[actix_web::test]
async fn whatever_is_wrong_with_a_command_it_is_said_in_our_own_words() {
    let server = Server::start().await;
    let mut refused = 0;
    for command in every_command(&server) {
        let fields = fields(&command);
        let mut bad: Vec<(String, Value)> = fields
            .iter()
            .map(|field| (format!("without {field}"), without(&command, field)))
            .collect();
        for field in &fields {
            for value in senseless() {
                let what = format!("{} with {field}: {value:.20}", command["type"]);
                bad.push((what, with(&command, field, value)));
            }
        }
        let commands = bad.iter().map(|(_, command)| command.clone()).collect();
        let answer = server.send("admin", commands).await;
        for ((what, _), result) in bad.iter().zip(answer.results()) {
            if result["outcome"] == "rejected" {
                refused += 1;
                assert_in_our_words(what, &result["problem"]);
            }
        }
    }
    assert!(refused > 500, "{refused}");
    let details = sqlx::query_scalar!("select distinct detail from refusals")
        .fetch_all(&server.owner)
        .await
        .unwrap();
    for detail in details {
        assert_in_our_words("a refusal", &json!({"detail": detail}));
    }
    server.stop().await;
}

#[track_caller]
fn assert_malformed(what: &str, answer: &Answer) {
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (400, "malformed"),
        "{what}"
    );
    assert_in_our_words(what, &answer.body);
}

#[actix_web::test]
async fn whatever_is_wrong_with_an_envelope_it_is_said_in_our_own_words() {
    let server = Server::start().await;
    let mut envelope = server.envelope(vec![]);
    envelope["device"] = json!({"app_version": "1.4.0", "unsent": 1, "oldest_unsent_at": server.now(),
        "unsent_sessions": [id("session")]});
    let mut refused = 0;
    for field in fields(&envelope) {
        for value in senseless() {
            let what = format!("{field}: {value:.20}");
            let answer = server
                .send_envelope("teacher Akinyi", &with(&envelope, &field, value))
                .await;
            if answer.status != 200 {
                refused += 1;
                assert_malformed(&what, &answer);
                let pointer = answer.body["errors"][0]["pointer"].as_str().unwrap();
                assert!(pointer.starts_with(&field), "{what}: {pointer}");
            }
        }
    }
    assert!(refused > 80, "{refused}");
    let text = envelope.to_string();
    let whole = [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{\"commands\": nonsense}",
        &text[..text.len() - 3],
        &format!("{text}x"),
    ];
    for body in whole {
        let answer = server.send_body("teacher Akinyi", body.to_owned()).await;
        assert_malformed(body, &answer);
    }
    for field in ["/device_id", "/sent_at", "/commands"] {
        let answer = server
            .send_envelope("teacher Akinyi", &without(&envelope, field))
            .await;
        assert_malformed(field, &answer);
        assert_eq!(answer.body["errors"][0]["pointer"], field);
    }
    server.stop().await;
}

#[actix_web::test]
async fn lists_for_objects_and_members_that_come_twice_spoil_a_batch_if_they_are_in_its_envelope() {
    let server = Server::start().await;
    let command = server.mark("student 1", "present");
    let (device, now) = (id("phone"), server.now());
    let envelope = |further: &str| {
        format!(r#"{{"device_id":"{device}","sent_at":"{now}",{further}"commands":[{command}]}}"#)
    };
    for (body, pointer) in [
        (
            format!(r#"["{device}","{now}",null,null,[{command}]]"#),
            json!(null),
        ),
        (envelope(r#""clock":[-120,85,30],"#), json!("/clock")),
        (
            envelope(r#""device":["1.4.0",0,null,[]],"#),
            json!("/device"),
        ),
        (
            envelope(&format!(r#""sent_at":"{now}","#)),
            json!("/sent_at"),
        ),
        (envelope(r#""commands":[],"#), json!("/commands")),
        (
            envelope(r#""clock":{"offset_ms":0,"rtt_ms":0,"age_s":0,"age_s":1},"#),
            json!("/clock/age_s"),
        ),
    ] {
        let answer = server.send_body("teacher Akinyi", body.clone()).await;
        assert_malformed(&body, &answer);
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(server.count_events().await, 0);
    let answer = server.send_body("teacher Akinyi", envelope("")).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn lists_for_objects_and_members_that_come_twice_spoil_the_command_they_are_in() {
    let server = Server::start().await;
    let command = server.mark("student 3", "present");
    let text = command.to_string();
    let session = command["session"].to_string();
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} is not in {text}");
        text.replace(from, to)
    };
    let class = id("class 1A");
    let cases = [
        (format!("[{text}]"), "malformed", json!(null)),
        (
            replaced(&session, &format!(r#"["{class}","{TODAY}",null,null]"#)),
            "invalid-field",
            json!("/commands/1/session"),
        ),
        (
            replaced(r#""present""#, r#"{"present":null}"#),
            "invalid-field",
            json!("/commands/1/status"),
        ),
        (
            replaced(r#""status":"#, r#""status":"absent","status":"#),
            "malformed",
            json!("/commands/1/status"),
        ),
        (
            replaced(r#""date":"#, r#""date":"2026-11-23","date":"#),
            "malformed",
            json!("/commands/1/session/date"),
        ),
    ];
    for (index, (bad, slug, pointer)) in cases.into_iter().enumerate() {
        let mut neighbours = [
            server.mark("student 1", "present"),
            server.mark("student 2", "absent"),
        ];
        neighbours[0]["device_seq"] = json!(index);
        let [first, last] = neighbours;
        let (device, now) = (id("phone"), server.now());
        let body = format!(
            r#"{{"device_id":"{device}","sent_at":"{now}","clock":null,"commands":[{first},{bad},{last}]}}"#
        );
        let answer = server.send_body("teacher Akinyi", body).await;
        let outcomes = answer.outcomes();
        assert!(
            outcomes[0].starts_with("accepted") && outcomes[2].starts_with("accepted"),
            "{outcomes:?}"
        );
        assert_eq!(outcomes[1], format!("rejected {slug}"), "{bad}");
        let problem = &answer.results()[1]["problem"];
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{bad}");
        assert_in_our_words(&bad, problem);
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_sign_in_is_read_as_strictly() {
    let server = Server::start().await;
    for body in [
        r#"["ONE","akinyi","correct horse"]"#,
        r#"{"school_code":"ONE","username":"akinyi","username":"office","password":"correct horse"}"#,
        r#"{"school_code":"ONE","username":17,"password":"correct horse"}"#,
        r#"{"school_code":"ONE","username":"akinyi"}"#,
        r#"{"school_code":"ONE","#,
        "nonsense",
    ] {
        let request = server
            .post("/api/v1/auth/login")
            .header("Content-Type", "application/json")
            .body(body);
        assert_malformed(body, &fetch(request).await);
    }
    server.stop().await;
}
