//! `/roster`.

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
        assert_eq!(
            schools.get(Who::Amina, "/roster").await.ok(),
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
                "closed_days": [],
                "staff": [
                    {"id": id(0x11), "name": "Amina Otieno"}, {"id": id(0x12), "name": "Brian Mutua"},
                    {"id": id(0x13), "name": "Carol Office"},
                ],
                "classes": [{
                    "id": id(0x21), "sourced_id": "c1", "title": "1 East", "subject_id": null,
                    "term_ids": [id(0x41), id(0x42)],
                    "students": [
                        student(0x35, "s5", "Farida Ali", json!("A5"), "2026-11-24", Value::Null, json!([])),
                        student(0x34, "s4", "Dalila Juma", json!("A4"), "2026-08-31", json!("2026-11-20"), medical(0x74, "2026-11-20", "2026-11-24")),
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
