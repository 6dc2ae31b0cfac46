use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::command::Stamped;
use crate::recorded::Recorded;
use crate::samples::{admin, command_id, minute, office, recorded, teacher};
use crate::sign_off::command::SignOffPeriod;
use crate::sign_off::event::PeriodSignedOff;

fn sign_off(context: Context) -> Stamped<SignOffCommand> {
    let PeriodSignedOff {
        sign_off_id,
        from,
        to,
        class_id,
        note,
    } = november();
    Stamped {
        command_id: command_id(2),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: SignOffCommand::SignOff(SignOffPeriod {
            sign_off_id,
            from,
            to,
            class_id,
            note,
        }),
    }
}

fn november() -> PeriodSignedOff {
    PeriodSignedOff {
        sign_off_id: crate::samples::sign_off(),
        from: crate::samples::day("2026-11-01"),
        to: crate::samples::today(),
        class_id: None,
        note: None,
    }
}

fn signed_off(command: u128) -> Recorded<SignOffEvent> {
    recorded(
        command,
        office(),
        0,
        SignOffEvent::PeriodSignedOff(november()),
    )
}

#[test]
fn the_same_once_more_is_written_down_again() {
    TestFramework::<PeriodSignOff>::with(())
        .given(vec![signed_off(1)])
        .when(sign_off(admin()))
        .then_expect_events(vec![signed_off(2)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<PeriodSignOff>::with(())
        .given_no_previous_events()
        .when(sign_off(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    assert_eq!(PeriodSignOff::TYPE, "period_sign_off");
    assert_eq!(signed_off(1).event_type(), "period_signed_off");
    assert_eq!(signed_off(1).event_version(), "1");
}
