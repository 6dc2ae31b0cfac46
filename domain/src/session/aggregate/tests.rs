use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::command::Stamped;
use crate::recorded::Recorded;
use crate::samples::{
    admin, amina, auditor, command_id, minute, recorded, sealed, session, teacher,
};
use crate::session::command::{CloseSession, OpenSession, ReopenSession};
use crate::session::event::{SessionClosed, SessionOpened, SessionReopened};
use crate::{Context, fold_register};

fn stamped(context: Context, command: SessionCommand) -> Stamped<SessionCommand> {
    Stamped {
        command_id: command_id(1),
        device_id: None,
        recorded_at: minute(600),
        context,
        command,
    }
}

fn open() -> SessionCommand {
    SessionCommand::Open(OpenSession { session: session() })
}

fn opened(command: u128, minutes: i64) -> Recorded<SessionEvent> {
    let event = SessionEvent::SessionOpened(SessionOpened { session: session() });
    recorded(command, amina(), minutes, event)
}

fn closed(command: u128, minutes: i64) -> Recorded<SessionEvent> {
    let event = SessionEvent::SessionClosed(SessionClosed { session: session() });
    recorded(command, amina(), minutes, event)
}

#[test]
fn an_accepted_command_writes_exactly_one_event_with_its_header() {
    TestFramework::<AttendanceSession>::with(())
        .given_no_previous_events()
        .when(stamped(teacher(), open()))
        .then_expect_events(vec![opened(1, 0)]);
}

#[test]
fn a_repeated_act_is_written_down_again() {
    let close = SessionCommand::Close(CloseSession { session: session() });
    TestFramework::<AttendanceSession>::with(())
        .given(vec![opened(2, -10), closed(3, -5)])
        .when(stamped(teacher(), close))
        .then_expect_events(vec![closed(1, 0)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<AttendanceSession>::with(())
        .given(vec![opened(2, -10)])
        .when(stamped(auditor(), open()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn events_are_held_in_the_order_of_the_fold_however_they_arrive() {
    let reopen = ReopenSession {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: Some(minute(4)),
    };
    let reopened = recorded(
        9,
        amina(),
        8,
        SessionEvent::SessionReopened(SessionReopened {
            session: reopen.session,
            reason: reopen.reason,
            effective_at: minute(4),
            within_minutes: None,
        }),
    );
    let mut aggregate = AttendanceSession::default();
    for event in [closed(3, 5), reopened.clone(), opened(2, 0), closed(1, 5)] {
        aggregate.apply(event);
    }
    let expected = [opened(2, 0), reopened, closed(1, 5), closed(3, 5)];
    assert_eq!(aggregate.events(), expected);
    assert!(fold_register(aggregate.events()).is_some());
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    let event = opened(1, 0);
    assert_eq!(AttendanceSession::TYPE, "attendance_session");
    assert_eq!(event.event_type(), "session_opened");
    assert_eq!(event.event_version(), "1");
}

#[test]
fn the_office_needs_no_class_of_its_own() {
    TestFramework::<AttendanceSession>::with(())
        .given_no_previous_events()
        .when(stamped(admin(), open()))
        .inspect_result()
        .unwrap();
}
