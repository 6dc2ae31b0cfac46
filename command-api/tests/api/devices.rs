use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Server, id, rfc3339};

fn flags(result: &Value) -> Vec<&str> {
    let flags = result["flags"].as_array().unwrap();
    flags.iter().map(|flag| flag.as_str().unwrap()).collect()
}

#[actix_web::test]
async fn work_stamped_before_a_device_said_it_had_none_left_is_backdated() {
    let server = Server::start().await;
    let mut heartbeat = server.envelope(vec![]);
    heartbeat["device"] = json!({"app_version": "1.4.0", "unsent": 0});
    server.send_envelope("teacher Akinyi", &heartbeat).await;
    let mut before = server.mark("student 1", "present");
    before["occurred_at"] = json!(rfc3339(server.clock.now() - TimeDelta::seconds(1)));
    server.pass(TimeDelta::minutes(1));
    let after = server.mark("student 2", "present");
    let answer = server.send("teacher Akinyi", vec![before, after]).await;
    assert_eq!(flags(&answer.results()[0]), ["backdated"]);
    assert!(flags(&answer.results()[1]).is_empty());
    server.stop().await;
}

#[actix_web::test]
async fn work_that_came_in_while_an_empty_report_was_on_its_way_is_not_backdated() {
    let server = Server::start().await;
    let mut heartbeat = server.envelope(vec![]);
    heartbeat["device"] = json!({"unsent": 0});
    let mut command = server.mark("student 1", "present");
    command["occurred_at"] = json!(rfc3339(server.clock.now() + TimeDelta::seconds(10)));
    server.pass(TimeDelta::seconds(30));
    server.send_envelope("teacher Akinyi", &heartbeat).await;
    let answer = server.send("teacher Akinyi", vec![command]).await;
    assert!(flags(&answer.results()[0]).is_empty());
    server.stop().await;
}

#[actix_web::test]
async fn a_number_that_the_device_has_passed_is_backdated() {
    let server = Server::start().await;
    let numbered = |student: &str, device_seq: i64| {
        let mut command = server.mark(student, "present");
        command["device_seq"] = json!(device_seq);
        command
    };
    let first = server
        .send("teacher Akinyi", vec![numbered("student 1", 17)])
        .await;
    assert!(flags(&first.results()[0]).is_empty());
    let commands = vec![
        numbered("student 2", 16),
        numbered("student 2", 18),
        numbered("student 3", 18),
        server.mark("student 3", "late"),
    ];
    let second = server.send("teacher Akinyi", commands).await;
    let flagged: Vec<bool> = second
        .results()
        .iter()
        .map(|result| !flags(result).is_empty())
        .collect();
    assert_eq!(flagged, [true, false, true, false]);
    server.stop().await;
}

#[actix_web::test]
async fn a_mark_that_arrives_weeks_late_is_accepted_by_its_stamp_and_flagged() {
    let server = Server::start().await;
    let mut command = server.mark("student 1", "present");
    server.pass(TimeDelta::days(20));
    let envelope = server.envelope(vec![command.clone()]);
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    assert_eq!(flags(&answer.results()[0]), ["late_arrival"]);
    command["command_id"] = json!(platform::ids::new_id());
    command["occurred_at"] = json!(server.now());
    let answer = server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(answer.outcomes(), ["rejected outside-window"]);
    server.stop().await;
}

#[actix_web::test]
async fn the_last_report_of_a_device_is_kept() {
    let server = Server::start().await;
    let mut envelope = server.envelope(vec![server.mark("student 1", "present")]);
    envelope["device"] = json!({
        "app_version": "1.4.0", "unsent": 3, "oldest_unsent_at": "2026-11-24T07:59:00.000Z",
        "unsent_sessions": [id("a register")],
    });
    server.send_envelope("teacher Akinyi", &envelope).await;
    server.pass(TimeDelta::minutes(1));
    server.send("teacher Baraka", vec![]).await;
    let device = sqlx::query!("select * from devices")
        .fetch_one(&server.owner)
        .await
        .unwrap();
    assert_eq!(device.device_id, id("phone"));
    assert_eq!(device.user_id, id("teacher Baraka"));
    assert_eq!(rfc3339(device.last_contact_at), server.now());
    assert_eq!(device.app_version.as_deref(), Some("1.4.0"));
    assert_eq!(device.unsent, Some(3));
    assert_eq!(device.unsent_sessions, [id("a register")]);
    assert_eq!(device.last_empty_at, None);
    server.stop().await;
}
