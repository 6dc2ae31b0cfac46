use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Server, id, rfc3339};

/// What the office sends to hand in a device's work.
pub(crate) fn handed_in(server: &Server, of: &str, commands: Vec<Value>) -> Value {
    let mut envelope = server.envelope(commands);
    envelope["claimed_by"] = json!(id(of));
    envelope["clock"] = json!(null);
    envelope
}

fn flags(result: &Value) -> Vec<&str> {
    let flags = result["flags"].as_array().unwrap();
    flags.iter().map(|flag| flag.as_str().unwrap()).collect()
}

#[actix_web::test]
async fn what_the_office_hands_in_is_the_teachers_and_says_who_handed_it_in() {
    let server = Server::start().await;
    let commands = vec![server.mark("student 1", "late")];
    let envelope = handed_in(&server, "teacher Akinyi", commands);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    assert_eq!(flags(&answer.results()[0]), ["submitted_for_another"]);
    let event = sqlx::query!(
        r#"select actor_id, device_id, flags, metadata::text as "metadata!" from events"#
    )
    .fetch_one(&server.owner)
    .await
    .unwrap();
    assert_eq!(event.actor_id, id("teacher Akinyi"));
    assert_eq!(event.device_id, Some(id("phone")));
    assert_eq!(event.flags, ["submitted_for_another"]);
    assert_eq!(
        event.metadata,
        format!(r#"{{"submitted_by":"{}"}}"#, id("admin"))
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_device_that_sends_later_what_the_office_handed_in_is_told_that_it_is_known() {
    let server = Server::start().await;
    let commands = vec![
        server.mark("student 1", "late"),
        server.command("CloseSession", json!({})),
    ];
    let envelope = handed_in(&server, "teacher Akinyi", commands.clone());
    let first = server.send_envelope("admin", &envelope).await;
    assert_eq!(first.outcomes(), ["accepted current", "accepted closed"]);
    server.pass(TimeDelta::days(1));
    let by_device = server.send("teacher Akinyi", commands).await;
    let again = server.send_envelope("admin", &envelope).await;
    for answer in [by_device, again] {
        assert_eq!(answer.outcomes(), ["duplicate current", "duplicate closed"]);
        assert_eq!(answer.body["position"], first.body["position"]);
    }
    assert_eq!(server.count_events().await, 2);
    server.stop().await;
}

#[actix_web::test]
async fn the_office_is_told_that_it_is_known_what_the_device_sent_before() {
    let server = Server::start().await;
    let sent = server.mark("student 1", "late");
    server.send("teacher Akinyi", vec![sent.clone()]).await;
    let unsent = server.mark("student 2", "present");
    let mut other = sent.clone();
    other["status"] = json!("present");
    let envelope = handed_in(&server, "teacher Akinyi", vec![sent, unsent, other]);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(
        answer.outcomes(),
        [
            "duplicate current",
            "accepted current",
            "rejected command-id-reused"
        ]
    );
    assert!(flags(&answer.results()[0]).is_empty(), "it came by itself");
    assert_eq!(server.count_events().await, 2);
    server.stop().await;
}

#[actix_web::test]
async fn only_the_office_hands_in_what_others_made() {
    let server = Server::start().await;
    for sender in ["teacher Akinyi", "teacher Baraka", "auditor"] {
        let commands = vec![server.mark("student 1", "late")];
        let envelope = handed_in(&server, "teacher Akinyi", commands);
        let answer = server.send_envelope(sender, &envelope).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(answer.slug(), "forbidden");
    }
    assert_eq!(server.count_events().await, 0);
    assert_eq!(server.refused().await, [""; 0]);
    server.stop().await;
}

#[actix_web::test]
async fn a_claim_is_about_somebody_of_the_school_who_may_send_commands() {
    let server = Server::start().await;
    let mut problems = Vec::new();
    for nobody in ["teacher elsewhere", "somebody nobody knows"] {
        let commands = vec![server.mark("student 1", "late")];
        let envelope = handed_in(&server, nobody, commands);
        let mut answer = server.send_envelope("admin", &envelope).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.slug(), "invalid-field");
        assert_eq!(answer.body["errors"][0]["pointer"], "/claimed_by");
        answer.body["request_id"] = json!(null);
        problems.push(answer.body);
    }
    assert_eq!(problems[0], problems[1]);
    let envelope = handed_in(&server, "auditor", vec![server.mark("student 1", "late")]);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.slug(), "forbidden");
    let envelope = handed_in(&server, "auditor", vec![]);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.slug(), "forbidden");
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

#[actix_web::test]
async fn the_work_of_somebody_who_may_no_longer_sign_in_is_not_lost() {
    let server = Server::start().await;
    sqlx::query!("update users set disabled = true where name = 'teacher Akinyi'")
        .execute(&server.owner)
        .await
        .unwrap();
    let commands = vec![server.mark("student 1", "late")];
    let envelope = handed_in(&server, "teacher Akinyi", commands);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn the_office_lends_nobody_its_own_rights() {
    let server = Server::start().await;
    let correct = server.command(
        "CorrectAttendance",
        json!({"student_id": id("student 1"), "status": "present", "reason": "was there"}),
    );
    let mut long_ago = server.mark("student 1", "present");
    long_ago["session"]["date"] = json!("2026-11-09");
    let sent = vec![correct, long_ago];
    let by_device = server.send("teacher Akinyi", sent.clone()).await;
    let envelope = handed_in(&server, "teacher Akinyi", sent.clone());
    let by_office = server.send_envelope("admin", &envelope).await;
    assert_eq!(
        by_office.outcomes(),
        ["rejected forbidden", "rejected outside-window"]
    );
    assert_eq!(by_office.outcomes(), by_device.outcomes());
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

#[actix_web::test]
async fn a_refusal_says_whose_command_it_was_and_who_handed_it_in() {
    let server = Server::start().await;
    let command = server.mark("student 1", "present");
    let envelope = handed_in(&server, "teacher Baraka", vec![command.clone()]);
    for _ in 0..2 {
        let by_office = server.send_envelope("admin", &envelope).await;
        assert_eq!(by_office.outcomes(), ["rejected forbidden-class"]);
        let by_device = server.send("teacher Baraka", vec![command.clone()]).await;
        assert_eq!(by_device.outcomes(), ["rejected forbidden-class"]);
    }
    let refusals = sqlx::query!(
        "select actor_id, submitted_by from refusals order by submitted_by nulls first"
    )
    .fetch_all(&server.owner)
    .await
    .unwrap();
    let submitted_by: Vec<_> = refusals.iter().map(|row| row.submitted_by).collect();
    assert_eq!(submitted_by, [None, Some(id("admin"))]);
    assert!(
        refusals
            .iter()
            .all(|row| row.actor_id == id("teacher Baraka"))
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_reopening_that_is_handed_in_counts_for_whoever_closed_the_register() {
    let server = Server::start().await;
    let yesterday = |kind: &str| {
        server.command(
            kind,
            json!({"session": {"class_id": id("class 1A"), "date": "2026-11-23"}}),
        )
    };
    server
        .send("teacher Akinyi", vec![yesterday("CloseSession")])
        .await;
    server.pass(TimeDelta::minutes(5));
    let mut outcomes = Vec::new();
    for person in ["teacher Baraka", "teacher Akinyi"] {
        let mut reopen = yesterday("ReopenSession");
        reopen["reason"] = json!("two came in late");
        let envelope = handed_in(&server, person, vec![reopen]);
        outcomes.extend(server.send_envelope("admin", &envelope).await.outcomes());
    }
    assert_eq!(outcomes, ["accepted superseded", "accepted reopened"]);
    server.stop().await;
}

#[actix_web::test]
async fn however_long_a_file_took_its_stamps_stay() {
    let server = Server::start().await;
    let commands = vec![server.mark("student 1", "late")];
    let stamp = server.now();
    let envelope = handed_in(&server, "teacher Akinyi", commands);
    server.pass(TimeDelta::days(3));
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.body["clock_offset_ms"], 0);
    assert_eq!(answer.results()[0]["occurred_at"], stamp);
    assert_eq!(flags(&answer.results()[0]), ["submitted_for_another"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_file_from_the_future_tells_how_far_the_devices_clock_was_ahead() {
    let server = Server::start().await;
    let mut command = server.mark("student 1", "late");
    command["occurred_at"] = json!(rfc3339(server.clock.now() + TimeDelta::hours(26)));
    let mut envelope = handed_in(&server, "teacher Akinyi", vec![command]);
    envelope["sent_at"] = json!(rfc3339(server.clock.now() + TimeDelta::hours(27)));
    let answer = server.send_envelope("admin", &envelope).await;
    let an_hour_ago = rfc3339(server.clock.now() - TimeDelta::hours(1));
    assert_eq!(answer.results()[0]["occurred_at"], an_hour_ago);
    assert_eq!(
        flags(&answer.results()[0]),
        ["order_doubt", "submitted_for_another"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn what_is_kept_of_the_device_is_what_the_device_said() {
    let server = Server::start().await;
    let mut heartbeat = server.envelope(vec![]);
    heartbeat["device"] = json!({"unsent": 3, "unsent_sessions": [id("a register")]});
    server.send_envelope("teacher Akinyi", &heartbeat).await;
    let devices = async || {
        sqlx::query_scalar!(r#"select to_json(devices)::text as "device!" from devices"#)
            .fetch_all(&server.owner)
            .await
            .unwrap()
    };
    let before = devices().await;
    server.pass(TimeDelta::hours(1));
    let mut commands = vec![server.mark("student 1", "late")];
    commands[0]["device_seq"] = json!(9);
    let mut envelope = handed_in(&server, "teacher Akinyi", commands);
    envelope["device"] = json!({"app_version": "1.4.0", "unsent": 0});
    for device in ["phone", "a device that was never heard of"] {
        envelope["device_id"] = json!(id(device));
        server.send_envelope("admin", &envelope).await;
    }
    assert_eq!(devices().await, before);

    server.pass(TimeDelta::minutes(-30));
    let mut held_back = server.mark("student 2", "late");
    held_back["device_seq"] = json!(8);
    server.pass(TimeDelta::minutes(30));
    let answer = server.send("teacher Akinyi", vec![held_back]).await;
    assert!(flags(&answer.results()[0]).is_empty());
    server.stop().await;
}

#[actix_web::test]
async fn a_file_is_backdated_by_what_its_device_said_before() {
    let server = Server::start().await;
    let commands = vec![server.mark("student 1", "late")];
    server.pass(TimeDelta::minutes(1));
    let mut heartbeat = server.envelope(vec![]);
    heartbeat["device"] = json!({"unsent": 0});
    server.send_envelope("teacher Akinyi", &heartbeat).await;
    let envelope = handed_in(&server, "teacher Akinyi", commands);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(
        flags(&answer.results()[0]),
        ["backdated", "submitted_for_another"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_offices_own_work_from_another_device_is_not_anothers() {
    let server = Server::start().await;
    let envelope = handed_in(&server, "admin", vec![server.mark("student 1", "late")]);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    assert!(flags(&answer.results()[0]).is_empty());
    server.stop().await;
}
