use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::Context;
use crate::command::Stamped;
use crate::exception::command::ApproveException;
use crate::exception::event::ExceptionApproved;
use crate::recorded::Recorded;
use crate::samples::{admin, command_id, exception, minute, office, recorded, teacher};

fn approve(context: Context) -> Stamped<ExceptionCommand> {
    Stamped {
        command_id: command_id(1),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: ExceptionCommand::Approve(ApproveException {
            exception_id: exception(),
        }),
    }
}

fn approved(command: u128, minutes: i64) -> Recorded<ExceptionEvent> {
    let event = ExceptionEvent::ExceptionApproved(ExceptionApproved {
        exception_id: exception(),
    });
    recorded(command, office(), minutes, event)
}

#[test]
fn an_exception_is_approved_before_it_arrives() {
    TestFramework::<AttendanceException>::with(())
        .given_no_previous_events()
        .when(approve(admin()))
        .then_expect_events(vec![approved(1, 0)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<AttendanceException>::with(())
        .given(vec![approved(2, -5)])
        .when(approve(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn events_are_held_in_the_order_of_the_fold_however_they_arrive() {
    let mut aggregate = AttendanceException::default();
    for event in [approved(3, 5), approved(4, 1), approved(2, 5)] {
        aggregate.apply(event);
    }
    assert_eq!(
        aggregate.events(),
        [approved(4, 1), approved(2, 5), approved(3, 5)]
    );
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    assert_eq!(AttendanceException::TYPE, "attendance_exception");
    assert_eq!(approved(1, 0).event_type(), "exception_approved");
    assert_eq!(approved(1, 0).event_version(), "1");
}
