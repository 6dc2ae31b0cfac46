use serde_json::json;

use super::*;

const CLASS: &str = "21d01924-32d0-57ec-93b8-807238824e08";

fn mark(change: impl FnOnce(&mut Value)) -> Value {
    let mut sent = json!({
        "session": {"class_id": CLASS, "date": "2026-11-24", "subject_id": null, "slot": null},
        "student_id": CLASS,
        "status": "late",
        "minutes_late": 7,
        "remarks": "bus",
    });
    change(&mut sent);
    sent
}

fn pointer_of(sent: &Value) -> String {
    json::read::<MarkAttendance>(sent).unwrap_err().pointer
}

#[test]
fn the_field_that_does_not_fit_is_named() {
    assert_eq!(
        pointer_of(&mark(|sent| sent["status"] = json!("x"))),
        "/status"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["status"] = json!(5))),
        "/status"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["minutes_late"] = json!(241))),
        "/minutes_late"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["minutes_late"] = json!(-1))),
        "/minutes_late"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["remarks"] = json!("a\0"))),
        "/remarks"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["remarks"] = json!("x".repeat(100_000)))),
        "/remarks"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["session"]["date"] = json!("2026-02-30"))),
        "/session/date"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["session"]["slot"] = json!("A M"))),
        "/session/slot"
    );
    assert_eq!(
        pointer_of(&mark(|sent| sent["session"] = json!("am"))),
        "/session"
    );
}

#[test]
fn a_missing_field_is_named_too() {
    let without = mark(|sent| {
        sent["session"].as_object_mut().unwrap().remove("class_id");
    });
    assert_eq!(pointer_of(&without), "/session/class_id");
}

#[test]
fn what_may_be_missing_may_be() {
    let short = json!({
        "session": {"class_id": CLASS, "date": "2026-11-24"},
        "student_id": CLASS,
        "status": "present",
    });
    assert!(json::read::<MarkAttendance>(&short).is_ok());
}

#[test]
fn what_was_sent_is_not_quoted_back() {
    for (field, value) in [
        ("status", json!("secret")),
        ("minutes_late", json!("secret")),
    ] {
        let error = json::read::<MarkAttendance>(&mark(|sent| sent[field] = value)).unwrap_err();
        assert_eq!(error.pointer, format!("/{field}"));
        assert!(!error.detail.contains("secret"), "{error:?}");
    }
}

#[test]
fn there_are_commands_of_the_known_types_only() {
    assert!(
        PlainCommand::read("MarkAttendance", &mark(|_| ()))
            .unwrap()
            .is_ok()
    );
    assert!(PlainCommand::read("markattendance", &mark(|_| ())).is_none());
    assert!(PlainCommand::read("DropTable", &mark(|_| ())).is_none());
}

#[test]
fn an_amendment_tells_no_slots_from_slots_left_alone() {
    let read = |sent: Value| match PlainCommand::read("AmendException", &sent) {
        Some(Ok(PlainCommand::AmendException(amend))) => amend.slots,
        other => panic!("{other:?}"),
    };
    assert_eq!(read(json!({"exception_id": CLASS})), None);
    assert_eq!(
        read(json!({"exception_id": CLASS, "slots": null})),
        Some(None)
    );
}
