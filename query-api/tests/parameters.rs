//! Parameters that cannot be used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::schools::{Schools, Who, id};

#[actix_web::test]
async fn every_fault_of_a_query_is_named() {
    Schools::with(async |schools| {
        for (path, faults) in [
            (
                "/sessions?class_id=x&date=2026-13-01&status=shut&include=all&limit=0",
                vec!["/class_id", "/date", "/status", "/include", "/limit"],
            ),
            ("/sessions?class=1", vec!["/class"]),
            ("/sessions?date=2026-11-24&to=2026-11-25", vec!["/date"]),
            ("/records?from=2026-11-25&to=2026-11-24", vec!["/to"]),
            (
                "/records?slot=A%00&marked_by=me&bom=true",
                vec!["/marked_by", "/slot", "/bom"],
            ),
            ("/records?limit=501", vec!["/limit"]),
            (
                "/exceptions?status=open&date=2026-11-24",
                vec!["/status", "/date"],
            ),
            ("/refusals?class_id=1", vec!["/class_id"]),
            (
                "/reports/class-summary?date=today",
                vec!["/class_id", "/date"],
            ),
            ("/reports/conflicts?from=yesterday", vec!["/from"]),
            (
                "/exports/records.csv?bom=yes&limit=5",
                vec!["/bom", "/limit"],
            ),
            ("/roster?all=true", vec!["/all"]),
        ] {
            let answer = schools.get(Who::Office, path).await;
            assert_eq!(
                answer.problem(),
                (422, "invalid-field".to_owned()),
                "{path}"
            );
            assert_eq!(answer.faults(), faults, "{path}");
        }
        let events = schools
            .get(
                Who::Auditor,
                "/audit/events?type=A&recorded_from=now&actor=1",
            )
            .await;
        assert_eq!(events.problem(), (422, "invalid-field".to_owned()));
        assert_eq!(events.faults(), ["/actor", "/type", "/recorded_from"]);
        let session = schools
            .get(Who::Office, &format!("/sessions/{}?at=now", id(0x61)))
            .await;
        assert_eq!(session.faults(), ["/at"]);
    })
    .await;
}

#[actix_web::test]
async fn a_cursor_or_position_that_was_not_made_here_is_refused() {
    Schools::with(async |schools| {
        let cursor_of_another_list =
            schools.get(Who::Office, "/records?limit=1").await.ok()["next_cursor"]
                .as_str()
                .unwrap()
                .to_owned();
        for path in [
            "/records?cursor=x".to_owned(),
            "/exceptions?cursor=W10".to_owned(),
            format!("/sessions?cursor={cursor_of_another_list}"),
            "/sessions?changed_after=now".to_owned(),
            "/sessions?changed_after=1-2".to_owned(),
            "/refusals?cursor=e30".to_owned(),
            "/reports/conflicts?cursor=%00".to_owned(),
        ] {
            let answer = schools.get(Who::Office, &path).await;
            assert_eq!(answer.problem(), (400, "bad-position".to_owned()), "{path}");
        }
        for (list, forged) in [
            ("sessions", json!(["+262142-12-31", id(0x61)])),
            ("records", json!(["-262143-01-01", id(0x61), id(0x31)])),
            ("exceptions", json!(["+10000-01-01", id(0x71)])),
            (
                "reports/conflicts",
                json!(["-4800-01-01", id(0x61), id(0x91)]),
            ),
            ("refusals", json!(["+262142-12-31T00:00:00Z", id(0x61)])),
        ] {
            let cursor = URL_SAFE_NO_PAD.encode(forged.to_string());
            let answer = schools
                .get(Who::Office, &format!("/{list}?cursor={cursor}"))
                .await;
            assert_eq!(answer.problem(), (400, "bad-position".to_owned()), "{list}");
        }
        let no_text = schools.get(Who::Office, "/records?slot=%ff%fe").await;
        assert_eq!(no_text.problem(), (422, "invalid-field".to_owned()));
        assert_eq!(no_text.faults(), ["/slot"]);
    })
    .await;
}
