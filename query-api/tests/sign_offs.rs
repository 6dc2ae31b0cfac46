//! `/reports/sign-offs`: what was handed in, and what has changed about it since.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::schools::{SCHOOL, Schools, Who, id};

/// The weeks of 1 East that the office signed off on the 23rd, at ten seconds past noon in Nairobi.
const SIGN_OFFS: &str = "/reports/sign-offs";

fn amendments_of(sign_off: u8) -> String {
    format!("{SIGN_OFFS}/{}/amendments", id(sign_off))
}

async fn counts(schools: &Schools) -> Value {
    schools.get(Who::Office, SIGN_OFFS).await.ok()["items"][0]["amendments"].clone()
}

async fn amendments(schools: &Schools) -> Vec<Value> {
    let page = schools.get(Who::Office, &amendments_of(0xa1)).await.ok();
    page["items"].as_array().unwrap().clone()
}

fn none() -> Value {
    json!({"entries": 0, "registers": 0, "exceptions": 0, "roster": 0})
}

/// The register of 1 East on the 5th, with its entry of Achieng, as something made of it at this moment.
async fn arrives(schools: &Schools, columns_of_entry: &str, arrived_at: &str) {
    schools
        .run(&format!(
            "update read.register_entries set {columns_of_entry}, recorded_at = '{arrived_at}' where command_id = '{}';
             update read.register_sessions set last_arrived_at = '{arrived_at}' where session_id = '{}'",
            id(0x87),
            id(0x64),
        ))
        .await;
}

async fn turns(schools: &Schools, session: u8, turn: &str, columns: &str, arrived_at: &str) {
    schools
        .run(&format!(
            "update read.register_sessions
             set turn = '{turn}', turned_by = '{}', turn_arrived_at = '{arrived_at}', last_arrived_at = '{arrived_at}' {columns}
             where session_id = '{}'",
            id(0x13),
            id(session),
        ))
        .await;
}

/// An exception of the school's is decided: by the office, with these days that it has ever named.
async fn is_decided(schools: &Schools, exception: u8, days: (&str, &str), arrived_at: &str) {
    schools
        .run(&format!(
            "update read.exceptions
             set changed_by = '{}', change_arrived_at = '{arrived_at}', change_first_day = '{}', change_last_day = '{}'
             where exception_id = '{}'",
            id(0x13),
            days.0,
            days.1,
            id(exception),
        ))
        .await;
}

async fn roster_changes(schools: &Schools, class: u8, days: (&str, &str), recorded_at: &str) {
    schools
        .run(&format!(
            "insert into read.roster_changes
             values ('{SCHOOL}', '{}', '{}', gen_random_uuid(), '{}', {}, false, 'withdrawn', '{}', '{recorded_at}')",
            id(class),
            id(0x34),
            days.0,
            days.1,
            id(0x13),
        ))
        .await;
}

#[actix_web::test]
async fn a_period_that_nothing_has_arrived_about_since_has_no_amendments() {
    Schools::with(async |schools| {
        for who in [Who::Office, Who::Auditor] {
            assert_eq!(
                schools.get(who, SIGN_OFFS).await.ok(),
                json!({
                    "items": [{
                        "sign_off_id": id(0xa1), "from": "2026-11-02", "to": "2026-11-20", "class_id": id(0x21),
                        "class_title": "1 East", "note": null,
                        "signed_by": {"id": id(0x13), "name": "Carol Office"},
                        "signed_at": "2026-11-23T09:00:00.000Z", "recorded_at": "2026-11-23T09:00:10.000Z",
                        "amendments": none(),
                    }],
                    "next_cursor": null,
                })
            );
        }
        assert_eq!(amendments(schools).await, Vec::<Value>::new());
    })
    .await;
}

#[actix_web::test]
async fn an_entry_of_which_the_present_word_arrived_later_is_an_amendment() {
    Schools::with(async |schools| {
        let corrected = "status = 'late', effective_status = 'late', corrected = true, original_status = 'absent'";
        arrives(schools, corrected, "2026-11-23T09:00:10Z").await;
        assert_eq!(counts(schools).await, none(), "what arrived with it was known");
        arrives(schools, corrected, "2026-11-23T09:00:11Z").await;
        assert_eq!(counts(schools).await["entries"], 1);
        assert_eq!(
            amendments(schools).await,
            [json!({
                "kind": "entry", "from": "2026-11-05", "to": "2026-11-05", "student_id": id(0x31),
                "student_name": "Achieng Odhiambo", "class_id": id(0x21), "class_title": "1 East",
                "session_id": id(0x64), "slot": null, "before": "absent", "now": "late",
                "by": {"id": id(0x12), "name": "Brian Mutua"}, "recorded_at": "2026-11-23T09:00:11.000Z", "id": id(0x87),
            })]
        );
    })
    .await;
}

