use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Server, id, rfc3339};

#[actix_web::test]
async fn a_batch_sent_again_after_a_lost_response_changes_nothing() {
    let server = Server::start().await;
    let commands = vec![
        server.mark("student 1", "late"),
        server.command("CloseSession", json!({})),
    ];
    let first = server.send("teacher Akinyi", commands.clone()).await;
    server.pass(TimeDelta::seconds(20));
    let again = server.send("teacher Akinyi", commands).await;
    assert_eq!(again.outcomes(), ["duplicate current", "duplicate closed"]);
    assert_eq!(again.body["position"], first.body["position"]);
    for (first, again) in first.results().iter().zip(again.results()) {
        for field in ["session_id", "occurred_at", "flags", "effect"] {
            assert_eq!(first[field], again[field]);
        }
    }
    assert_eq!(server.count_events().await, 2);
    server.stop().await;
}

#[actix_web::test]
async fn a_better_estimate_of_the_clock_makes_no_other_command() {
    let server = Server::start().await;
    let mut command = server.mark("student 1", "late");
    let first = server.send("teacher Akinyi", vec![command.clone()]).await;
    server.pass(TimeDelta::seconds(20));
    command["occurred_at"] = json!(rfc3339(server.clock.now() - TimeDelta::seconds(19)));
    let again = server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(again.outcomes(), ["duplicate current"]);
    assert_eq!(
        again.results()[0]["occurred_at"],
        first.results()[0]["occurred_at"],
        "the first acceptance fixed when it happened"
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_better_estimate_moves_the_moment_of_a_reopening_as_well() {
    let server = Server::start().await;
    let close = server.command("CloseSession", json!({}));
    server.pass(TimeDelta::seconds(20));
    let reopened_from = |ago| json!(rfc3339(server.clock.now() - TimeDelta::seconds(ago)));
    let mut reopen = server.command(
        "ReopenSession",
        json!({"reason": "two came in late", "effective_at": reopened_from(10)}),
    );
    let sent = vec![close, reopen.clone()];
    let first = server.send("teacher Akinyi", sent).await;
    assert_eq!(
        first.outcomes(),
        ["accepted superseded", "accepted reopened"]
    );
    reopen["occurred_at"] = reopened_from(2);
    reopen["effective_at"] = reopened_from(12);
    let again = server.send("teacher Akinyi", vec![reopen.clone()]).await;
    assert_eq!(again.outcomes(), ["duplicate reopened"]);
    reopen["reason"] = json!("another reason");
    let other = server.send("teacher Akinyi", vec![reopen]).await;
    assert_eq!(other.outcomes(), ["rejected command-id-reused"]);
    server.stop().await;
}

/// As an app of a newer version writes what an older one has sent before.
#[actix_web::test]
async fn the_same_command_written_in_another_way_is_no_other_command() {
    let server = Server::start().await;
    let command = server.mark("student 1", "late");
    server.send("teacher Akinyi", vec![command.clone()]).await;
    let mut again = command;
    again["device_seq"] = json!(17);
    again["remarks"] = json!("  ");
    again["minutes_late"] = json!(null);
    again["colour"] = json!("a member that nobody knows");
    again["student_id"] = json!(id("student 1").to_string().to_uppercase());
    let again = server.send("teacher Akinyi", vec![again]).await;
    assert_eq!(again.outcomes(), ["duplicate current"]);
    assert_eq!(server.count_events().await, 1);
    server.stop().await;
}

#[actix_web::test]
async fn a_duplicate_is_told_the_effect_as_it_is_now() {
    let server = Server::start().await;
    let command = server.mark("student 1", "absent");
    server.send("teacher Akinyi", vec![command.clone()]).await;
    server.pass(TimeDelta::seconds(20));
    server
        .send("teacher Akinyi", vec![server.mark("student 1", "late")])
        .await;
    let again = server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(again.outcomes(), ["duplicate superseded"]);
    server.stop().await;
}

#[actix_web::test]
async fn another_command_under_the_same_id_is_refused_and_told_nothing() {
    let server = Server::start().await;
    let command = server.mark("student 1", "absent");
    server.send("teacher Akinyi", vec![command.clone()]).await;
    let mut other = command.clone();
    other["status"] = json!("present");
    let mut unreadable = command.clone();
    unreadable["status"] = json!("x");
    let mut of_unknown_type = command.clone();
    of_unknown_type["type"] = json!("X");
    let answer = server
        .send("teacher Akinyi", vec![other, unreadable, of_unknown_type])
        .await;
    assert_eq!(answer.outcomes(), vec!["rejected command-id-reused"; 3]);
    for result in answer.results() {
        assert!(result.get("effect").is_none() && result.get("occurred_at").is_none());
        assert!(result.get("session_id").is_none());
    }
    let by_another = server.send("admin", vec![command]).await;
    assert_eq!(by_another.outcomes(), ["rejected command-id-reused"]);
    assert_eq!(by_another.body["position"], json!(null));
    assert_eq!(server.count_events().await, 1);
    server.stop().await;
}

#[actix_web::test]
async fn an_id_that_is_taken_in_another_register_is_refused_alone() {
    let server = Server::start().await;
    let command = server.mark("student 1", "absent");
    server.send("teacher Akinyi", vec![command.clone()]).await;
    let mut other = command;
    other["session"]["date"] = json!("2026-11-23");
    let neighbour = server.mark("student 2", "present");
    let answer = server.send("teacher Akinyi", vec![other, neighbour]).await;
    assert_eq!(
        answer.outcomes(),
        ["rejected command-id-reused", "accepted current"]
    );
    assert_eq!(server.count_events().await, 2);
    server.stop().await;
}

#[actix_web::test]
async fn ids_of_another_school_are_free() {
    let server = Server::start().await;
    let command = server.mark("student 1", "absent");
    server.send("teacher Akinyi", vec![command.clone()]).await;
    let mut elsewhere = command;
    elsewhere["session"]["class_id"] = json!(id("class elsewhere"));
    elsewhere["student_id"] = json!(id("student elsewhere"));
    let answer = server.send("teacher elsewhere", vec![elsewhere]).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_repeat_within_a_batch_is_judged_against_the_first() {
    let server = Server::start().await;
    let command = server.mark("student 1", "absent");
    let mut other = command.clone();
    other["status"] = json!("present");
    let refused = server.mark("student without class", "present");
    let commands = vec![command.clone(), command, other, refused.clone(), refused];
    let answer = server.send("teacher Akinyi", commands).await;
    assert_eq!(
        answer.outcomes(),
        [
            "accepted current",
            "duplicate current",
            "rejected command-id-reused",
            "rejected not-enrolled",
            "rejected not-enrolled"
        ]
    );
    assert_eq!(server.count_events().await, 1);
    server.stop().await;
}
