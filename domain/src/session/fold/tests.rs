mod arrivals;

use super::*;
use crate::samples::{
    amina, brian, command_id, minute, office, recorded, sealed, session, student,
};
use crate::session::event::{
    AttendanceCorrected, AttendanceMarked, MarkCleared, SessionClosed, SessionOpened,
    SessionRestored, SessionVoided,
};
use crate::values::{EntryStatus, MinutesLate, Status, UserId};

type Stored = Recorded<SessionEvent>;

fn open(command: u128, by: UserId, minutes: i64) -> Stored {
    let event = SessionEvent::SessionOpened(SessionOpened { session: session() });
    recorded(command, by, minutes, event)
}

fn close(command: u128, by: UserId, minutes: i64) -> Stored {
    let event = SessionEvent::SessionClosed(SessionClosed { session: session() });
    recorded(command, by, minutes, event)
}

fn mark(command: u128, minutes: i64, status: Status) -> Stored {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
    });
    recorded(command, amina(), minutes, event)
}

fn clear(command: u128, minutes: i64) -> Stored {
    let event = SessionEvent::MarkCleared(MarkCleared {
        session: session(),
        student_id: student(1),
    });
    recorded(command, amina(), minutes, event)
}

fn correct(command: u128, minutes: i64, status: EntryStatus) -> Stored {
    let event = SessionEvent::AttendanceCorrected(AttendanceCorrected {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
        reason: sealed("seen at the gate"),
    });
    recorded(command, office(), minutes, event)
}

fn reopen(command: u128, by: UserId, minutes: i64, from: i64, within: Option<u32>) -> Stored {
    let event = SessionEvent::SessionReopened(SessionReopened {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: minute(from),
        within_minutes: within,
    });
    recorded(command, by, minutes, event)
}

fn void(command: u128, minutes: i64) -> Stored {
    let event = SessionEvent::SessionVoided(SessionVoided {
        session: session(),
        reason: sealed("sports day"),
    });
    recorded(command, amina(), minutes, event)
}

fn restore(command: u128, minutes: i64) -> Stored {
    let event = SessionEvent::SessionRestored(SessionRestored {
        session: session(),
        reason: sealed("rained off"),
    });
    recorded(command, amina(), minutes, event)
}

fn fold(events: &[Stored]) -> Register {
    fold_register(events).unwrap()
}

/// What the register says of the student, by status and by command.
fn entry(register: &Register) -> Option<(EntryStatus, CommandId)> {
    register
        .entries
        .get(&student(1))
        .map(|entry| (entry.status, entry.command_id))
}

fn effect(register: &Register, command: u128) -> Effect {
    register.effects[&command_id(command)]
}

#[test]
fn no_events_make_no_register() {
    assert_eq!(fold_register::<SessionEvent>(&[]), None);
}

#[test]
fn the_last_mark_is_the_entry_wherever_it_stands_in_the_upload() {
    let register = fold(&[mark(2, 5, Status::Absent), mark(1, 3, Status::Present)]);
    assert_eq!(entry(&register), Some((EntryStatus::Absent, command_id(2))));
    assert_eq!(effect(&register, 1), Effect::Superseded);
    assert_eq!(effect(&register, 2), Effect::Current);
}

#[test]
fn at_the_same_moment_the_greater_command_id_is_later() {
    let register = fold(&[mark(8, 5, Status::Absent), mark(7, 5, Status::Present)]);
    assert_eq!(entry(&register), Some((EntryStatus::Absent, command_id(8))));
}

#[test]
fn an_entry_keeps_everything_its_mark_said() {
    let minutes_late = MinutesLate::new(7).ok();
    let event = AttendanceMarked {
        session: session(),
        student_id: student(1),
        status: Status::Late,
        minutes_late,
        remarks: Some(sealed("bus")),
    };
    let event = recorded(1, amina(), 5, SessionEvent::AttendanceMarked(event));
    let register = fold(std::slice::from_ref(&event));
    let entry = &register.entries[&student(1)];
    assert_eq!(entry.minutes_late, minutes_late);
    assert_eq!(entry.remarks, Some(sealed("bus")));
    assert_eq!(entry.occurred_at, minute(5));
    assert_eq!(entry.recorded_at, event.recorded_at);
    assert_eq!(entry.marked_by, amina());
    assert_eq!(entry.correction, None);
}

