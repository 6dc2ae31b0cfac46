use super::*;
use crate::samples::{admin, auditor, given, sealed, student, teacher};

fn merge(double: u128, into: u128) -> AliasCommand {
    AliasCommand::Merge(MergeStudents {
        student_id: student(double),
        into: student(into),
        reason: Some(sealed("the same birth certificate")),
    })
}

fn undo() -> AliasCommand {
    AliasCommand::Undo(UndoMerge {
        student_id: student(1),
        reason: None,
    })
}

#[test]
fn the_office_merges_two_students() {
    given(admin())
        .when(merge(1, 2))
        .then(AliasEvent::StudentsMerged(StudentsMerged {
            student_id: student(1),
            into: student(2),
            reason: Some(sealed("the same birth certificate")),
        }));
}

#[test]
fn the_office_undoes_a_merge_whether_or_not_there_is_one() {
    given(admin())
        .when(undo())
        .then(AliasEvent::MergeUndone(MergeUndone {
            student_id: student(1),
            reason: None,
        }));
}

#[test]
fn nobody_else_does_either() {
    for context in [teacher(), auditor()] {
        for command in [merge(1, 2), undo()] {
            given(context.clone())
                .when(command)
                .then_refused(Refusal::Forbidden);
        }
    }
}

#[test]
fn students_the_school_does_not_have_are_unknown() {
    for command in [merge(1, 2), undo()] {
        given(admin())
            .but(|context| context.student = None)
            .when(command)
            .then_refused(Refusal::UnknownStudent);
    }
    given(admin())
        .but(|context| context.merges.into_known = false)
        .when(merge(1, 2))
        .then_refused(Refusal::UnknownStudent);
}

#[test]
fn nobody_is_merged_into_themselves_nor_into_a_double() {
    given(admin()).when(merge(1, 1)).then_invalid("/into");
    given(admin())
        .but(|context| context.merges.into_is_double = true)
        .when(merge(1, 2))
        .then_invalid("/into");
}

#[test]
fn nobody_whom_others_count_under_becomes_a_double() {
    given(admin())
        .but(|context| context.merges.has_doubles = true)
        .when(merge(1, 2))
        .then_invalid("/student_id");
}

#[test]
fn nobody_gets_a_name_again_by_a_merge() {
    given(admin())
        .but(|context| context.merges.one_is_erased = true)
        .when(merge(1, 2))
        .then_invalid("/into");
}
