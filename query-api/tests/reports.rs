//! `/reports/class-summary` and `/reports/conflicts`.

use serde_json::json;

use crate::schools::{Schools, Who, id};

fn summary(class: u8, date: &str) -> String {
    format!("/reports/class-summary?class_id={}&date={date}", id(class))
}

#[actix_web::test]
async fn a_pupil_who_is_marked_but_not_enrolled_counts() {
    Schools::with(async |schools| {
        assert_eq!(
            schools.get(Who::Amina, &summary(0x21, "2026-11-24")).await.ok(),
            json!({
                "class_id": id(0x21), "date": "2026-11-24", "policy_version": 2, "roster": 5, "marked": 4, "unmarked": 1,
                "present": 2, "absent": 0, "late": 1, "excused": 1, "attendance_rate": "100.00", "present_rate": "50.00",
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn the_registers_of_a_day_add_up() {
    Schools::with(async |schools| {
        schools
            .run(
                "insert into read.register_sessions (school_id, session_id, class_id, date, slot, status, void, absent,
                     changed_epoch, changed_transaction_id, changed_position)
                 values ('10000000-0000-0000-0000-000000000001', '10000000-0000-0000-0000-000000000065',
                     '10000000-0000-0000-0000-000000000021', '2026-11-24', 'pm', 'open', false, 1, 1, '801', 1);
                 insert into read.register_entries (school_id, session_id, student_id, class_id, date, slot, status,
                     effective_status, occurred_at, recorded_at, marked_by, command_id, corrected, void)
                 values ('10000000-0000-0000-0000-000000000001', '10000000-0000-0000-0000-000000000065',
                     '10000000-0000-0000-0000-000000000033', '10000000-0000-0000-0000-000000000021', '2026-11-24', 'pm',
                     'absent', 'absent', now(), now(), '10000000-0000-0000-0000-000000000011', gen_random_uuid(), false, false)",
            )
            .await;
        assert_eq!(
            schools.get(Who::Office, &summary(0x21, "2026-11-24")).await.ok(),
            json!({
                "class_id": id(0x21), "date": "2026-11-24", "policy_version": 2, "roster": 9, "marked": 5, "unmarked": 4,
                "present": 2, "absent": 1, "late": 1, "excused": 1, "attendance_rate": "75.00", "present_rate": "40.00",
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn a_void_register_is_outside_the_summary() {
    Schools::with(async |schools| {
        assert_eq!(
            schools.get(Who::Office, &summary(0x21, "2026-11-23")).await.ok(),
            json!({
                "class_id": id(0x21), "date": "2026-11-23", "policy_version": 2, "roster": 3, "marked": 0, "unmarked": 3,
                "present": 0, "absent": 0, "late": 0, "excused": 0, "attendance_rate": null, "present_rate": null,
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn a_day_without_a_register_expects_the_whole_class() {
    Schools::with(async |schools| {
        // Dalila was still in the class on the 19th, Farida not yet.
        for (date, roster) in [
            ("2026-11-19", 4),
            ("2026-11-20", 3),
            ("2026-11-28", 3),
            ("2026-08-30", 0),
        ] {
            let found = schools.get(Who::Auditor, &summary(0x21, date)).await.ok();
            assert_eq!(
                (&found["roster"], &found["unmarked"]),
                (&json!(roster), &json!(roster)),
                "{date}"
            );
            assert_eq!(found["marked"], json!(0), "{date}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_summary_is_about_the_schools_today_unless_somebody_says_otherwise() {
    Schools::with(async |schools| {
        let today = schools
            .get(
                Who::Office,
                &format!("/reports/class-summary?class_id={}", id(0x21)),
            )
            .await;
        assert_eq!(
            today.ok(),
            schools
                .get(Who::Office, &summary(0x21, "2026-11-24"))
                .await
                .ok()
        );
    })
    .await;
}

#[actix_web::test]
async fn a_summary_is_csv_for_those_who_ask_for_it() {
    Schools::with(async |schools| {
        let csv = schools.get_with(Who::Office, &summary(0x21, "2026-11-24"), &[("Accept", "text/csv")]).await;
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        assert_eq!(
            csv.header("content-disposition"),
            Some("attachment; filename=\"class-summary-2026-11-24.csv\"")
        );
        let class = id(0x21);
        assert_eq!(
            csv.text(),
            format!(
                "class_id,date,policy_version,roster,marked,unmarked,present,absent,late,excused,attendance_rate,present_rate\r\n\
                 {class},2026-11-24,2,5,4,1,2,0,1,1,100.00,50.00\r\n"
            )
        );
    })
    .await;
}

#[actix_web::test]
async fn a_conflict_names_both_sides() {
    Schools::with(async |schools| {
        let list = schools.get(Who::Office, "/reports/conflicts?from=2026-11-24&to=2026-11-24").await.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!(
            list["items"][0],
            json!({
                "session_id": id(0x61), "class_id": id(0x21), "date": "2026-11-24", "student_id": id(0x33),
                "student_name": "Chebet Rono", "kind": "after_correction", "state": "open",
                "lost": {
                    "by": {"id": id(0x12), "name": "Brian Mutua"}, "status": "absent",
                    "occurred_at": "2026-11-24T05:21:00.000Z", "recorded_at": "2026-11-24T05:21:10.000Z",
                    "device_id": id(0xd1), "command_id": id(0x91),
                },
                "won": {
                    "by": {"id": id(0x13), "name": "Carol Office"}, "status": "late",
                    "occurred_at": "2026-11-24T05:20:00.000Z", "recorded_at": "2026-11-24T05:20:10.000Z",
                    "device_id": null, "command_id": id(0x83),
                },
                "statement": null, "roster_change": null,
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn a_contested_conflict_names_who_insists_and_why() {
    Schools::with(async |schools| {
        schools
            .put_text(
                id(0x33),
                "I saw her",
                &format!(
                    "update read.conflicts set state = 'contested', statement_by = '{}', statement_reason = $1,
                       statement_at = '2026-11-24T09:00:00Z' where lost_command_id = '{}'",
                    id(0x12),
                    id(0x91),
                ),
            )
            .await;
        let list = schools.get(Who::Office, "/reports/conflicts?from=2026-11-24&to=2026-11-24").await.ok();
        assert_eq!(list["items"][0]["state"], "contested");
        assert_eq!(
            list["items"][0]["statement"],
            json!({
                "by": {"id": id(0x12), "name": "Brian Mutua"}, "occurred_at": "2026-11-24T09:00:00.000Z",
                "reason": "I saw her",
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn conflicts_are_those_of_the_current_term_unless_somebody_says_otherwise() {
    Schools::with(async |schools| {
        let whole = schools.get(Who::Office, "/reports/conflicts").await.ok();
        assert_eq!(whole["items"].as_array().unwrap().len(), 3);
        let walked = schools.walk(Who::Office, "/reports/conflicts", 1).await;
        assert_eq!(json!(walked), whole["items"]);
        schools
            .run("update terms set starts_on = '2026-11-10' where title = 'Term 3'")
            .await;
        assert_eq!(
            schools.get(Who::Office, "/reports/conflicts").await.ok()["items"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let earlier = schools
            .get(
                Who::Office,
                "/reports/conflicts?to=2026-11-09&from=2026-11-01",
            )
            .await
            .ok();
        assert_eq!(earlier["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[actix_web::test]
async fn conflicts_as_csv_have_no_pages() {
    Schools::with(async |schools| {
        let csv = schools
            .get_with(
                Who::Office,
                "/reports/conflicts?limit=1",
                &[("Accept", "text/csv")],
            )
            .await;
        let mut reader = csv::Reader::from_reader(csv.body.as_slice());
        let columns: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        let state = columns.iter().position(|column| column == "state").unwrap();
        assert_eq!(
            rows.iter().map(|row| &row[state]).collect::<Vec<_>>(),
            ["open", "open", "settled"]
        );
    })
    .await;
}
