//! `/records`.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id};

#[actix_web::test]
async fn a_record_shows_what_was_seen_and_what_reports_use() {
    Schools::with(async |schools| {
        schools
            .put_text(
                id(0x32),
                "malaria",
                "update read.register_entries set remarks = $1 where command_id::text like '10000000%82'",
            )
            .await;
        let path = format!("/records?date=2026-11-24&student_id={}", id(0x32));
        let answer = schools.get(Who::Amina, &path).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(
            answer.ok(),
            json!({
                "items": [{
                    "session_id": id(0x61), "class_id": id(0x21), "subject_id": null, "slot": null, "date": "2026-11-24",
                    "student_id": id(0x32), "status": "absent", "effective_status": "excused", "minutes_late": null,
                    "remarks": "malaria", "occurred_at": "2026-11-24T05:02:00.000Z",
                    "recorded_at": "2026-11-24T05:02:10.000Z", "marked_by": {"id": id(0x11), "name": "Amina Otieno"},
                    "exception_id": id(0x71), "corrected": false,
                }],
                "next_cursor": null,
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn records_are_narrowed_by_what_they_say() {
    Schools::with(async |schools| {
        for (query, expected) in [
            (String::new(), vec![0x87, 0x81, 0x82, 0x83, 0x84, 0x86]),
            (format!("class_id={}", id(0x22)), vec![0x86]),
            ("from=2026-11-01&to=2026-11-23".to_owned(), vec![0x87]),
            ("status=absent".to_owned(), vec![0x82]),
            ("status=unmarked".to_owned(), vec![0x87]),
            ("effective_status=absent".to_owned(), vec![]),
            ("effective_status=excused".to_owned(), vec![0x82]),
            (format!("marked_by={}", id(0x13)), vec![0x83]),
            (format!("subject_id={}", id(0x51)), vec![]),
            ("slot=am".to_owned(), vec![0x86]),
        ] {
            let found = schools
                .get(Who::Office, &format!("/records?{query}"))
                .await
                .ok();
            let expected: Vec<String> = expected.into_iter().map(name_of).collect();
            assert_eq!(students_and_dates(&found), expected, "{query}");
        }
    })
    .await;
}

/// Student and date of the mark with this command.
fn name_of(command: u8) -> String {
    let (student, date) = match command {
        0x81 => (0x31, "2026-11-24"),
        0x82 => (0x32, "2026-11-24"),
        0x83 => (0x33, "2026-11-24"),
        0x84 => (0x34, "2026-11-24"),
        0x86 => (0x36, "2026-11-24"),
        _ => (0x31, "2026-11-05"),
    };
    format!("{} {date}", id(student))
}

fn students_and_dates(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    items
        .iter()
        .map(|item| format!("{} {}", text(item, "student_id"), text(item, "date")))
        .collect()
}

#[actix_web::test]
async fn a_void_register_has_no_records() {
    Schools::with(async |schools| {
        let found = schools
            .get(Who::Office, "/records?date=2026-11-23")
            .await
            .ok();
        assert_eq!(found["items"], json!([]));
    })
    .await;
}

#[actix_web::test]
async fn walking_the_pages_meets_every_record_once_and_in_order() {
    Schools::with(async |schools| {
        let whole = schools.get(Who::Office, "/records?limit=500").await.ok();
        for limit in [1, 2, 4, 6] {
            let walked = schools.walk(Who::Office, "/records", limit).await;
            assert_eq!(json!(walked), whole["items"], "{limit}");
        }
        let keys: HashSet<String> = students_and_dates(&whole).into_iter().collect();
        assert_eq!(keys.len(), 6);
    })
    .await;
}
