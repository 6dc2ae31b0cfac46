use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::alias::command::UndoMerge;
use crate::alias::event::{MergeUndone, StudentsMerged};
use crate::command::Stamped;
use crate::recorded::Recorded;
use crate::samples::{admin, command_id, minute, office, recorded, student, teacher};

fn undo(context: Context) -> Stamped<AliasCommand> {
    Stamped {
        command_id: command_id(2),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: AliasCommand::Undo(UndoMerge {
            student_id: student(1),
            reason: None,
        }),
    }
}

fn merged() -> Recorded<AliasEvent> {
    let event = StudentsMerged {
        student_id: student(1),
        into: student(2),
        reason: None,
    };
    recorded(1, office(), 0, AliasEvent::StudentsMerged(event))
}

fn undone() -> Recorded<AliasEvent> {
    let event = MergeUndone {
        student_id: student(1),
        reason: None,
    };
    recorded(2, office(), 0, AliasEvent::MergeUndone(event))
}

#[test]
fn a_merge_can_be_undone() {
    TestFramework::<StudentAlias>::with(())
        .given(vec![merged()])
        .when(undo(admin()))
        .then_expect_events(vec![undone()]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<StudentAlias>::with(())
        .given(vec![merged()])
        .when(undo(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn the_stored_names_are_those_of_the_events() {
    assert_eq!(StudentAlias::TYPE, "student_alias");
    assert_eq!(merged().event_type(), "students_merged");
    assert_eq!(undone().event_type(), "merge_undone");
    assert_eq!(merged().event_version(), "1");
}
