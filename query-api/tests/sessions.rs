//! `/sessions` and `/sessions/{id}`.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id};

#[actix_web::test]
async fn a_register_shows_its_roster_and_whoever_is_marked_all_the_same() {
    Schools::with(async |schools| {
        schools
            .put_text(
                id(0x33),
                "bus broke down",
                "update read.register_entries set remarks = $1 where student_id::text like '10000000%33'",
            )
            .await;
        schools
            .put_text(
                id(0x33),
                "came at 8:20",
                "update read.register_entries set correction_reason = $1 where student_id::text like '10000000%33'",
            )
            .await;
        let answer = schools.get(Who::Amina, &format!("/sessions/{}", id(0x61))).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let by_amina = json!({"id": id(0x11), "name": "Amina Otieno"});
        let unmarked = json!({
            "student_id": id(0x35), "name": "Farida Ali", "admission_number": "A5", "on_roster": true,
            "mark": null, "effective_status": "unmarked", "exception_id": null, "conflict": null,
        });
        let off_roster = json!({
            "student_id": id(0x34), "name": "Dalila Juma", "admission_number": "A4", "on_roster": false,
            "mark": {
                "status": "present", "minutes_late": null, "remarks": null,
                "occurred_at": "2026-11-24T05:04:00.000Z", "recorded_at": "2026-11-24T05:04:10.000Z",
                "marked_by": by_amina, "command_id": id(0x84), "correction": null,
            },
            "effective_status": "present", "exception_id": null, "conflict": null,
        });
        let covered = json!({
            "student_id": id(0x32), "name": "Baraka Kamau", "admission_number": "A2", "on_roster": true,
            "mark": {
                "status": "absent", "minutes_late": null, "remarks": null,
                "occurred_at": "2026-11-24T05:02:00.000Z", "recorded_at": "2026-11-24T05:02:10.000Z",
                "marked_by": by_amina, "command_id": id(0x82), "correction": null,
            },
            "effective_status": "excused", "exception_id": id(0x71), "conflict": null,
        });
        let present = json!({
            "student_id": id(0x31), "name": "Achieng Odhiambo", "admission_number": "A1", "on_roster": true,
            "mark": {
                "status": "present", "minutes_late": null, "remarks": null,
                "occurred_at": "2026-11-24T05:01:00.000Z", "recorded_at": "2026-11-24T05:01:10.456Z",
                "marked_by": by_amina, "command_id": id(0x81), "correction": null,
            },
            "effective_status": "present", "exception_id": null, "conflict": null,
        });
        let corrected = json!({
            "student_id": id(0x33), "name": "Chebet Rono", "admission_number": null, "on_roster": true,
            "mark": {
                "status": "late", "minutes_late": 7, "remarks": "bus broke down",
                "occurred_at": "2026-11-24T05:20:00.000Z", "recorded_at": "2026-11-24T05:20:10.000Z",
                "marked_by": {"id": id(0x13), "name": "Carol Office"}, "command_id": id(0x83),
                "correction": {
                    "reason": "came at 8:20", "original_status": "absent", "at": "2026-11-24T05:20:00.000Z",
                    "by": {"id": id(0x13), "name": "Carol Office", "role": "admin"},
                },
            },
            "effective_status": "late", "exception_id": null,
            "conflict": {
                "kind": "after_correction", "state": "open", "mark_id": id(0x91), "other_by": id(0x12), "other_status": "absent",
                "other_at": "2026-11-24T05:21:00.000Z",
            },
        });
        let mut expected = closed_register();
        expected["students"] = json!([unmarked, off_roster, covered, present, corrected]);
        assert_eq!(answer.ok(), expected);
    })
    .await;
}

fn closed_register() -> Value {
    json!({
        "id": id(0x61), "class_id": id(0x21), "date": "2026-11-24", "subject_id": null, "slot": null,
        "status": "closed", "void": false,
        "counts": {"roster": 5, "marked": 4, "unmarked": 1, "present": 2, "absent": 0, "late": 1, "excused": 1},
        "opened_at": "2026-11-24T05:00:00.000Z", "closed_at": "2026-11-24T05:10:00.000Z", "closed_by": id(0x11),
        "changed_position": "1-320-1a",
    })
}

#[actix_web::test]
async fn a_text_whose_key_is_gone_reads_as_null() {
    Schools::with(async |schools| {
        schools
            .put_text(
                id(0x31),
                "forgotten",
                "update read.register_entries set remarks = $1 where command_id::text like '10000000%81'",
            )
            .await;
        let path = format!("/records?student_id={}&date=2026-11-24", id(0x31));
        assert_eq!(schools.get(Who::Office, &path).await.ok()["items"][0]["remarks"], "forgotten");
        schools.run("delete from keyring.text_keys").await;
        assert_eq!(schools.get(Who::Office, &path).await.ok()["items"][0]["remarks"], Value::Null);
    })
    .await;
}

