use serde_json::json;

use super::*;
use crate::samples::{command_id, office, recorded, session};
use crate::session::event::SessionOpened;

const OPENED: &str = r#"{"session_opened":{"session":{"class_id":"00000000-0000-0000-0000-0000000000c1","date":"2026-11-24"}}}"#;

fn opened() -> Event {
    SessionEvent::SessionOpened(SessionOpened { session: session() }).into()
}

fn read(aggregate: &str, event: &str, version: &str, payload: &str) -> Result<Event, EventError> {
    Event::from_stored(aggregate, event, version, payload.as_bytes())
}

#[test]
fn an_event_is_stored_under_its_own_name() {
    assert_eq!(opened().to_payload().unwrap(), OPENED.as_bytes());
    assert_eq!(opened().event_type(), "session_opened");
    assert_eq!(opened().aggregate_type(), "attendance_session");
}

#[test]
fn an_event_belongs_to_the_stream_of_its_session() {
    let school = crate::samples::school();
    let expected = session().session_id(school).as_uuid();
    assert_eq!(opened().aggregate_id(school), expected);
}

/// Before version 1, let us say, the event held the class and the day without a session around them.
fn gather_the_session(payload: Value) -> Value {
    let event = &payload["session_opened"];
    json!({"session_opened": {"session": {"class_id": event["class"], "date": event["day"]}}})
}

#[test]
fn an_older_version_still_loads_through_the_same_path() {
    let steps = [VersionStep {
        event_type: "session_opened",
        from: "0",
        to: "1",
        lift: gather_the_session,
    }];
    let old =
        r#"{"session_opened":{"class":"00000000-0000-0000-0000-0000000000c1","day":"2026-11-24"}}"#;
    let load = |version, payload: &str| {
        let bytes = payload.as_bytes();
        Event::from_stored_with(
            &steps,
            "attendance_session",
            "session_opened",
            version,
            bytes,
        )
    };
    assert_eq!(load("0", old).unwrap(), opened());
    assert_eq!(load("1", OPENED).unwrap(), opened());
}

#[test]
fn a_version_of_a_newer_program_is_not_guessed_at() {
    let error = read("attendance_session", "session_opened", "2", OPENED).unwrap_err();
    assert!(
        matches!(error, EventError::UnknownVersion { .. }),
        "{error}"
    );
}

#[test]
fn an_aggregate_nobody_knows_is_an_error() {
    let error = read("library_loan", "session_opened", "1", OPENED).unwrap_err();
    assert!(
        matches!(error, EventError::UnknownAggregateType(_)),
        "{error}"
    );
}

#[test]
fn a_payload_of_another_event_than_its_name_is_an_error() {
    let error = read("attendance_session", "session_closed", "1", OPENED).unwrap_err();
    assert!(matches!(error, EventError::OtherType { .. }), "{error}");
}

#[test]
fn a_payload_that_is_no_event_is_an_error_and_never_a_panic() {
    for payload in [
        "",
        "null",
        "[]",
        "{}",
        r#"{"session_opened":{}}"#,
        r#"{"session_opened":{"session":{"class_id":"x","date":"2026-11-24"}}}"#,
        r#"{"library_book_lent":{}}"#,
    ] {
        let error = read("attendance_session", "session_opened", "1", payload).unwrap_err();
        assert!(
            matches!(error, EventError::Payload { .. }),
            "{payload}: {error}"
        );
    }
}

#[test]
fn the_events_of_one_kind_keep_their_headers_and_their_order() {
    let approved = ExceptionEvent::ExceptionApproved(exception::event::ExceptionApproved {
        exception_id: crate::samples::exception(),
    });
    let events = [
        recorded(2, office(), 5, opened()),
        recorded(3, office(), 6, approved.clone().into()),
        recorded(1, office(), 0, opened()),
    ];
    let sessions = of_one_kind(&events, Event::as_session);
    let command_ids: Vec<_> = sessions.iter().map(|it| it.command_id).collect();
    assert_eq!(command_ids, [command_id(2), command_id(1)]);
    let exceptions = of_one_kind(&events, Event::as_exception);
    assert_eq!(exceptions, [recorded(3, office(), 6, &approved)]);
    assert_eq!(of_one_kind(&events, Event::as_roll), []);
}
