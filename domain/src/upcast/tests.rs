use serde_json::json;

use super::*;

fn step(from: &'static str, to: &'static str, lift: fn(Value) -> Value) -> VersionStep {
    VersionStep {
        event_type: "bell_rung",
        from,
        to,
        lift,
    }
}

fn steps() -> [VersionStep; 2] {
    [
        step("1", "2", |payload| json!({"second": payload})),
        step("2", "3", |payload| json!({"third": payload})),
    ]
}

#[test]
fn an_event_type_without_steps_is_of_the_first_version() {
    assert_eq!(current_version(&steps(), "door_opened"), "1");
    assert_eq!(current_version(&steps(), "bell_rung"), "3");
}

#[test]
fn a_payload_is_lifted_through_every_version_in_between() {
    let lift = |version| to_current(&steps(), "bell_rung", version, json!(7)).unwrap();
    assert_eq!(lift("1"), json!({"third": {"second": 7}}));
    assert_eq!(lift("2"), json!({"third": 7}));
    assert_eq!(lift("3"), json!(7));
}

#[test]
fn steps_of_another_event_type_are_passed_over() {
    let untouched = to_current(&steps(), "door_opened", "1", json!(7)).unwrap();
    assert_eq!(untouched, json!(7));
}

#[test]
fn a_version_no_step_leads_on_from_is_an_error() {
    for version in ["0", "4", "", "two"] {
        let error = to_current(&steps(), "bell_rung", version, json!(7)).unwrap_err();
        assert!(
            matches!(error, EventError::UnknownVersion { .. }),
            "{version}"
        );
    }
}