#[actix_web::test]
async fn a_register_that_was_voided_restored_or_opened_later_is_one_and_its_entries_are_not_while_it_is_void()
 {
    Schools::with(async |schools| {
        let corrected = "status = 'late', effective_status = 'late'";
        arrives(schools, corrected, "2026-11-23T10:00:00Z").await;
        let cases = [
            ("voided", ", void = true", 0),
            ("restored", ", void = false", 1),
            ("opened", "", 1),
        ];
        for (turn, columns, entries) in cases {
            turns(schools, 0x64, turn, columns, "2026-11-23T11:00:00Z").await;
            let expected =
                json!({"entries": entries, "registers": 1, "exceptions": 0, "roster": 0});
            assert_eq!(counts(schools).await, expected, "{turn}");
            let listed = amendments(schools).await;
            let register = listed
                .iter()
                .find(|item| item["kind"] == "register")
                .unwrap();
            assert_eq!(
                (&register["now"], &register["id"]),
                (&json!(turn), &json!(id(0x64)))
            );
            assert_eq!(register["student_id"], Value::Null);
            assert_eq!(register["recorded_at"], "2026-11-23T11:00:00.000Z");
        }
        turns(schools, 0x64, "closed", "", "2026-11-05T05:10:10Z").await;
        assert_eq!(counts(schools).await["registers"], 0, "closed in time");
    })
    .await;
}

#[actix_web::test]
async fn an_exception_that_was_decided_later_is_one_for_all_days_it_ever_named() {
    Schools::with(async |schools| {
        // Dalila's names the 20th to the 24th by now.
        is_decided(
            schools,
            0x74,
            ("2026-11-18", "2026-11-24"),
            "2026-11-23T12:00:00Z",
        )
        .await;
        let listed = amendments(schools).await;
        assert_eq!(listed.len(), 1);
        for (member, value) in [
            ("kind", json!("exception")),
            ("id", json!(id(0x74))),
            ("from", json!("2026-11-20")),
            ("to", json!("2026-11-24")),
            ("student_name", json!("Dalila Juma")),
            ("now", json!("approved")),
            ("by", json!({"id": id(0x13), "name": "Carol Office"})),
            ("class_id", Value::Null),
        ] {
            assert_eq!(listed[0][member], value, "{member}");
        }
        is_decided(
            schools,
            0x74,
            ("2026-11-18", "2026-11-24"),
            "2026-11-23T09:00:10Z",
        )
        .await;
        assert_eq!(counts(schools).await, none(), "decided before");
        is_decided(
            schools,
            0x74,
            ("2026-11-21", "2026-11-24"),
            "2026-11-23T12:00:00Z",
        )
        .await;
        assert_eq!(
            counts(schools).await,
            none(),
            "it never named a day of the period"
        );
        is_decided(
            schools,
            0x72,
            ("2026-11-18", "2026-11-26"),
            "2026-11-23T12:00:00Z",
        )
        .await;
        assert_eq!(counts(schools).await, none(), "Gitau is of another class");
    })
    .await;
}

#[actix_web::test]
async fn a_roster_that_changed_later_is_one_if_it_is_about_days_of_the_period() {
    Schools::with(async |schools| {
        for (class, from, until, recorded_at) in [
            (0x21, "2026-11-20", "null", "2026-11-23T09:00:10Z"),
            (0x21, "2026-11-21", "null", "2026-11-23T12:00:00Z"),
            (0x21, "2026-10-01", "'2026-11-02'", "2026-11-23T12:00:00Z"),
            (0x22, "2026-11-02", "null", "2026-11-23T12:00:00Z"),
        ] {
            roster_changes(schools, class, (from, until), recorded_at).await;
        }
        assert_eq!(counts(schools).await, none());
        roster_changes(
            schools,
            0x21,
            ("2026-11-20", "null"),
            "2026-11-23T12:00:00Z",
        )
        .await;
        roster_changes(
            schools,
            0x21,
            ("2026-10-01", "'2026-11-03'"),
            "2026-11-23T12:00:01Z",
        )
        .await;
        assert_eq!(counts(schools).await["roster"], 2);
        let listed = amendments(schools).await;
        let shown = |item: &Value| {
            [&item["kind"], &item["now"], &item["from"], &item["to"]].map(Value::to_string)
        };
        assert_eq!(
            listed.iter().map(shown).collect::<Vec<_>>(),
            [
                ["\"roster\"", "\"withdrawn\"", "\"2026-11-20\"", "null"],
                [
                    "\"roster\"",
                    "\"withdrawn\"",
                    "\"2026-10-01\"",
                    "\"2026-11-02\""
                ],
            ]
        );
    })
    .await;
}

/// The office signs off what it signs off here: every class, to the 24th.
async fn sign_off_the_school(schools: &Schools, sign_off: Uuid, recorded_at: &str) {
    schools
        .run(&format!(
            "insert into read.sign_offs values ('{SCHOOL}', '{sign_off}', '2026-11-02', '2026-11-24', null, null, '{}',
                 '{recorded_at}', '{recorded_at}')",
            id(0x13),
        ))
        .await;
}

