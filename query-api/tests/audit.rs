//! `/audit/events`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::schools::{OTHER_SCHOOL, SCHOOL, Schools, Who, id, other_id};

struct Written {
    school_id: Uuid,
    aggregate: (&'static str, Uuid),
    sequence: i64,
    event_type: &'static str,
    payload: String,
    actor: Uuid,
    command: Uuid,
    minute: u8,
}

async fn write(schools: &Schools, event: Written) {
    let time = format!("2026-11-24T05:{:02}:00.123Z", event.minute);
    sqlx::query(
        "insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
             epoch, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, device_id, flags, hash)
         values ($1, $2, $3, $4, $5, '1', $6::json, '{\"app_version\":\"1.0\"}', 1, $7, decode(repeat('cd', 32), 'hex'), $8::timestamptz,
             $8::timestamptz - interval '1 s', $8::timestamptz + interval '1.000456 s', $9,
             case when $9 = $10 then $11 end, '{late_arrival}', decode(repeat('ab', 32), 'hex'))",
    )
    .bind(event.school_id)
    .bind(event.aggregate.0)
    .bind(event.aggregate.1.to_string())
    .bind(event.sequence)
    .bind(event.event_type)
    .bind(event.payload)
    .bind(event.command)
    .bind(time.parse::<chrono::DateTime<chrono::Utc>>().unwrap())
    .bind(event.actor)
    .bind(id(0x11))
    .bind(id(0xd1))
    .execute(&mut schools.owner().await)
    .await
    .unwrap();
}

/// Three events of Umoja and one of Tumaini, all of which can be read. The test is also given the payload of the second.
async fn with_history(test: impl AsyncFnOnce(&Schools, String)) {
    Schools::with(async |schools| {
        let sealed = STANDARD.encode(schools.seal(id(0x31), "bus").await);
        // Spaces that no serialiser would write show that the stored bytes are passed on.
        let marked = format!(
            r#"{{"attendance_marked": {{"student_id":"{}",  "remarks":"{sealed}"}}}}"#,
            id(0x31)
        );
        write(schools, of_umoja(1, "session_opened", "{}")).await;
        write(schools, of_umoja(2, "attendance_marked", &marked)).await;
        let enrolled = Written {
            aggregate: ("class_roll", id(0x21)),
            sequence: 1,
            actor: id(0x13),
            ..of_umoja(11, "student_enrolled", "{}")
        };
        write(schools, enrolled).await;
        let elsewhere = Written {
            school_id: OTHER_SCHOOL,
            actor: other_id(0x13),
            command: other_id(0xc1),
            ..of_umoja(1, "session_opened", "{}")
        };
        write(schools, elsewhere).await;
        settle(schools).await;
        test(schools, marked).await;
    })
    .await;
}

/// An event of 1 East's register of the day, by Amina; the minute is also its place in the stream.
fn of_umoja(minute: u8, event_type: &'static str, payload: &str) -> Written {
    Written {
        school_id: SCHOOL,
        aggregate: ("attendance_session", id(0x61)),
        sequence: minute.into(),
        event_type,
        payload: payload.to_owned(),
        actor: id(0x11),
        command: id(0xc0 + minute),
        minute,
    }
}

