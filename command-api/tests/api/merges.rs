use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, TODAY, id};

fn merge(server: &Server, double: &str, into: &str) -> Value {
    let further =
        json!({"student_id": id(double), "into": id(into), "reason": "One birth certificate."});
    server.command("MergeStudents", further)
}

fn undo(server: &Server, double: &str) -> Value {
    server.command("UndoMerge", json!({"student_id": id(double)}))
}

async fn doubles(server: &Server) -> Vec<(Uuid, Uuid)> {
    sqlx::query_as("select student_id, into_id from student_aliases order by student_id")
        .fetch_all(&server.owner)
        .await
        .unwrap()
}

#[actix_web::test]
async fn the_office_merges_two_students_and_undoes_it() {
    let server = Server::start().await;
    let merging = merge(&server, "student 1", "student 2");
    let merged = server.send("admin", vec![merging.clone()]).await;
    assert_eq!(merged.outcomes(), ["accepted merged"]);
    assert_eq!(doubles(&server).await, [(id("student 1"), id("student 2"))]);
    server.pass(TimeDelta::minutes(1));
    let answer = server
        .send("admin", vec![undo(&server, "student 1"), merging])
        .await;
    assert_eq!(
        answer.outcomes(),
        ["accepted unmerged", "duplicate superseded"]
    );
    assert_eq!(doubles(&server).await, []);
    server.stop().await;
}

#[actix_web::test]
async fn nobody_else_merges_anybody_and_nobody_merges_whom_the_school_does_not_have() {
    let server = Server::start().await;
    let commands = vec![
        merge(&server, "student 1", "student 2"),
        undo(&server, "student 1"),
    ];
    for person in ["teacher Akinyi", "auditor"] {
        let answer = server.send(person, commands.clone()).await;
        assert!(
            answer.status == 403 || answer.outcomes() == ["rejected forbidden"; 2],
            "{:#}",
            answer.body
        );
    }
    let unknown = vec![
        merge(&server, "student 1", "student elsewhere"),
        merge(&server, "student elsewhere", "student 1"),
        undo(&server, "student elsewhere"),
    ];
    let answer = server.send("admin", unknown).await;
    assert_eq!(answer.outcomes(), ["rejected unknown-student"; 3]);
    server.stop().await;
}

#[actix_web::test]
async fn doubles_stand_neither_in_a_row_nor_in_a_ring_even_within_a_batch() {
    let server = Server::start().await;
    let refused = |server: &Server| {
        vec![
            merge(server, "student 3", "student 3"),
            merge(server, "student 2", "student 1"),
            merge(server, "student 3", "student 1"),
            merge(server, "student 2", "student 3"),
        ]
    };
    let mut batch = refused(&server);
    batch.insert(0, merge(&server, "student 1", "student 2"));
    let answer = server.send("admin", batch).await;
    assert_eq!(answer.outcomes()[0], "accepted merged");
    assert_eq!(answer.outcomes()[1..], ["rejected invalid-field"; 4]);
    let pointer = |index: usize| answer.results()[index]["problem"]["errors"][0]["pointer"].clone();
    let into = [1, 2, 3].map(|index| format!("/commands/{index}/into"));
    assert_eq!([1, 2, 3].map(pointer), into);
    assert_eq!(pointer(4), "/commands/4/student_id");
    let answer = server.send("admin", refused(&server)).await;
    assert_eq!(answer.outcomes(), ["rejected invalid-field"; 4]);
    // Into somebody others are merged into, and into somebody else than before, is no row.
    server.pass(TimeDelta::minutes(1));
    let further = vec![
        merge(&server, "student 3", "student 2"),
        merge(&server, "student 1", "student in 2B"),
    ];
    let answer = server.send("admin", further).await;
    assert_eq!(answer.outcomes(), ["accepted merged"; 2]);
    server.stop().await;
}

#[actix_web::test]
async fn what_was_decided_last_decides_whatever_arrives_last() {
    let server = Server::start().await;
    let early = undo(&server, "student 1");
    server.pass(TimeDelta::minutes(1));
    let late = merge(&server, "student 1", "student 2");
    server.send("admin", vec![late]).await;
    let answer = server.send("admin", vec![early]).await;
    assert_eq!(answer.outcomes(), ["accepted superseded"]);
    assert_eq!(doubles(&server).await, [(id("student 1"), id("student 2"))]);
    server.stop().await;
}

#[actix_web::test]
async fn a_student_is_on_the_roster_where_a_double_is_and_a_double_where_it_was() {
    let server = Server::start().await;
    let session =
        json!({"class_id": id("class 2B"), "date": TODAY, "subject_id": null, "slot": null});
    let mark = |server: &Server, student: &str| {
        let mut mark = server.mark(student, "present");
        mark["session"] = session.clone();
        mark
    };
    let before = server
        .send(
            "teacher Baraka",
            vec![mark(&server, "student without class")],
        )
        .await;
    assert_eq!(before.outcomes(), ["rejected not-enrolled"]);
    let batch = vec![
        merge(&server, "student in 2B", "student without class"),
        mark(&server, "student without class"),
    ];
    let answer = server.send("admin", batch).await;
    assert_eq!(answer.outcomes(), ["accepted merged", "accepted current"]);
    let marks = vec![
        mark(&server, "student without class"),
        mark(&server, "student in 2B"),
    ];
    let after = server.send("teacher Baraka", marks).await;
    assert_eq!(after.outcomes(), ["accepted current"; 2]);
    server.pass(TimeDelta::minutes(1));
    let batch = vec![
        undo(&server, "student in 2B"),
        mark(&server, "student without class"),
    ];
    let answer = server.send("admin", batch).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted unmerged", "rejected not-enrolled"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn why_students_are_merged_is_sealed_under_the_doubles_own_key() {
    let server = Server::start().await;
    let merging = merge(&server, "student 1", "student 2");
    server.send("admin", vec![merging]).await;
    let payload: String =
        sqlx::query_scalar("select payload::text from events where event_type = 'students_merged'")
            .fetch_one(&server.owner)
            .await
            .unwrap();
    assert!(!payload.contains("birth"), "{payload}");
    let owners: Vec<Uuid> = sqlx::query_scalar("select subject_id from keyring.text_keys")
        .fetch_all(&server.owner)
        .await
        .unwrap();
    assert!(owners.contains(&id("student 1")), "{owners:?}");
    server.stop().await;
}

#[actix_web::test]
async fn who_was_erased_is_merged_with_nobody() {
    let server = Server::start().await;
    sqlx::query("insert into erasures select school_id, student_id, now() from students where student_id = $1")
        .bind(id("student 1"))
        .execute(&server.owner)
        .await
        .unwrap();
    let both_ways = vec![
        merge(&server, "student 1", "student 2"),
        merge(&server, "student 2", "student 1"),
        merge(&server, "student 2", "student 3"),
    ];
    let answer = server.send("admin", both_ways).await;
    assert_eq!(
        answer.outcomes(),
        [
            "rejected invalid-field",
            "rejected invalid-field",
            "accepted merged"
        ]
    );
    server.stop().await;
}
