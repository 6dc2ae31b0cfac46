use serde_json::json;

use crate::harness::{Server, TODAY, id};

#[actix_web::test]
async fn a_teacher_opens_marks_and_closes_a_register_in_one_batch() {
    let server = Server::start().await;
    let answer = server
        .send(
            "teacher Akinyi",
            vec![
                server.command("OpenSession", json!({})),
                server.mark("student 1", "present"),
                server.mark("student 2", "late"),
                server.command("ClearMark", json!({"student_id": id("student 1")})),
                server.command("CloseSession", json!({})),
            ],
        )
        .await;
    assert_eq!(
        answer.outcomes(),
        [
            "accepted opened",
            "accepted superseded",
            "accepted current",
            "accepted cleared",
            "accepted closed"
        ]
    );
    assert_eq!(answer.body["received_at"], server.now());
    assert_eq!(answer.body["clock_offset_ms"], 0);
    assert!(answer.body["position"].is_string());
    assert!(answer.headers.contains_key("muster-store"));
    assert!(answer.headers.contains_key("date"));
    let first = &answer.results()[0];
    assert_eq!(first["index"], 0);
    assert_eq!(first["occurred_at"], server.now());
    assert_eq!(first["flags"], json!([]));
    assert_eq!(server.count_events().await, 5);
    server.stop().await;
}

#[actix_web::test]
async fn a_batch_without_commands_is_a_sign_of_life() {
    let server = Server::start().await;
    let answer = server.send("teacher Akinyi", vec![]).await;
    assert!(answer.results().is_empty());
    assert_eq!(answer.body["position"], json!(null));
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

#[actix_web::test]
async fn the_only_subject_of_a_class_means_the_same_register_as_none() {
    let server = Server::start().await;
    let with_subject =
        json!({"session": {"class_id": id("class 1A"), "date": TODAY, "subject_id": id("maths")}});
    let answer = server
        .send(
            "teacher Akinyi",
            vec![
                server.command("OpenSession", json!({})),
                server.command("OpenSession", with_subject),
            ],
        )
        .await;
    let results = answer.results();
    assert_eq!(results[0]["session_id"], results[1]["session_id"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_teacher_who_covered_a_class_for_a_day_marks_that_day_only() {
    let server = Server::start().await;
    let on = |date: &str| {
        let session = json!({"class_id": id("class 1A"), "date": date});
        server.command(
            "MarkAttendance",
            json!({"session": session, "student_id": id("student 1"), "status": "present"}),
        )
    };
    let commands = vec![on("2026-11-20"), on("2026-11-23"), on(TODAY)];
    let answer = server.send("teacher Baraka", commands).await;
    assert_eq!(
        answer.outcomes(),
        [
            "rejected forbidden-class",
            "accepted current",
            "rejected forbidden-class"
        ]
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_office_corrects_a_closed_register_and_a_teacher_cannot() {
    let server = Server::start().await;
    let correct = || {
        let further = json!({"student_id": id("student 1"), "status": "excused", "reason": "Called the parents."});
        server.command("CorrectAttendance", further)
    };
    let commands = vec![
        server.mark("student 1", "absent"),
        server.command("CloseSession", json!({})),
        correct(),
    ];
    let teacher = server.send("teacher Akinyi", commands).await;
    assert_eq!(
        teacher.outcomes(),
        ["accepted current", "accepted closed", "rejected forbidden"]
    );
    server.pass(chrono::TimeDelta::minutes(1));
    let late_mark = server
        .send("teacher Akinyi", vec![server.mark("student 1", "present")])
        .await;
    assert_eq!(late_mark.outcomes(), ["accepted after_close"]);
    let office = server.send("admin", vec![correct()]).await;
    assert_eq!(office.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn dates_outside_the_class_term_and_unplanned_slots_are_accepted_and_flagged() {
    let server = Server::start().await;
    let session = json!({"class_id": id("class 2B"), "date": "2026-08-03", "slot": "evening"});
    let answer = server
        .send(
            "admin",
            vec![server.command("OpenSession", json!({"session": session}))],
        )
        .await;
    assert_eq!(answer.outcomes(), ["accepted opened"]);
    assert_eq!(
        answer.results()[0]["flags"],
        json!(["outside_class_term", "unplanned_slot"])
    );
    server.stop().await;
}
