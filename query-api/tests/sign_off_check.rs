//! `/reports/sign-offs/check`: what is missing of a period before it is signed off.

use serde_json::json;

use crate::schools::{Schools, Who, id};

const CHECK: &str = "/reports/sign-offs/check";

#[actix_web::test]
async fn what_is_missing_of_a_period_is_said_before_it_is_signed_off() {
    Schools::with(async |schools| {
        // School is from Monday to Friday, and a register expected of each class on each of the days.
        for (asked, expected) in [
            (
                "from=2026-11-02&to=2026-11-08",
                json!({"school_days": 5, "expected": 10, "taken": 1, "not_received": 0, "not_taken": 9}),
            ),
            (
                "from=2026-11-24&to=2026-11-24",
                json!({"school_days": 1, "expected": 2, "taken": 1, "not_received": 0, "not_taken": 1}),
            ),
            (
                "from=2026-11-07&to=2026-11-08",
                json!({"school_days": 0, "expected": 0, "taken": 0, "not_received": 0, "not_taken": 0}),
            ),
        ] {
            let path = format!("{CHECK}?{asked}");
            assert_eq!(schools.get(Who::Office, &path).await.ok(), expected, "{asked}");
        }
        let of_a_class = format!("{CHECK}?from=2026-11-24&to=2026-11-24&class_id={}", id(0x21));
        assert_eq!(
            schools.get(Who::Office, &of_a_class).await.ok(),
            json!({"school_days": 1, "expected": 1, "taken": 1, "not_received": 0, "not_taken": 0})
        );
        for (asked, faults) in [
            ("", vec!["/from", "/to"]),
            ("from=2026-11-24", vec!["/to"]),
            ("from=2026-11-24&to=2026-11-23", vec!["/to"]),
            ("from=2025-11-24&to=2026-11-25", vec!["/to"]),
        ] {
            let answer = schools.get(Who::Office, &format!("{CHECK}?{asked}")).await;
            assert_eq!(answer.problem(), (422, "invalid-field".to_owned()), "{asked}");
            assert_eq!(answer.faults(), faults, "{asked}");
        }
    })
    .await;
}
