//! Who may see what.

use serde_json::{Value, json};

use crate::schools::{Schools, Who, id, other_id};

#[actix_web::test]
async fn nobody_reads_without_a_token_but_the_time() {
    Schools::with(async |schools| {
        for path in [
            "/roster",
            "/sessions",
            "/records",
            "/exceptions",
            "/refusals",
            "/reports/class-summary",
            "/reports/conflicts",
            "/exports/records.csv",
            "/audit/events",
            "/changes",
        ] {
            let answer = schools.client.get(path, None, &[]).await;
            assert_eq!(
                answer.problem(),
                (401, "token-invalid".to_owned()),
                "{path}"
            );
        }
        let answer = schools.client.get("/time", None, &[]).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.ok(), json!({"now": "2026-11-24T06:00:00.000Z"}));
        let answer = schools.client.get("/time?zone=here", None, &[]).await;
        assert_eq!(answer.problem(), (422, "invalid-field".to_owned()));
    })
    .await;
}

#[actix_web::test]
async fn another_schools_things_do_not_exist() {
    Schools::with(async |schools| {
        let (class, student) = (other_id(0x21), other_id(0x31));
        for (path, kind) in [
            (format!("/sessions/{}", other_id(0x61)), "not-found"),
            (format!("/sessions?class_id={class}"), "unknown-class"),
            (format!("/records?class_id={class}"), "unknown-class"),
            (format!("/records?student_id={student}"), "unknown-student"),
            (
                format!("/exports/records.csv?class_id={class}"),
                "unknown-class",
            ),
            (
                format!("/exceptions?student_id={student}"),
                "unknown-student",
            ),
            (
                format!("/reports/class-summary?class_id={class}&date=2026-11-24"),
                "unknown-class",
            ),
        ] {
            for who in [Who::Amina, Who::Office, Who::Auditor] {
                let answer = schools.get(who, &path).await;
                assert_eq!(
                    answer.problem(),
                    (404, kind.to_owned()),
                    "{path} as {who:?}"
                );
            }
        }
    })
    .await;
}

#[actix_web::test]
async fn every_list_of_a_school_is_its_own() {
    Schools::with(async |schools| {
        let text = |path: String| async move {
            let answer = schools.get(Who::OtherOffice, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            answer.text().to_owned()
        };
        for path in [
            "/roster",
            "/sessions?include=marks",
            "/records",
            "/exceptions",
            "/refusals",
            "/reports/conflicts",
        ] {
            let body = text(path.to_owned()).await;
            assert!(!body.contains("10000000-"), "{path}: {body}");
        }
        let csv = text("/exports/records.csv".to_owned()).await;
        assert!(
            csv.contains("Halima Musa") && !csv.contains("Achieng"),
            "{csv}"
        );
        let sessions = schools.get(Who::OtherOffice, "/sessions").await.ok();
        assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
        assert_eq!(sessions["items"][0]["id"], json!(other_id(0x61)));
    })
    .await;
}

#[actix_web::test]
async fn a_teacher_sees_a_class_on_the_days_of_teaching_it() {
    Schools::with(async |schools| {
        let numbers = |list: &Value| -> Vec<String> {
            let items = list["items"].as_array().unwrap();
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap()[34..].to_owned())
                .collect()
        };
        assert_eq!(
            numbers(&schools.get(Who::Amina, "/sessions").await.ok()),
            ["64", "62", "61"]
        );
        // Brian's days in 1 East ended before the 23rd.
        assert_eq!(
            numbers(&schools.get(Who::Brian, "/sessions").await.ok()),
            ["64", "63"]
        );
        let east = format!("/sessions?class_id={}", id(0x21));
        assert_eq!(numbers(&schools.get(Who::Brian, &east).await.ok()), ["64"]);
        assert_eq!(
            schools
                .get(Who::Brian, &format!("/sessions/{}", id(0x64)))
                .await
                .status,
            200
        );

        let records = schools.get(Who::Brian, "/records").await.ok();
        assert_eq!(records["items"].as_array().unwrap().len(), 2);
        let csv = schools.get(Who::Brian, "/exports/records.csv").await;
        assert_eq!(csv.text().lines().count(), 3, "{}", csv.text());
        let conflicts = schools.get(Who::Brian, "/reports/conflicts").await.ok();
        assert_eq!(conflicts["items"].as_array().unwrap().len(), 1);
        assert_eq!(
            schools.get(Who::Amina, "/reports/conflicts").await.ok()["items"]
                .as_array()
                .unwrap()
                .len(),
            3
        );
    })
    .await;
}

#[actix_web::test]
async fn a_class_of_ones_own_school_that_one_does_not_teach_is_forbidden() {
    Schools::with(async |schools| {
        let east = id(0x21);
        for (who, path) in [
            (Who::Brian, format!("/sessions/{}", id(0x61))),
            (Who::Amina, format!("/sessions/{}", id(0x63))),
            (Who::Amina, format!("/sessions?class_id={}", id(0x22))),
            (
                Who::Brian,
                format!("/sessions?class_id={east}&date=2026-11-24"),
            ),
            (
                Who::Brian,
                format!("/records?class_id={east}&from=2026-11-07"),
            ),
            (
                Who::Brian,
                format!("/exports/records.csv?class_id={east}&date=2026-11-07"),
            ),
            (
                Who::Brian,
                format!("/reports/class-summary?class_id={east}"),
            ),
        ] {
            let answer = schools.get(who, &path).await;
            assert_eq!(
                answer.problem(),
                (403, "forbidden-class".to_owned()),
                "{path} as {who:?}"
            );
        }
        let last_day = format!("/records?class_id={east}&from=2026-11-06");
        assert_eq!(schools.get(Who::Brian, &last_day).await.status, 200);
    })
    .await;
}

#[actix_web::test]
async fn what_is_for_the_office_is_not_for_teachers_and_history_only_for_auditors() {
    Schools::with(async |schools| {
        let forbidden = (403, "forbidden".to_owned());
        assert_eq!(
            schools.get(Who::Amina, "/refusals").await.problem(),
            forbidden
        );
        assert_eq!(
            schools.get(Who::Amina, "/audit/events").await.problem(),
            forbidden
        );
        assert_eq!(
            schools.get(Who::Office, "/audit/events").await.problem(),
            forbidden
        );
        for path in [
            "/refusals",
            "/audit/events",
            "/roster",
            "/sessions",
            "/records",
            "/exceptions",
            "/reports/conflicts",
        ] {
            assert_eq!(schools.get(Who::Auditor, path).await.status, 200, "{path}");
        }
    })
    .await;
}
