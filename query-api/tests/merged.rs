//! Students whom the office merged: what each question says of them. That all reports count them as one is also part of
//! `random_schools`.

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id};

async fn merge(schools: &Schools, double: u8, into: u8) {
    let school = crate::schools::SCHOOL;
    let (double, into) = (id(double), id(into));
    schools
        .run(&format!(
            "insert into student_aliases values ('{school}', '{double}', '{into}')"
        ))
        .await;
}

/// Who is in the register of 1 East on the 24th, with whom they are merged into, and its counts.
async fn register(schools: &Schools) -> (Vec<(Value, Value)>, Value) {
    let path = format!("/sessions/{}", id(0x61));
    let register = schools.get(Who::Amina, &path).await.ok();
    let students = register["students"].as_array().unwrap();
    let students = students
        .iter()
        .map(|it| (it["name"].clone(), it["merged_into"].clone()));
    (students.collect(), register["counts"].clone())
}

async fn summary(schools: &Schools) -> Value {
    let path = format!(
        "/reports/class-summary?class_id={}&date=2026-11-24",
        id(0x21)
    );
    let mut summary = schools.get(Who::Amina, &path).await.ok();
    let members = [
        "roster", "marked", "unmarked", "present", "absent", "late", "excused",
    ];
    json!(members.map(|member| summary[member].take()))
}

#[actix_web::test]
async fn of_two_entries_of_one_child_the_students_own_counts_and_the_doubles_is_shown_apart() {
    Schools::with(async |schools| {
        // Achieng was marked present and Baraka absent, who is excused.
        merge(schools, 0x31, 0x32).await;
        let (students, counts) = register(schools).await;
        assert_eq!(students.len(), 5);
        assert!(students.contains(&(json!("Achieng Odhiambo"), json!(id(0x32)))));
        assert!(students.contains(&(json!("Baraka Kamau"), Value::Null)));
        assert_eq!(
            counts,
            json!({"roster": 4, "marked": 3, "unmarked": 1, "present": 1, "absent": 0, "late": 1, "excused": 1})
        );
        assert_eq!(summary(schools).await, json!([4, 3, 1, 1, 0, 1, 1]));
        let list = schools.get(Who::Amina, "/sessions?date=2026-11-24").await.ok();
        assert_eq!(list["items"][0]["counts"], counts);
    })
    .await;
}

#[actix_web::test]
async fn an_entry_of_the_double_counts_for_the_student_who_has_none() {
    Schools::with(async |schools| {
        // Dalila, who had left, was marked present; Farida is enrolled and was not marked.
        merge(schools, 0x34, 0x35).await;
        let (students, counts) = register(schools).await;
        assert!(students.contains(&(json!("Dalila Juma"), json!(id(0x35)))));
        assert!(!students.iter().any(|(name, _)| name == "Farida Ali"));
        assert_eq!(
            counts,
            json!({"roster": 4, "marked": 4, "unmarked": 0, "present": 2, "absent": 0, "late": 1, "excused": 1})
        );
        assert_eq!(summary(schools).await, json!([4, 4, 0, 2, 0, 1, 1]));
    })
    .await;
}

#[actix_web::test]
async fn the_roster_lists_a_child_once() {
    Schools::with(async |schools| {
        merge(schools, 0x34, 0x35).await;
        let roster = schools.get(Who::Amina, "/roster").await.ok();
        let students = roster["classes"][0]["students"].as_array().unwrap().clone();
        let farida: Vec<Value> = students
            .iter()
            .filter(|it| it["id"] == json!(id(0x35)))
            .map(|it| json!([it["from"], it["until"]]))
            .collect();
        assert_eq!(
            farida,
            [
                json!(["2026-08-31", "2026-11-20"]),
                json!(["2026-11-24", null])
            ]
        );
        assert!(students.iter().all(|it| it["id"] != json!(id(0x34))));
    })
    .await;
}

#[actix_web::test]
async fn the_grid_keeps_what_was_marked_and_says_into_whom_a_student_is_merged() {
    Schools::with(async |schools| {
        merge(schools, 0x31, 0x32).await;
        let path = format!(
            "/exports/register.csv?class_id={}&from=2026-11-24&to=2026-11-24",
            id(0x21)
        );
        let grid = schools.get(Who::Office, &path).await;
        assert!(
            grid.text().contains("A1,Achieng Odhiambo,A2,P\r\n"),
            "{}",
            grid.text()
        );
        assert!(
            grid.text().contains("A2,Baraka Kamau,,E\r\n"),
            "{}",
            grid.text()
        );
    })
    .await;
}

#[actix_web::test]
async fn whoever_asks_for_a_double_is_answered_for_the_student_it_counts_under() {
    Schools::with(async |schools| {
        merge(schools, 0x31, 0x32).await;
        let path = |student| format!("/reports/student-rate?student_id={}", id(student));
        let of_double = schools.get(Who::Office, &path(0x31)).await.ok();
        let of_student = schools.get(Who::Office, &path(0x32)).await.ok();
        assert_eq!(of_double, of_student);
        assert_eq!(of_student["name"], "Baraka Kamau");
        assert_eq!(
            of_student["doubles"],
            json!([{"student_id": id(0x31), "name": "Achieng Odhiambo", "admission_number": "A1"}])
        );
    })
    .await;
}

#[actix_web::test]
async fn a_merge_into_a_double_counts_for_nothing() {
    Schools::with(async |schools| {
        let before = (register(schools).await.1, summary(schools).await);
        merge(schools, 0x31, 0x32).await;
        merge(schools, 0x32, 0x31).await;
        let ring = (register(schools).await.1, summary(schools).await);
        assert_eq!(ring, before);
    })
    .await;
}
