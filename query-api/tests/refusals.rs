//! `/refusals`.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::schools::{SCHOOL, Schools, Who, id};

async fn refuse(schools: &Schools, number: u8, at: &str, command: &str) {
    let sealed = schools.seal(SCHOOL, command).await;
    sqlx::query(
        "insert into refusals (school_id, refusal_id, command_id, command_type, slug, detail, actor_id, device_id,
             refused_at, sealed_command)
         values ($1, $2, $3, 'MarkAttendance', 'not-enrolled', 'Not in the class.', $4, $5, $6::timestamptz, $7)",
    )
    .bind(SCHOOL)
    .bind(id(number))
    .bind(id(0xc1))
    .bind(id(0x11))
    .bind(None::<Uuid>)
    .bind(at.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    .bind(sealed)
    .execute(&mut schools.owner().await)
    .await
    .unwrap();
}

#[actix_web::test]
async fn refusals_come_newest_first_with_the_command_that_was_sent() {
    Schools::with(async |schools| {
        refuse(
            schools,
            0xa1,
            "2026-11-24T05:00:00.123456Z",
            r#"{"type":"MarkAttendance"}"#,
        )
        .await;
        refuse(schools, 0xa2, "2026-11-24T05:00:00.123456Z", "{}").await;
        refuse(schools, 0xa3, "2026-11-24T04:00:00Z", "{}").await;
        let list = schools.get(Who::Office, "/refusals").await.ok();
        assert_eq!(
            list["items"][1],
            json!({
                "id": id(0xa1), "command_id": id(0xc1), "command_type": "MarkAttendance",
                "type": "/problems/not-enrolled", "detail": "Not in the class.",
                "actor": {"id": id(0x11), "name": "Amina Otieno"}, "submitted_by": null, "device_id": null,
                "refused_at": "2026-11-24T05:00:00.123Z", "command": r#"{"type":"MarkAttendance"}"#,
            })
        );
        assert_eq!(list["next_cursor"], Value::Null);
        let walked = schools.walk(Who::Auditor, "/refusals", 1).await;
        assert_eq!(json!(walked), list["items"]);
        let order: Vec<&Value> = walked.iter().map(|item| &item["id"]).collect();
        assert_eq!(
            order,
            [&json!(id(0xa2)), &json!(id(0xa1)), &json!(id(0xa3))]
        );
        assert_eq!(
            schools.get(Who::OtherOffice, "/refusals").await.ok()["items"],
            json!([])
        );
    })
    .await;
}

#[actix_web::test]
async fn a_refusal_names_who_handed_the_command_in() {
    Schools::with(async |schools| {
        refuse(schools, 0xa1, "2026-11-24T05:00:00Z", "{}").await;
        sqlx::query(
            "insert into refusals (school_id, refusal_id, slug, detail, actor_id, submitted_by, refused_at, sealed_command)
             select school_id, $1, slug, detail, actor_id, $2, refused_at + interval '1 s', sealed_command from refusals",
        )
        .bind(id(0xa2))
        .bind(id(0x13))
        .execute(&mut schools.owner().await)
        .await
        .unwrap();
        let list = schools.get(Who::Auditor, "/refusals").await.ok();
        assert_eq!(
            [&list["items"][0]["actor"], &list["items"][0]["submitted_by"]],
            [
                &json!({"id": id(0x11), "name": "Amina Otieno"}),
                &json!({"id": id(0x13), "name": "Carol Office"})
            ]
        );
        assert_eq!(list["items"][1]["submitted_by"], Value::Null);
    })
    .await;
}