#[test]
fn a_late_close_uncounts_the_marks_after_it() {
    let marks = [mark(1, 5, Status::Present), mark(3, 9, Status::Absent)];
    assert_eq!(
        entry(&fold(&marks)),
        Some((EntryStatus::Absent, command_id(3)))
    );
    let [first, second] = marks;
    let register = fold(&[first, second, close(9, brian(), 7)]);
    assert_eq!(
        entry(&register),
        Some((EntryStatus::Present, command_id(1)))
    );
    assert_eq!(effect(&register, 3), Effect::AfterClose);
    assert_eq!(register.closed_at, Some(minute(7)));
    assert_eq!(register.closed_by, Some(brian()));
}

#[test]
fn a_register_with_only_marks_after_its_close_has_no_entry() {
    let register = fold(&[close(1, amina(), 1), mark(2, 2, Status::Present)]);
    assert_eq!(entry(&register), None);
    assert_eq!(register.status, SessionStatus::Closed);
}

#[test]
fn opening_a_closed_register_does_not_open_it() {
    let register = fold(&[
        open(1, amina(), 0),
        close(2, amina(), 5),
        open(3, amina(), 6),
        mark(4, 7, Status::Present),
    ]);
    assert_eq!(register.status, SessionStatus::Closed);
    assert_eq!(entry(&register), None);
    assert_eq!(effect(&register, 3), Effect::Opened);
}

#[test]
fn a_second_close_changes_nothing() {
    let register = fold(&[close(1, amina(), 5), close(2, brian(), 6)]);
    assert_eq!(register.closed_at, Some(minute(5)));
    assert_eq!(register.closed_by, Some(amina()));
    assert_eq!(effect(&register, 1), Effect::Closed);
    assert_eq!(effect(&register, 2), Effect::Closed);
}

#[test]
fn a_register_was_opened_by_the_earliest_of_its_opens_and_marks() {
    let marked_first = fold(&[open(1, amina(), 4), mark(2, 3, Status::Present)]);
    let opened_first = fold(&[open(1, amina(), 2), mark(2, 3, Status::Present)]);
    let only_closed = fold(&[close(1, amina(), 4)]);
    assert_eq!(marked_first.opened_at, Some(minute(3)));
    assert_eq!(opened_first.opened_at, Some(minute(2)));
    assert_eq!(only_closed.opened_at, None);
}

#[test]
fn the_office_reopens_a_register_of_anybody() {
    let register = fold(&[
        close(1, amina(), 5),
        reopen(2, office(), 500, 500, None),
        mark(3, 501, Status::Late),
    ]);
    assert_eq!(register.status, SessionStatus::Open);
    assert_eq!(register.closed_at, None);
    assert_eq!(register.closed_by, None);
    assert_eq!(entry(&register), Some((EntryStatus::Late, command_id(3))));
    assert_eq!(effect(&register, 1), Effect::Superseded);
    assert_eq!(effect(&register, 2), Effect::Reopened);
}

#[test]
fn a_reopen_stands_at_its_effective_moment() {
    let register = fold(&[
        close(1, amina(), 5),
        mark(2, 7, Status::Present),
        mark(3, 9, Status::Absent),
        reopen(4, office(), 60, 8, None),
    ]);
    assert_eq!(entry(&register), Some((EntryStatus::Absent, command_id(3))));
    assert_eq!(effect(&register, 2), Effect::AfterClose);
}

#[test]
fn a_reopen_from_before_the_close_leaves_the_register_closed() {
    let register = fold(&[close(1, amina(), 5), reopen(2, office(), 60, 4, None)]);
    assert_eq!(register.status, SessionStatus::Closed);
    assert_eq!(effect(&register, 2), Effect::Superseded);
}

#[test]
fn a_teacher_reopens_soon_after_their_own_close() {
    let at = |minutes| {
        fold(&[
            close(1, amina(), 5),
            reopen(2, amina(), minutes, minutes, Some(30)),
        ])
    };
    assert_eq!(at(35).status, SessionStatus::Open);
    assert_eq!(effect(&at(35), 2), Effect::Reopened);
    assert_eq!(at(36).status, SessionStatus::Closed);
    assert_eq!(effect(&at(36), 2), Effect::Superseded);
}

#[test]
fn an_earlier_effective_moment_does_not_lengthen_a_teachers_time() {
    let register = fold(&[close(1, amina(), 5), reopen(2, amina(), 36, 6, Some(30))]);
    assert_eq!(register.status, SessionStatus::Closed);
}

#[test]
fn a_teacher_does_not_reopen_what_another_closed() {
    let register = fold(&[close(1, brian(), 5), reopen(2, amina(), 6, 6, Some(30))]);
    assert_eq!(register.status, SessionStatus::Closed);
}

#[test]
fn closing_once_more_gives_a_teacher_no_right_to_reopen() {
    let register = fold(&[
        close(1, office(), 5),
        close(2, amina(), 6),
        reopen(3, amina(), 7, 7, Some(30)),
    ]);
    assert_eq!(register.status, SessionStatus::Closed);
}

