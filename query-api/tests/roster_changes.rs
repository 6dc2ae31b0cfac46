//! `/reports/conflicts`: registers that were closed before the roster of their date changed.

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id};

/// 1 East of the 24th was closed at 5:10, with Chebet and Farida on its roster; Chebet is marked in it, Farida is not.
/// Brian's 1 East of the 5th was closed at 5:10 that day, without Achieng's mark.
fn change(
    command: u8,
    student: u8,
    days: (&str, &str),
    on_roster: bool,
    change: &str,
    recorded_at: &str,
) -> String {
    let until = if days.1.is_empty() {
        "null".to_owned()
    } else {
        format!("'{}'", days.1)
    };
    format!(
        "insert into read.roster_changes (school_id, class_id, student_id, command_id, from_date, until_date, on_roster,
             change, changed_by, recorded_at)
         values ('10000000-0000-0000-0000-000000000001', '{}', '{}', '{}', '{}', {until}, {on_roster}, '{change}', '{}',
             '{recorded_at}')",
        id(0x21),
        id(student),
        id(command),
        days.0,
        id(0x13),
    )
}

/// Farida came onto the roster of the 24th a second after the register of that day was closed.
fn farida_comes() -> String {
    let days = ("2026-11-24", "");
    change(0xe1, 0x35, days, true, "enrolled", "2026-11-24T05:10:01Z")
}

async fn listed(schools: &Schools, who: Who) -> Vec<Value> {
    let list = schools.get(who, "/reports/conflicts").await.ok();
    let items = list["items"].as_array().unwrap().iter();
    items
        .filter(|item| item["kind"] == "roster-changed-after-close")
        .cloned()
        .collect()
}

