use super::*;
use crate::samples::{admin, class, day, sealed, session, slot, student, teacher};
use crate::session::command::{ClearMark, CloseSession, CorrectAttendance};
use crate::values::{EntryStatus, SessionKey};

fn clear() -> Command {
    SessionCommand::Clear(ClearMark {
        session: session(),
        student_id: student(1),
    })
    .into()
}

fn close(session: SessionKey) -> Command {
    SessionCommand::Close(CloseSession { session }).into()
}

#[test]
fn an_ordinary_command_has_no_flag() {
    assert_eq!(flags(&clear(), &teacher()), []);
}

#[test]
fn a_teachers_mark_that_arrives_after_the_edit_window_is_flagged() {
    let mut context = teacher();
    context.today = day("2026-12-08");
    assert_eq!(flags(&clear(), &context), []);
    context.today = day("2026-12-09");
    assert_eq!(flags(&clear(), &context), [Flag::LateArrival]);
    assert_eq!(flags(&close(session()), &context), []);
}

#[test]
fn the_office_is_never_late() {
    let mut context = admin();
    context.today = day("2027-03-01");
    let correct = SessionCommand::Correct(CorrectAttendance {
        session: session(),
        student_id: student(1),
        status: EntryStatus::Present,
        minutes_late: None,
        remarks: None,
        reason: sealed("x"),
    });
    assert_eq!(flags(&clear(), &context), []);
    assert_eq!(flags(&correct.into(), &context), []);
}

#[test]
fn a_date_outside_the_classes_own_term_is_flagged() {
    let mut context = teacher();
    context.class.as_mut().unwrap().in_own_term = false;
    assert_eq!(flags(&close(session()), &context), [Flag::OutsideClassTerm]);
}

#[test]
fn a_slot_the_school_did_not_plan_is_flagged() {
    let mut context = teacher();
    context.slot_planned = false;
    let evening = SessionKey {
        slot: Some(slot("evening")),
        ..session()
    };
    assert_eq!(flags(&close(evening), &context), [Flag::UnplannedSlot]);
    assert_eq!(flags(&close(session()), &context), []);
}

#[test]
fn several_flags_stand_together() {
    let mut context = teacher();
    context.today = day("2026-12-31");
    context.class.as_mut().unwrap().in_own_term = false;
    let both = [Flag::LateArrival, Flag::OutsideClassTerm];
    assert_eq!(flags(&clear(), &context), both);
}

#[test]
fn a_roll_command_has_no_flag() {
    let mut context = admin();
    context.class.as_mut().unwrap().in_own_term = false;
    let cancel = crate::RollCommand::Cancel(crate::CancelEnrolment {
        class_id: class(),
        student_id: student(1),
        from: day("2020-01-01"),
    });
    assert_eq!(flags(&cancel.into(), &context), []);
}
