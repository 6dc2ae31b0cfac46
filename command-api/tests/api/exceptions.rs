use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Server, id, rfc3339};

fn exception(server: &Server, kind: &str, further: Value) -> Value {
    let mut command = server.command(kind, further);
    command["exception_id"] = json!(id("exception"));
    command
}

fn record(server: &Server, student: &str) -> Value {
    let further = json!({
        "student_id": id(student), "category": "medical", "start_date": "2026-11-23", "end_date": "2026-11-25",
        "slots": ["am"], "reason": "Hospital.",
    });
    exception(server, "RecordException", further)
}

#[actix_web::test]
async fn a_teacher_asks_and_the_office_decides() {
    let server = Server::start().await;
    let commands = vec![
        record(&server, "student 1"),
        exception(&server, "AmendException", json!({"slots": null})),
        exception(&server, "ApproveException", json!({})),
    ];
    let teacher = server.send("teacher Akinyi", commands).await;
    assert_eq!(
        teacher.outcomes(),
        [
            "accepted recorded",
            "accepted amended",
            "rejected forbidden"
        ]
    );
    let office = server
        .send(
            "admin",
            vec![
                exception(&server, "ApproveException", json!({})),
                exception(&server, "RejectException", json!({"reason": "No letter."})),
                exception(&server, "RevokeException", json!({"reason": "Came back."})),
            ],
        )
        .await;
    assert!(
        office
            .outcomes()
            .iter()
            .all(|outcome| outcome.starts_with("accepted"))
    );
    assert!(office.results()[0].get("session_id").is_none());
    server.stop().await;
}

#[actix_web::test]
async fn a_teacher_asks_for_own_pupils_only() {
    let server = Server::start().await;
    let outcome = async |student: &str| {
        let command = record(&server, student);
        server
            .send("teacher Akinyi", vec![command])
            .await
            .outcomes()
            .remove(0)
    };
    assert_eq!(outcome("student in 2B").await, "rejected forbidden");
    assert_eq!(outcome("student without class").await, "rejected forbidden");
    assert_eq!(
        outcome("student elsewhere").await,
        "rejected unknown-student"
    );
    assert_eq!(outcome("student 2").await, "accepted recorded");
    let office = server
        .send("admin", vec![record(&server, "student without class")])
        .await;
    assert!(office.outcomes()[0].starts_with("accepted"));
    server.stop().await;
}

#[actix_web::test]
async fn a_pupil_of_the_day_it_happened_is_an_own_pupil_however_late_it_arrives() {
    let server = Server::start().await;
    // Baraka covered class 1A yesterday only.
    let recorded = |hours_ago| {
        let mut command = record(&server, "student 1");
        command["occurred_at"] = json!(rfc3339(server.clock.now() - TimeDelta::hours(hours_ago)));
        command
    };
    let commands = vec![recorded(24), recorded(0)];
    let answer = server.send("teacher Baraka", commands).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted recorded", "rejected forbidden"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_decision_that_arrives_before_what_it_is_about_waits_for_it() {
    let server = Server::start().await;
    let request = record(&server, "student 1");
    let mut approve = exception(&server, "ApproveException", json!({}));
    approve["exception_id"] = request["exception_id"].clone();
    let answer = server.send("admin", vec![approve.clone()]).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted superseded"],
        "there is nothing to approve yet"
    );
    let answer = server.send("teacher Akinyi", vec![request]).await;
    assert_eq!(answer.outcomes(), ["accepted recorded"]);
    let answer = server.send("admin", vec![approve]).await;
    assert_eq!(answer.outcomes(), ["duplicate approved"]);
    server.stop().await;
}

#[actix_web::test]
async fn an_amendment_that_does_not_count_is_told_so() {
    let server = Server::start().await;
    let by_office = record(&server, "student 1");
    server.send("admin", vec![by_office]).await;
    let amend = exception(&server, "AmendException", json!({"category": "family"}));
    let answer = server.send("teacher Akinyi", vec![amend]).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted superseded"],
        "not the recorder"
    );
    let amend = exception(&server, "AmendException", json!({"end_date": "2026-11-20"}));
    let answer = server.send("admin", vec![amend]).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted superseded"],
        "it would end before it starts"
    );
    server.stop().await;
}
