//! `/roster`.

use chrono::Datelike;
use serde_json::{Value, json};

use crate::schools::{SCHOOL, Schools, Who, id};

#[actix_web::test]
async fn a_teachers_roster_has_all_it_takes_to_work_without_a_network() {
    Schools::with(async |schools| {
        let student = |number: u8, sourced: &str, name: &str, admission: Value, from: &str, until: Value, covers: Value| {
            json!({
                "id": id(number), "sourced_id": sourced, "name": name, "admission_number": admission,
                "from": from, "until": until, "covers": covers,
            })
        };
        let medical = |number: u8, from: &str, to: &str| {
            json!([{"exception_id": id(number), "from": from, "to": to, "slots": null, "category": "medical"}])
        };
        let mut roster = schools.get(Who::Amina, "/roster").await.ok();
        let closed = roster["closed_days"].take();
        assert!(weekdays(&closed).is_empty() && weekends(&closed) == 24 + 24, "without a calendar {closed}");
        assert_eq!(
            roster,
            json!({
                "school": {"id": SCHOOL, "code": "umoja", "name": "Umoja Primary", "time_zone": "Africa/Nairobi"},
                "terms": [
                    {"id": id(0x41), "sourced_id": "t2", "title": "Term 2", "start": "2026-05-04", "end": "2026-07-31"},
                    {"id": id(0x42), "sourced_id": "t3", "title": "Term 3", "start": "2026-08-31", "end": "2026-11-27"},
                ],
                "subjects": [{"id": id(0x51), "title": "Mathematics"}],
                "slots": [
                    {"id": "am", "title": "Morning", "start": "08:00", "end": "12:30"},
                    {"id": "pm", "title": "Afternoon", "start": null, "end": null},
                ],
                "policy": {"version": 2, "edit_days": 14, "reopen_minutes": 30},
                "closed_days": null,
                "staff": [
                    {"id": id(0x11), "name": "Amina Otieno"}, {"id": id(0x12), "name": "Brian Mutua"},
                    {"id": id(0x13), "name": "Carol Office"},
                ],
                "classes": [{
                    "id": id(0x21), "sourced_id": "c1", "title": "1 East", "subject_id": null,
                    "term_ids": [id(0x41), id(0x42)],
                    "teaching": [{"from": "2026-08-31", "until": null}],
                    "students": [
                        student(0x35, "s5", "Farida Ali", json!("A5"), "2026-11-24", Value::Null, json!([])),
                        student(0x34, "s4", "Dalila Juma", json!("A4"), "2026-08-31", json!("2026-11-20"), json!([])),
                        student(0x32, "s2", "Baraka Kamau", json!("A2"), "2026-08-31", Value::Null, medical(0x71, "2026-11-23", "2026-11-25")),
                        student(0x31, "s1", "Achieng Odhiambo", json!("A1"), "2026-08-31", Value::Null, json!([])),
                        student(0x33, "s3", "Chebet Rono", Value::Null, "2026-08-31", json!("2026-11-28"), json!([])),
                    ],
                }],
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn a_class_is_a_teachers_as_long_as_its_registers_may_be_marked() {
    Schools::with(async |schools| {
        let titles = async |who: Who| {
            let roster = schools.get(who, "/roster").await.ok();
            let classes = roster["classes"].as_array().unwrap().clone();
            classes
                .iter()
                .map(|class| class["title"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        // Brian's last day in 1 East was 18 days ago, the policy lets him mark 14 days back.
        assert_eq!(titles(Who::Brian).await, ["2 Maths"]);
        schools
            .run("update policies set edit_days = 18 where version = 2")
            .await;
        assert_eq!(titles(Who::Brian).await, ["1 East", "2 Maths"]);
        assert_eq!(titles(Who::Office).await, ["1 East", "2 Maths"]);
        assert_eq!(titles(Who::Auditor).await, ["1 East", "2 Maths"]);
        schools
            .run("update classes set active = false where title = '2 Maths'")
            .await;
        assert_eq!(titles(Who::Office).await, ["1 East"]);
    })
    .await;
}

/// Names of the students in a teacher's 1 East, each with the last digits of the exceptions that cover them.
async fn students_of_1_east(schools: &Schools, who: Who) -> Vec<(String, Vec<String>)> {
    let roster = schools.get(who, "/roster").await.ok();
    let classes = roster["classes"].as_array().unwrap();
    let class = classes
        .iter()
        .find(|class| class["title"] == "1 East")
        .unwrap();
    let students = class["students"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    students
        .iter()
        .map(|student| {
            let covers = student["covers"].as_array().unwrap();
            let numbers = covers
                .iter()
                .map(|cover| text(&cover["exception_id"])[34..].to_owned());
            (text(&student["name"]), numbers.collect())
        })
        .collect()
}

#[actix_web::test]
async fn a_teacher_sees_who_was_in_the_class_while_they_taught_it_and_what_covered_them_then() {
    Schools::with(async |schools| {
        // Brian taught 1 East until the 6th; Baraka's cover begins on the 23rd, Farida came on the 24th.
        schools
            .run(
                "update policies set edit_days = 30 where version = 2;
                 insert into read.exceptions (school_id, exception_id, student_id, category, start_date, end_date, reason,
                     state, recorded_by, recorded_at)
                 select school_id, overlay(exception_id::text placing '75' from 35)::uuid, student_id, category,
                     '2026-11-06', '2026-11-08', reason, state, recorded_by, recorded_at
                 from read.exceptions where exception_id::text like '10000000%71'",
            )
            .await;
        let covered = |name: &str, covers: &[&str]| {
            let covers = covers.iter().map(|number| (*number).to_owned());
            (name.to_owned(), covers.collect::<Vec<_>>())
        };
        assert_eq!(
            students_of_1_east(schools, Who::Brian).await,
            [
                covered("Dalila Juma", &[]),
                covered("Baraka Kamau", &["75"]),
                covered("Achieng Odhiambo", &[]),
                covered("Chebet Rono", &[]),
            ]
        );
        let seen_by_all = [
            covered("Farida Ali", &[]),
            covered("Dalila Juma", &[]),
            covered("Baraka Kamau", &["75", "71"]),
            covered("Achieng Odhiambo", &[]),
            covered("Chebet Rono", &[]),
        ];
        assert_eq!(students_of_1_east(schools, Who::Amina).await, seen_by_all);
        assert_eq!(students_of_1_east(schools, Who::Office).await, seen_by_all);
    })
    .await;
}

#[actix_web::test]
async fn a_roster_the_client_has_is_not_sent_again() {
    Schools::with(async |schools| {
        let first = schools.get(Who::Amina, "/roster").await;
        let tag = first.header("etag").unwrap().to_owned();
        assert_eq!(first.header("cache-control"), Some("private, no-cache"));
        for known in [tag.clone(), format!("\"old\", W/{tag}"), "*".to_owned()] {
            let again = schools
                .get_with(Who::Amina, "/roster", &[("If-None-Match", &known)])
                .await;
            assert_eq!(again.status, 304, "{known}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
            assert!(again.body.is_empty());
        }
        let other = schools
            .get_with(Who::Brian, "/roster", &[("If-None-Match", &tag)])
            .await;
        assert_eq!(
            other.status, 200,
            "another person's roster is another roster"
        );

        schools
            .run("update students set name = 'Farida Hassan' where name = 'Farida Ali'")
            .await;
        let changed = schools
            .get_with(Who::Amina, "/roster", &[("If-None-Match", &tag)])
            .await;
        assert_eq!(changed.status, 200);
        assert_ne!(changed.header("etag"), Some(tag.as_str()));
    })
    .await;
}

#[actix_web::test]
async fn the_policy_is_the_one_in_force_on_the_schools_today() {
    Schools::with(async |schools| {
        let policy = async || schools.get(Who::Amina, "/roster").await.ok()["policy"].clone();
        schools
            .run(
                "insert into policies (school_id, version, valid_from, edit_days) select school_id, 3, '2026-11-25', 7
                 from schools where code = 'umoja'",
            )
            .await;
        assert_eq!(policy().await["version"], 2);
        schools
            .run("update policies set valid_from = '2026-11-24' where version = 3")
            .await;
        assert_eq!(
            policy().await,
            json!({"version": 3, "edit_days": 7, "reopen_minutes": 30})
        );
    })
    .await;
}

#[actix_web::test]
async fn closed_days_are_those_in_a_term_by_the_calendar_in_force_on_each() {
    Schools::with(async |schools| {
        let closed = async || schools.get(Who::Amina, "/roster").await.ok()["closed_days"].clone();
        let calendar = |version: u8, valid_from: &str, weekdays: &str, days: &str| {
            format!(
                "insert into calendars (school_id, version, valid_from, school_days)
                 select school_id, {version}, '{valid_from}', '{weekdays}' from schools where code = 'umoja';
                 insert into closed_days (school_id, version, from_date, to_date, title)
                 select school_id, {version}, lower(days), upper(days) - 1, 'x'
                 from schools, unnest('{days}'::datemultirange) days where code = 'umoja'"
            )
        };
        // From a Friday to a Tuesday, and a day between the terms.
        let days = "{[2026-10-09,2026-10-13], [2026-08-12,2026-08-12]}";
        schools.run(&calendar(1, "0001-01-01", "{1,2,3,4,5}", days)).await;
        let of_october = ["2026-10-09", "2026-10-12", "2026-10-13"];
        assert_eq!(weekdays(&closed().await), of_october);
        assert!(weekends(&closed().await) > 40, "Saturdays and Sundays of two terms");

        // On Fridays there is none any more from the next to last week of the term on, and the old holidays stay.
        let nothing_closed = "{}";
        schools.run(&calendar(2, "2026-11-16", "{1,2,3,4}", nothing_closed)).await;
        let with_fridays = [&of_october[..], &["2026-11-20", "2026-11-27"]].concat();
        assert_eq!(weekdays(&closed().await), with_fridays);

        // And from then on there is school on Sundays.
        schools.run(&calendar(3, "2026-11-16", "{7,1,2,3,4}", nothing_closed)).await;
        assert!(!dates(&closed().await).contains(&"2026-11-22"));
        assert!(dates(&closed().await).contains(&"2026-11-21"));
    })
    .await;
}

#[actix_web::test]
async fn of_each_class_the_calendars_say_which_registers_are_expected_from_when_on() {
    Schools::with(async |schools| {
        let expected = async |who: Who| {
            let classes = schools.get(who, "/roster").await.ok()["classes"].clone();
            let expected = |class: &Value| json!([class["title"], class["expected"]]);
            Value::from_iter(classes.as_array().unwrap().iter().map(expected))
        };
        assert_eq!(
            expected(Who::Amina).await,
            json!([["1 East", null]]),
            "no calendar yet"
        );
        let calendar = |version: u8, valid_from: &str, slots: &str| {
            format!(
                "insert into calendars (school_id, version, valid_from, expected_slots)
                 select school_id, {version}, '{valid_from}', '{slots}' from schools where code = 'umoja'"
            )
        };
        // Nobody needs the first one any more; the second is the one of the last two weeks.
        schools.run(&calendar(1, "2026-08-31", "{am}")).await;
        schools.run(&calendar(2, "2026-10-01", "{am,pm}")).await;
        schools.run(&calendar(3, "2026-11-20", "{am,\"\"}")).await;
        schools
            .run(
                "insert into expected_registers (school_id, version, class_id, slots)
                 select c.school_id, 3, c.class_id, '{}' from classes c where c.title = '2 Maths'",
            )
            .await;
        let second = json!({"from": "2026-10-01", "slots": ["am", "pm"]});
        let third = json!({"from": "2026-11-20", "slots": ["am", null]});
        let nothing = json!({"from": "2026-11-20", "slots": []});
        assert_eq!(
            expected(Who::Amina).await,
            json!([["1 East", [second, third]]])
        );
        assert_eq!(
            expected(Who::Office).await,
            json!([["1 East", [second, third]], ["2 Maths", [second, nothing]]])
        );

        // A later version for an earlier day leaves nothing of those after it.
        schools.run(&calendar(4, "2026-11-12", "{pm}")).await;
        let fourth = json!({"from": "2026-11-12", "slots": ["pm"]});
        assert_eq!(
            expected(Who::Amina).await,
            json!([["1 East", [second, fourth]]])
        );
    })
    .await;
}

fn dates(closed: &Value) -> Vec<&str> {
    closed
        .as_array()
        .unwrap()
        .iter()
        .map(|date| date.as_str().unwrap())
        .collect()
}

fn is_weekend(date: &str) -> bool {
    let date: chrono::NaiveDate = date.parse().unwrap();
    matches!(date.weekday(), chrono::Weekday::Sat | chrono::Weekday::Sun)
}

fn weekdays(closed: &Value) -> Vec<&str> {
    dates(closed)
        .into_iter()
        .filter(|date| !is_weekend(date))
        .collect()
}

fn weekends(closed: &Value) -> usize {
    dates(closed)
        .into_iter()
        .filter(|date| is_weekend(date))
        .count()
}