#[actix_web::test]
async fn registers_are_listed_by_date_and_narrowed() {
    Schools::with(async |schools| {
        let all = schools.get(Who::Office, "/sessions").await.ok();
        assert_eq!(ids(&all), [0x64, 0x62, 0x61, 0x63].map(id).map(|id| id.to_string()));
        assert_eq!(all["next_cursor"], Value::Null);
        assert_eq!(all["items"][2], closed_register());
        assert_eq!(all["items"][1]["void"], true);
        assert_eq!(
            all["items"][3]["counts"],
            json!({"roster": 1, "marked": 1, "unmarked": 0, "present": 1, "absent": 0, "late": 0, "excused": 0})
        );

        let class = id(0x21);
        for (query, expected) in [
            (format!("class_id={class}"), vec![0x64, 0x62, 0x61]),
            ("date=2026-11-24".to_owned(), vec![0x61, 0x63]),
            ("from=2026-11-06&to=2026-11-23".to_owned(), vec![0x62]),
            ("status=open".to_owned(), vec![0x62, 0x63]),
            (format!("status=closed&class_id={class}&date=2026-11-24"), vec![0x61]),
            ("date=2026-11-22".to_owned(), vec![]),
        ] {
            let found = schools.get(Who::Auditor, &format!("/sessions?{query}")).await.ok();
            assert_eq!(ids(&found), expected.into_iter().map(|n| id(n).to_string()).collect::<Vec<_>>(), "{query}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_changed_after_a_position_comes_in_the_order_of_the_changes() {
    Schools::with(async |schools| {
        for (position, expected) in [
            ("0-0-0", vec![0x64, 0x62, 0x61, 0x63]),
            ("1-258-14", vec![0x62, 0x61, 0x63]),
            ("1-2bc-1d", vec![0x62, 0x61, 0x63]),
            ("1-2bc-1e", vec![0x61, 0x63]),
            ("1-320-1a", vec![]),
            ("2-0-0", vec![]),
        ] {
            let expected: Vec<String> = expected.into_iter().map(|n| id(n).to_string()).collect();
            let path = format!("/sessions?changed_after={position}");
            assert_eq!(
                ids(&schools.get(Who::Office, &path).await.ok()),
                expected,
                "{position}"
            );
            // Two registers changed at one position: a page that ends between them must not lose the second.
            let walked = schools.walk(Who::Office, &path, 1).await;
            assert_eq!(ids(&json!({"items": walked})), expected, "{position}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_list_can_bring_the_marks_along() {
    Schools::with(async |schools| {
        let with = schools.get(Who::Amina, "/sessions?date=2026-11-24&include=marks").await.ok();
        let marks = with["items"][0]["marks"].as_array().unwrap();
        assert_eq!(marks.len(), 4);
        assert_eq!(
            marks[1],
            json!({
                "student_id": id(0x32), "status": "absent", "minutes_late": null, "remarks": null,
                "occurred_at": "2026-11-24T05:02:00.000Z", "recorded_at": "2026-11-24T05:02:10.000Z",
                "marked_by": {"id": id(0x11), "name": "Amina Otieno"}, "command_id": id(0x82), "correction": null,
                "effective_status": "excused", "exception_id": id(0x71),
            })
        );
        let without = schools.get(Who::Amina, "/sessions?date=2026-11-24").await.ok();
        assert!(without["items"][0].get("marks").is_none());
    })
    .await;
}

#[actix_web::test]
async fn walking_the_pages_meets_every_register_once() {
    Schools::with(async |schools| {
        schools
            .run(
                "insert into read.register_sessions (school_id, session_id, class_id, date, status, void,
                     changed_epoch, changed_transaction_id, changed_position)
                 select '10000000-0000-0000-0000-000000000001', gen_random_uuid(), '10000000-0000-0000-0000-000000000021',
                        date '2026-09-01' + n % 7, 'open', false, 1, (1000 + n / 5)::text::xid8, n / 2
                 from generate_series(1, 50) n",
            )
            .await;
        for path in ["/sessions", "/sessions?changed_after=0-0-0"] {
            for limit in [1, 7, 54, 500] {
                let walked = schools.walk(Who::Office, path, limit).await;
                assert_eq!(walked.len(), 54, "{path} by {limit}");
                assert_eq!(walked.iter().map(|item| item["id"].as_str()).collect::<HashSet<_>>().len(), 54);
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn a_register_in_which_nothing_happened_is_not_found() {
    Schools::with(async |schools| {
        for path in [
            format!("/sessions/{}", id(0x6f)),
            "/sessions/none".to_owned(),
        ] {
            let answer = schools.get(Who::Office, &path).await;
            assert_eq!(answer.problem(), (404, "not-found".to_owned()));
        }
    })
    .await;
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}