#[test]
fn where_the_policy_is_zero_no_teacher_reopens() {
    let register = fold(&[close(1, amina(), 5), reopen(2, amina(), 5, 5, Some(0))]);
    assert_eq!(register.status, SessionStatus::Closed);
}

#[test]
fn a_teachers_reopen_without_a_close_before_it_has_no_effect() {
    let register = fold(&[open(1, amina(), 1), reopen(2, amina(), 5, 5, Some(30))]);
    assert_eq!(register.status, SessionStatus::Open);
    assert_eq!(effect(&register, 2), Effect::Superseded);
}

#[test]
fn a_reopened_register_is_closed_again() {
    let register = fold(&[
        close(1, amina(), 5),
        reopen(2, office(), 6, 6, None),
        mark(3, 7, Status::Present),
        close(4, brian(), 8),
        mark(5, 9, Status::Absent),
    ]);
    assert_eq!(
        entry(&register),
        Some((EntryStatus::Present, command_id(3)))
    );
    assert_eq!(register.closed_by, Some(brian()));
    assert_eq!(effect(&register, 2), Effect::Superseded);
    assert_eq!(effect(&register, 4), Effect::Closed);
}

#[test]
fn a_cleared_mark_leaves_the_student_unmarked() {
    let register = fold(&[mark(1, 5, Status::Absent), clear(2, 6)]);
    assert_eq!(
        entry(&register),
        Some((EntryStatus::Unmarked, command_id(2)))
    );
    assert_eq!(effect(&register, 1), Effect::Superseded);
    assert_eq!(effect(&register, 2), Effect::Cleared);
}

#[test]
fn a_mark_after_a_clear_counts_and_the_clear_does_not() {
    let register = fold(&[clear(1, 5), mark(2, 6, Status::Absent)]);
    assert_eq!(entry(&register), Some((EntryStatus::Absent, command_id(2))));
    assert_eq!(effect(&register, 1), Effect::Superseded);
}

#[test]
fn a_correction_counts_in_a_closed_register_and_remembers_what_stood() {
    let register = fold(&[
        mark(1, 5, Status::Absent),
        close(2, amina(), 6),
        correct(3, 90, EntryStatus::Present),
    ]);
    let entry = &register.entries[&student(1)];
    assert_eq!(entry.status, EntryStatus::Present);
    let correction = entry.correction.as_ref().unwrap();
    assert_eq!(correction.original_status, EntryStatus::Absent);
    assert_eq!(correction.reason, sealed("seen at the gate"));
    assert_eq!(effect(&register, 1), Effect::Superseded);
    assert_eq!(effect(&register, 3), Effect::Current);
}

#[test]
fn only_a_later_correction_changes_a_corrected_entry() {
    let mut events = vec![
        correct(1, 5, EntryStatus::Present),
        mark(2, 6, Status::Absent),
        clear(3, 7),
    ];
    assert_eq!(
        entry(&fold(&events)),
        Some((EntryStatus::Present, command_id(1)))
    );
    events.push(correct(4, 8, EntryStatus::Unmarked));
    assert_eq!(
        entry(&fold(&events)),
        Some((EntryStatus::Unmarked, command_id(4)))
    );
}

#[test]
fn an_original_status_is_of_the_last_mark_that_counts_before_the_correction() {
    let register = fold(&[
        mark(1, 1, Status::Late),
        correct(2, 2, EntryStatus::Present),
        close(3, amina(), 3),
        mark(4, 4, Status::Absent),
        correct(5, 5, EntryStatus::Excused),
    ]);
    let correction = register.entries[&student(1)].correction.as_ref().unwrap();
    assert_eq!(correction.original_status, EntryStatus::Late);
}

#[test]
fn the_last_of_voids_and_restores_decides() {
    let voided = fold(&[restore(1, 1), void(2, 2)]);
    let restored = fold(&[restore(3, 3), void(2, 2)]);
    assert!(voided.void);
    assert!(!restored.void);
    assert_eq!(effect(&voided, 1), Effect::Superseded);
    assert_eq!(effect(&voided, 2), Effect::Voided);
    assert_eq!(effect(&restored, 2), Effect::Superseded);
    assert_eq!(effect(&restored, 3), Effect::Restored);
}

#[test]
fn a_void_register_keeps_its_entries() {
    let register = fold(&[mark(1, 5, Status::Present), void(2, 6)]);
    assert_eq!(
        entry(&register),
        Some((EntryStatus::Present, command_id(1)))
    );
}