#[actix_web::test]
async fn a_sign_off_of_the_school_is_of_every_class() {
    Schools::with(async |schools| {
        sign_off_the_school(schools, id(0xa2), "2026-11-24T05:30:00Z").await;
        let newest = schools.get(Who::Office, SIGN_OFFS).await.ok()["items"][0].clone();
        assert_eq!(
            (&newest["sign_off_id"], &newest["class_id"]),
            (&json!(id(0xa2)), &Value::Null)
        );
        assert_eq!(newest["amendments"], none());
        turns(schools, 0x63, "closed", "", "2026-11-24T05:40:00Z").await;
        is_decided(
            schools,
            0x72,
            ("2026-11-24", "2026-11-24"),
            "2026-11-24T05:40:00Z",
        )
        .await;
        let counted = json!({"entries": 0, "registers": 1, "exceptions": 1, "roster": 0});
        assert_eq!(counts(schools).await, counted);
    })
    .await;
}

#[actix_web::test]
async fn sign_offs_and_amendments_come_in_pages() {
    Schools::with(async |schools| {
        for (number, minute) in [(0xa2, "05:30"), (0xa3, "05:31"), (0xa4, "05:31")] {
            sign_off_the_school(schools, id(number), &format!("2026-11-24T{minute}:00Z")).await;
        }
        turns(schools, 0x64, "reopened", "", "2026-11-23T12:00:00Z").await;
        arrives(schools, "minutes_late = null", "2026-11-23T12:00:00Z").await;
        roster_changes(
            schools,
            0x21,
            ("2026-11-20", "null"),
            "2026-11-23T13:00:00Z",
        )
        .await;
        for path in [SIGN_OFFS.to_owned(), amendments_of(0xa1)] {
            let whole = schools.get(Who::Office, &path).await.ok()["items"].clone();
            for limit in [1, 2, 3] {
                let walked = schools.walk(Who::Office, &path, limit).await;
                assert_eq!(json!(walked), whole, "{path} by {limit}");
            }
        }
        let order = |items: &Value, member: &str| -> Vec<Value> {
            items
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item[member].clone())
                .collect()
        };
        let listed = schools.get(Who::Office, SIGN_OFFS).await.ok();
        let newest_first = [0xa4, 0xa3, 0xa2, 0xa1].map(|number| json!(id(number)));
        assert_eq!(order(&listed["items"], "sign_off_id"), newest_first);
    })
    .await;
}

/// The lines of a file that the auditor takes.
async fn lines_of(schools: &Schools, path: &str) -> Vec<String> {
    let csv = [("Accept", "text/csv")];
    let file = schools.get_with(Who::Auditor, path, &csv).await;
    file.text().lines().map(str::to_owned).collect()
}

#[actix_web::test]
async fn sign_offs_and_amendments_are_files_with_columns_that_stay() {
    Schools::with(async |schools| {
        sign_off_the_school(schools, id(0xa2), "2026-11-24T05:30:00Z").await;
        turns(schools, 0x64, "reopened", "", "2026-11-23T12:00:00Z").await;
        arrives(schools, "minutes_late = null", "2026-11-23T12:00:00Z").await;
        roster_changes(schools, 0x21, ("2026-11-20", "null"), "2026-11-23T13:00:00Z").await;
        let lines = lines_of(schools, SIGN_OFFS).await;
        assert_eq!(
            lines[0],
            "from,to,class,note,signed_by,signed_at,recorded_at,amended_entries,amended_registers,amended_exceptions,\
             amended_roster,class_id,sign_off_id"
        );
        assert_eq!(lines.len(), 3);
        let oldest = "2026-11-02,2026-11-20,1 East,,Carol Office,2026-11-23T09:00:00.000Z,2026-11-23T09:00:10.000Z,1,1,0,1";
        assert!(lines[2].starts_with(oldest), "{}", lines[2]);
        let lines = lines_of(schools, &amendments_of(0xa1)).await;
        assert_eq!(
            lines[0],
            "kind,from,to,student,class,slot,before,now,by,recorded_at,student_id,class_id,session_id,id"
        );
        let kinds = lines[1..].iter().filter_map(|line| line.split(',').next());
        assert_eq!(kinds.collect::<Vec<_>>(), ["entry", "register", "roster"]);
    })
    .await;
}

#[actix_web::test]
async fn neither_teachers_nor_other_schools_see_what_was_signed_off() {
    Schools::with(async |schools| {
        let check = format!("{SIGN_OFFS}/check?from=2026-11-02&to=2026-11-20");
        for path in [SIGN_OFFS.to_owned(), amendments_of(0xa1), check] {
            let answer = schools.get(Who::Amina, &path).await;
            assert_eq!(answer.problem(), (403, "forbidden".to_owned()), "{path}");
        }
        let others = schools.get(Who::OtherOffice, SIGN_OFFS).await.ok();
        assert_eq!(others["items"], json!([]));
        for (who, sign_off) in [(Who::OtherOffice, 0xa1), (Who::Office, 0xa9)] {
            let answer = schools.get(who, &amendments_of(sign_off)).await;
            assert_eq!(answer.problem(), (404, "not-found".to_owned()));
        }
    })
    .await;
}
