use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::Context;
use crate::command::Stamped;
use crate::recorded::Recorded;
use crate::roll::command::EnrolStudent;
use crate::roll::event::StudentEnrolled;
use crate::samples::{admin, class, command_id, day, minute, office, recorded, student, teacher};

fn enrol(context: Context) -> Stamped<RollCommand> {
    Stamped {
        command_id: command_id(1),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: RollCommand::Enrol(EnrolStudent {
            class_id: class(),
            student_id: student(1),
            from: day("2026-09-01"),
        }),
    }
}

fn enrolled(command: u128, minutes: i64) -> Recorded<RollEvent> {
    let event = RollEvent::StudentEnrolled(StudentEnrolled {
        class_id: class(),
        student_id: student(1),
        from: day("2026-09-01"),
    });
    recorded(command, office(), minutes, event)
}

#[test]
fn a_student_who_is_enrolled_already_is_written_down_again() {
    TestFramework::<ClassRoll>::with(())
        .given(vec![enrolled(2, -5)])
        .when(enrol(admin()))
        .then_expect_events(vec![enrolled(1, 0)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<ClassRoll>::with(())
        .given_no_previous_events()
        .when(enrol(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn events_are_held_in_the_order_of_the_fold_however_they_arrive() {
    let mut aggregate = ClassRoll::default();
    for event in [enrolled(3, 5), enrolled(4, 1), enrolled(2, 5)] {
        aggregate.apply(event);
    }
    assert_eq!(
        aggregate.events(),
        [enrolled(4, 1), enrolled(2, 5), enrolled(3, 5)]
    );
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    assert_eq!(ClassRoll::TYPE, "class_roll");
    assert_eq!(enrolled(1, 0).event_type(), "student_enrolled");
    assert_eq!(enrolled(1, 0).event_version(), "1");
}