/// Waits until nothing in the cluster holds the events back.
async fn settle(schools: &Schools) {
    let mut owner = schools.owner().await;
    loop {
        let is_settled: bool = sqlx::query_scalar(
            "select bool_and(transaction_id < pg_snapshot_xmin(pg_current_snapshot())) from events",
        )
        .fetch_one(&mut owner)
        .await
        .unwrap();
        if is_settled {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn an_event_is_shown_as_it_is_stored_with_its_texts_opened() {
    with_history(async |schools, marked| {
        let answer = schools.get(Who::Auditor, "/audit/events").await;
        assert!(answer.text().contains(&marked), "the stored bytes: {}", answer.text());
        let list = answer.ok();
        assert_eq!(list["items"].as_array().unwrap().len(), 3);
        let mut event = list["items"][1].clone();
        let position = event["position"].take();
        assert_eq!(position.as_str().unwrap().split('-').count(), 3);
        assert_eq!(event["payload"].take()["attendance_marked"]["student_id"], json!(id(0x31)));
        assert_eq!(
            event,
            json!({
                "position": null, "stream": {"type": "attendance_session", "id": id(0x61)}, "sequence": 2,
                "type": "attendance_marked", "version": "1", "payload": null, "metadata": {"app_version": "1.0"},
                "remarks": "bus", "reason": null, "command_id": id(0xc2),
                "actor": {"id": id(0x11), "name": "Amina Otieno"}, "device_id": id(0xd1),
                "occurred_at": "2026-11-24T05:02:00.123Z", "raw_occurred_at": "2026-11-24T05:01:59.123Z",
                "recorded_at": "2026-11-24T05:02:01.123Z", "recorded_at_micros": 1_795_496_521_123_456_i64,
                "flags": ["late_arrival"], "hash": "ab".repeat(32),
            })
        );
    })
    .await;
}

#[actix_web::test]
async fn history_is_narrowed_by_stream_person_device_type_and_time() {
    with_history(async |schools, _| {
        for (query, expected) in [
            (
                String::new(),
                vec!["session_opened", "attendance_marked", "student_enrolled"],
            ),
            (
                format!("stream={}", id(0x61)),
                vec!["session_opened", "attendance_marked"],
            ),
            (format!("actor={}", id(0x13)), vec!["student_enrolled"]),
            (
                format!("device={}", id(0xd1)),
                vec!["session_opened", "attendance_marked"],
            ),
            ("type=session_opened".to_owned(), vec!["session_opened"]),
            ("type=session_closed".to_owned(), vec![]),
            (
                "occurred_from=2026-11-24T05:02:00.123Z".to_owned(),
                vec!["attendance_marked", "student_enrolled"],
            ),
            (
                "occurred_to=2026-11-24T05:02:00.123Z".to_owned(),
                vec!["session_opened"],
            ),
            (
                "recorded_from=2026-11-24T05:02:01.123457Z".to_owned(),
                vec!["student_enrolled"],
            ),
            (
                "recorded_to=2026-11-24T08:02:01.123457%2B03:00".to_owned(),
                vec!["session_opened", "attendance_marked"],
            ),
        ] {
            let list = schools
                .get(Who::Auditor, &format!("/audit/events?{query}"))
                .await
                .ok();
            assert_eq!(
                types(list["items"].as_array().unwrap()),
                expected,
                "{query}"
            );
        }
        let walked = schools.walk(Who::Auditor, "/audit/events", 1).await;
        assert_eq!(
            types(&walked),
            ["session_opened", "attendance_marked", "student_enrolled"]
        );
        let other = schools.get(Who::OtherAuditor, "/audit/events").await.ok();
        assert_eq!(other["items"].as_array().unwrap().len(), 1);
        assert_eq!(other["items"][0]["command_id"], json!(other_id(0xc1)));
    })
    .await;
}

#[actix_web::test]
async fn a_stream_of_events_has_one_a_line_and_all_of_them() {
    with_history(async |schools, _| {
        schools
            .run(
                "insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                     metadata, epoch, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash)
                 select school_id, 'class_roll', gen_random_uuid()::text, 1, 'student_enrolled', '1', payload, metadata, 1,
                     gen_random_uuid(), fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash
                 from events, generate_series(1, 1200) where event_type = 'student_enrolled'",
            )
            .await;
        settle(schools).await;
        let headers = [("Accept", "application/x-ndjson")];
        let answer = schools.get_with(Who::Auditor, "/audit/events?type=student_enrolled", &headers).await;
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        let streamed: Vec<Value> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(streamed.len(), 1_201);
        let walked = schools.walk(Who::Auditor, "/audit/events?type=student_enrolled", 500).await;
        assert_eq!(streamed, walked);
    })
    .await;
}

#[actix_web::test]
async fn an_event_that_another_could_still_precede_is_not_shown_yet() {
    with_history(async |schools, _| {
        let mut holder = schools.owner().await;
        crate::database::run(&mut holder, "begin; select pg_current_xact_id()").await;
        write(schools, of_umoja(3, "session_closed", "{}")).await;
        let shown = async || {
            let list = schools.get(Who::Auditor, "/audit/events").await.ok();
            list["items"].as_array().unwrap().len()
        };
        assert_eq!(shown().await, 3);
        crate::database::run(&mut holder, "commit").await;
        settle(schools).await;
        assert_eq!(shown().await, 4);
    })
    .await;
}

fn types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}
