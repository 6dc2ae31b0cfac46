//! `/exceptions`.

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id};

async fn put_texts(schools: &Schools) {
    for (student, text, update) in [
        (
            0x32,
            "malaria",
            "update read.exceptions set reason = $1 where exception_id::text like '10000000%71'",
        ),
        (
            0x36,
            "wedding",
            "update read.exceptions set reason = $1 where exception_id::text like '10000000%72'",
        ),
        (
            0x31,
            "holiday",
            "update read.exceptions set reason = $1 where exception_id::text like '10000000%73'",
        ),
        (
            0x31,
            "no proof",
            "update read.exceptions set decision_reason = $1 where exception_id::text like '10000000%73'",
        ),
    ] {
        schools.put_text(id(student), text, update).await;
    }
}

fn rejected(reason: Value, decision_reason: Value) -> Value {
    json!({
        "id": id(0x73), "student_id": id(0x31), "category": "other", "start_date": "2026-11-01", "end_date": "2026-11-05",
        "slots": null, "reason": reason, "status": "rejected",
        "recorded_by": {"id": id(0x12), "name": "Brian Mutua"}, "recorded_at": "2026-11-01T08:00:00.000Z",
        "decided_by": {"id": id(0x13), "name": "Carol Office"}, "decided_at": "2026-11-02T08:00:00.000Z",
        "decision_reason": decision_reason,
    })
}

#[actix_web::test]
async fn the_office_reads_exceptions_with_their_reasons() {
    Schools::with(async |schools| {
        put_texts(schools).await;
        let list = schools.get(Who::Office, "/exceptions").await.ok();
        assert_eq!(numbers(&list), ["73", "74", "71", "72"]);
        assert_eq!(list["items"][0], rejected(json!("holiday"), json!("no proof")));
        assert_eq!(
            list["items"][3],
            json!({
                "id": id(0x72), "student_id": id(0x36), "category": "family", "start_date": "2026-11-26",
                "end_date": "2026-11-26", "slots": ["am", "pm"], "reason": "wedding", "status": "pending",
                "recorded_by": {"id": id(0x12), "name": "Brian Mutua"}, "recorded_at": "2026-11-23T08:00:00.000Z",
                "decided_by": null, "decided_at": null, "decision_reason": null,
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn a_teacher_reads_exceptions_of_own_classes_on_their_days_without_reasons() {
    Schools::with(async |schools| {
        put_texts(schools).await;
        let list = schools.get(Who::Amina, "/exceptions").await.ok();
        // Dalila's begins on the day on which she was no longer in the class.
        assert_eq!(numbers(&list), ["73", "71"]);
        assert_eq!(list["items"][0], rejected(Value::Null, Value::Null));
        // Brian taught 1 East until the 6th and teaches 2 Maths.
        assert_eq!(
            numbers(&schools.get(Who::Brian, "/exceptions").await.ok()),
            ["73", "72"]
        );
    })
    .await;
}

#[actix_web::test]
async fn exceptions_are_narrowed_by_student_status_and_days() {
    Schools::with(async |schools| {
        for (query, expected) in [
            (format!("student_id={}", id(0x32)), vec!["71"]),
            ("status=approved".to_owned(), vec!["74", "71"]),
            ("status=revoked".to_owned(), vec![]),
            ("from=2026-11-25".to_owned(), vec!["71", "72"]),
            ("to=2026-11-20".to_owned(), vec!["73", "74"]),
            ("from=2026-11-05&to=2026-11-05".to_owned(), vec!["73"]),
            ("from=2026-11-06&to=2026-11-19".to_owned(), vec![]),
        ] {
            let list = schools
                .get(Who::Auditor, &format!("/exceptions?{query}"))
                .await
                .ok();
            assert_eq!(numbers(&list), expected, "{query}");
        }
        let walked = schools.walk(Who::Office, "/exceptions", 1).await;
        assert_eq!(numbers(&json!({"items": walked})), ["73", "74", "71", "72"]);
    })
    .await;
}

fn numbers(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap()[34..].to_owned())
        .collect()
}
