use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Server, id};

fn arrival(server: &Server, minutes: u16) -> Value {
    server.command(
        "RecordArrival",
        json!({"student_id": id("student 1"), "minutes_late": minutes, "reason": "The bus broke down."}),
    )
}

/// Something about a mark that was sent before.
fn about(server: &Server, kind: &str, mark: &Value) -> Value {
    let further = json!({"student_id": mark["student_id"], "mark_id": mark["command_id"], "reason": "I saw her."});
    server.command(kind, further)
}

#[actix_web::test]
async fn an_arrival_corrects_a_closed_register_and_changes_nothing_in_an_open_one() {
    let server = Server::start().await;
    let mark = server.mark("student 1", "absent");
    server.send("teacher Akinyi", vec![mark.clone()]).await;
    server.pass(TimeDelta::minutes(1));
    let early = arrival(&server, 5);
    let while_open = server.send("admin", vec![early.clone()]).await;
    assert_eq!(while_open.outcomes(), ["accepted superseded"]);
    server.pass(TimeDelta::minutes(1));
    let close = server.command("CloseSession", json!({}));
    server.send("teacher Akinyi", vec![close]).await;
    server.pass(TimeDelta::minutes(1));
    let answer = server
        .send("admin", vec![arrival(&server, 25), early])
        .await;
    assert_eq!(
        answer.outcomes(),
        ["accepted current", "duplicate superseded"]
    );
    let teacher = server
        .send("teacher Akinyi", vec![arrival(&server, 25), mark])
        .await;
    assert_eq!(
        teacher.outcomes(),
        ["rejected forbidden", "duplicate superseded"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn an_arrival_needs_minutes_and_a_reason() {
    let server = Server::start().await;
    let mut without_minutes = arrival(&server, 5);
    without_minutes["minutes_late"] = json!(null);
    let mut without_reason = arrival(&server, 5);
    without_reason["reason"] = json!(" ");
    let answer = server
        .send("admin", vec![without_minutes, without_reason])
        .await;
    assert_eq!(
        answer.outcomes(),
        ["rejected invalid-field", "rejected reason-required"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn who_made_a_mark_that_lost_and_the_office_end_its_conflict() {
    let server = Server::start().await;
    let lost = server.mark("student 1", "present");
    server.send("teacher Akinyi", vec![lost.clone()]).await;
    server.pass(TimeDelta::minutes(1));
    let won = server.mark("student 1", "absent");
    server.send("admin", vec![won.clone()]).await;
    server.pass(TimeDelta::minutes(1));
    let commands = vec![
        about(&server, "ContestMark", &lost),
        about(&server, "ContestMark", &won),
    ];
    let contested = server.send("teacher Akinyi", commands.clone()).await;
    assert_eq!(
        contested.outcomes(),
        ["accepted contested", "accepted superseded"]
    );
    server.pass(TimeDelta::minutes(1));
    let settled = server
        .send("admin", vec![about(&server, "AcceptConflict", &lost)])
        .await;
    assert_eq!(settled.outcomes(), ["accepted settled"]);
    let again = server.send("teacher Akinyi", commands).await;
    assert_eq!(
        again.outcomes(),
        ["duplicate superseded", "duplicate superseded"]
    );
    let stranger = server
        .send("teacher Baraka", vec![about(&server, "ContestMark", &lost)])
        .await;
    assert_eq!(stranger.outcomes(), ["rejected forbidden-class"]);
    server.stop().await;
}

#[actix_web::test]
async fn why_a_mark_is_contested_is_sealed_under_the_students_own_key() {
    let server = Server::start().await;
    let mark = server.mark("student 1", "present");
    let contest = about(&server, "ContestMark", &mark);
    server.send("teacher Akinyi", vec![mark, contest]).await;
    let owners: Vec<uuid::Uuid> = sqlx::query_scalar("select subject_id from keyring.text_keys")
        .fetch_all(&server.owner)
        .await
        .unwrap();
    assert!(owners.contains(&id("student 1")), "{owners:?}");
    server.stop().await;
}