async fn states(schools: &Schools) -> Vec<String> {
    let items = listed(schools, Who::Office).await;
    items
        .iter()
        .map(|item| item["state"].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn a_roster_that_changed_after_the_close_is_listed_with_who_changed_it_and_when() {
    Schools::with(async |schools| {
        schools.run(&farida_comes()).await;
        assert_eq!(
            listed(schools, Who::Office).await,
            [json!({
                "session_id": id(0x61), "class_id": id(0x21), "date": "2026-11-24", "student_id": id(0x35),
                "student_name": "Farida Ali", "kind": "roster-changed-after-close", "state": "open",
                "lost": null, "won": null, "statement": null,
                "roster_change": {
                    "change": "enrolled", "on_roster": true, "by": {"id": id(0x13), "name": "Carol Office"},
                    "recorded_at": "2026-11-24T05:10:01.000Z", "command_id": id(0xe1),
                    "closed_at": "2026-11-24T05:10:00.000Z",
                },
            })]
        );
    })
    .await;
}

#[actix_web::test]
async fn what_was_recorded_before_the_close_or_about_other_days_is_no_conflict() {
    Schools::with(async |schools| {
        for (command, days, recorded_at) in [
            (0xe1, ("2026-11-24", ""), "2026-11-24T05:10:00Z"),
            (0xe2, ("2026-08-31", ""), "2026-11-05T05:09:59Z"),
            (0xe3, ("2026-11-25", ""), "2026-11-24T06:00:00Z"),
            (0xe4, ("2026-11-06", "2026-11-24"), "2026-11-24T06:00:00Z"),
        ] {
            let enrolment = change(command, 0x35, days, true, "enrolled", recorded_at);
            schools.run(&enrolment).await;
        }
        assert_eq!(listed(schools, Who::Office).await, Vec::<Value>::new());
    })
    .await;
}

#[actix_web::test]
async fn a_register_that_is_open_again_or_void_or_closed_since_is_out_of_it() {
    Schools::with(async |schools| {
        schools.run(&farida_comes()).await;
        for (what, now, before) in [
            (
                "reopened",
                "status = 'open', closed_at = null, closed_by = null",
                "status = 'closed', closed_at = '2026-11-24T05:10:00Z'",
            ),
            ("void", "void = true", "void = false"),
            (
                "closed since",
                "closed_at = '2026-11-24T05:11:00Z'",
                "closed_at = '2026-11-24T05:10:00Z'",
            ),
        ] {
            assert_eq!(states(schools).await, ["open"], "before it is {what}");
            let set = |columns: &str| {
                let session = id(0x61);
                format!(
                    "update read.register_sessions set {columns} where session_id = '{session}'"
                )
            };
            schools.run(&set(now)).await;
            assert_eq!(states(schools).await, Vec::<String>::new(), "{what}");
            schools.run(&set(before)).await;
        }
    })
    .await;
}

#[actix_web::test]
async fn a_change_is_settled_once_register_and_roster_agree_about_the_student() {
    Schools::with(async |schools| {
        schools.run(&farida_comes()).await;
        assert_eq!(states(schools).await, ["open"], "on the roster, not marked");
        let mark = |status: &str| {
            format!(
                "insert into read.register_entries select school_id, session_id, '{}', class_id, date, subject_id, slot,
                     '{status}', '{status}', null, null, null, occurred_at, recorded_at, marked_by, device_id,
                     gen_random_uuid(), true, null, 'unmarked', false
                 from read.register_entries where command_id = '{}'
                 on conflict on constraint register_entries_pkey do update
                 set status = excluded.status, effective_status = excluded.effective_status",
                id(0x35),
                id(0x81),
            )
        };
        schools.run(&mark("unmarked")).await;
        assert_eq!(states(schools).await, ["open"], "an entry without a mark");
        schools.run(&mark("absent")).await;
        assert_eq!(states(schools).await, ["settled"], "marked since");

        let leaves = "update read.enrolment_periods set until_date = '2026-11-25', from_date = '2026-11-01'
            where student_id::text like '10000000%35'";
        schools.run(leaves).await;
        assert_eq!(states(schools).await, ["settled"], "leaves the day after");
        schools.run("delete from read.enrolment_periods where student_id::text like '10000000%35'").await;
        let days = ("2026-11-24", "");
        schools
            .run(&change(0xe2, 0x35, days, false, "cancelled", "2026-11-24T05:30:00Z"))
            .await;
        assert_eq!(states(schools).await, ["open", "open"], "marked, and on the roster no more");
        schools.run(&mark("unmarked")).await;
        assert_eq!(states(schools).await, ["settled", "settled"], "neither");
    })
    .await;
}

#[actix_web::test]
async fn a_teacher_sees_the_roster_changes_of_own_classes_on_own_days() {
    Schools::with(async |schools| {
        schools.run(&farida_comes()).await;
        // Brian taught 1 East on the 5th, not on the 24th.
        let days = ("2026-11-05", "2026-11-06");
        schools
            .run(&change(
                0xe2,
                0x31,
                days,
                false,
                "withdrawn",
                "2026-11-06T08:00:00Z",
            ))
            .await;
        let dates = async |who| {
            let items = listed(schools, who).await;
            items
                .iter()
                .map(|item| item["date"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(dates(Who::Brian).await, ["2026-11-05"]);
        assert_eq!(dates(Who::Amina).await, ["2026-11-05", "2026-11-24"]);
        assert_eq!(dates(Who::Auditor).await, ["2026-11-05", "2026-11-24"]);
        assert_eq!(dates(Who::OtherOffice).await, Vec::<String>::new());
    })
    .await;
}

#[actix_web::test]
async fn pages_and_csv_have_both_sorts_of_conflict_in_one_order() {
    Schools::with(async |schools| {
        schools.run(&farida_comes()).await;
        let days = ("2026-11-05", "");
        schools
            .run(&change(
                0xe2,
                0x32,
                days,
                true,
                "enrolled",
                "2026-11-24T08:00:00Z",
            ))
            .await;
        let whole = schools.get(Who::Office, "/reports/conflicts").await.ok();
        let kinds: Vec<&str> = whole["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["kind"].as_str().unwrap())
            .collect();
        let roster = "roster-changed-after-close";
        assert_eq!(
            kinds,
            [
                "after_close",
                roster,
                "after_correction",
                "superseded",
                roster,
                roster
            ]
        );
        for limit in [1, 2, 4] {
            let walked = schools.walk(Who::Office, "/reports/conflicts", limit).await;
            assert_eq!(json!(walked), whole["items"], "{limit}");
        }
        let csv = schools
            .get_with(Who::Office, "/reports/conflicts", &[("Accept", "text/csv")])
            .await;
        let lines: Vec<&str> = csv.text().lines().collect();
        assert_eq!(lines.len(), 7);
        let farida = lines[5];
        assert!(
            farida.ends_with(
                ",Farida Ali,roster-changed-after-close,open,,,,,,,,,enrolled,true,Carol Office,\
                 2026-11-24T05:10:01.000Z,2026-11-24T05:10:00.000Z"
            ),
            "{farida}"
        );
        assert!(
            lines[1].ends_with("2026-11-05T05:10:10.000Z,,,,,"),
            "{}",
            lines[1]
        );
    })
    .await;
}
