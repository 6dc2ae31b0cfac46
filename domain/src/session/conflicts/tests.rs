use crate::recorded::Recorded;
use crate::samples::{amina, brian, command_id, office, recorded, sealed, session, student};
use crate::session::event::{AttendanceCorrected, AttendanceMarked, SessionClosed, SessionEvent};
use crate::session::{Conflict, ConflictKind, ConflictState, fold_register};
use crate::values::{EntryStatus, Status, UserId};

fn mark(command: u128, by: UserId, status: Status) -> Recorded<SessionEvent> {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
    });
    recorded(command, by, 0, event)
}

fn close(command: u128, by: UserId) -> Recorded<SessionEvent> {
    let event = SessionEvent::SessionClosed(SessionClosed { session: session() });
    recorded(command, by, 0, event)
}

fn correct(command: u128, status: EntryStatus) -> Recorded<SessionEvent> {
    let event = SessionEvent::AttendanceCorrected(AttendanceCorrected {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
        reason: sealed("asked both"),
    });
    recorded(command, office(), 0, event)
}

fn conflicts(events: &[Recorded<SessionEvent>]) -> Vec<Conflict> {
    fold_register(events).unwrap().conflicts
}

/// The one conflict, as what lost to what, how, and what is left to do.
#[track_caller]
fn the_conflict(events: &[Recorded<SessionEvent>]) -> (u128, u128, ConflictKind, ConflictState) {
    let conflicts = conflicts(events);
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let conflict = &conflicts[0];
    (
        conflict.lost.command_id.as_uuid().as_u128(),
        conflict.won.command_id.as_uuid().as_u128(),
        conflict.kind,
        conflict.state,
    )
}

#[test]
fn two_teachers_who_say_otherwise_are_in_conflict() {
    let events = [
        mark(1, amina(), Status::Present),
        mark(2, brian(), Status::Absent),
    ];
    let expected = (1, 2, ConflictKind::Superseded, ConflictState::Open);
    assert_eq!(the_conflict(&events), expected);
}

#[test]
fn a_conflict_shows_both_sides_whole() {
    let conflict = &conflicts(&[
        mark(1, amina(), Status::Present),
        mark(2, brian(), Status::Absent),
    ])[0];
    assert_eq!(conflict.student_id, student(1));
    assert_eq!(conflict.lost.by, amina());
    assert_eq!(conflict.lost.status, EntryStatus::Present);
    assert_eq!(conflict.won.by, brian());
    assert_eq!(conflict.won.status, EntryStatus::Absent);
    assert_eq!(conflict.won.command_id, command_id(2));
}

#[test]
fn one_person_is_never_in_conflict_with_themselves() {
    let events = [
        mark(1, amina(), Status::Present),
        mark(2, amina(), Status::Absent),
    ];
    assert_eq!(conflicts(&events), []);
}

#[test]
fn two_teachers_who_say_the_same_are_not_in_conflict() {
    let events = [
        mark(1, amina(), Status::Present),
        mark(2, brian(), Status::Present),
    ];
    assert_eq!(conflicts(&events), []);
}

#[test]
fn a_mark_closed_out_by_somebody_else_is_in_conflict_with_the_close() {
    let events = [close(1, brian()), mark(2, amina(), Status::Present)];
    let expected = (2, 1, ConflictKind::AfterClose, ConflictState::Open);
    assert_eq!(the_conflict(&events), expected);
    assert_eq!(conflicts(&events)[0].won.status, EntryStatus::Unmarked);
}

#[test]
fn a_mark_after_ones_own_close_is_no_conflict() {
    let events = [close(1, amina()), mark(2, amina(), Status::Present)];
    assert_eq!(conflicts(&events), []);
}

#[test]
fn a_mark_closed_out_that_says_what_the_register_says_is_no_conflict() {
    let events = [
        mark(1, amina(), Status::Present),
        close(2, brian()),
        mark(3, amina(), Status::Present),
    ];
    assert_eq!(conflicts(&events), []);
}

#[test]
fn a_mark_closed_out_that_disagrees_with_anothers_entry_names_the_entry() {
    let events = [
        mark(1, brian(), Status::Absent),
        close(2, brian()),
        mark(3, amina(), Status::Present),
    ];
    let expected = (3, 1, ConflictKind::AfterClose, ConflictState::Open);
    assert_eq!(the_conflict(&events), expected);
}

#[test]
fn a_correction_over_a_mark_is_no_conflict() {
    let events = [
        mark(1, amina(), Status::Present),
        correct(2, EntryStatus::Absent),
    ];
    assert_eq!(conflicts(&events), []);
}

#[test]
fn a_mark_after_a_correction_contests_it() {
    let events = [
        correct(1, EntryStatus::Absent),
        mark(2, amina(), Status::Present),
    ];
    let expected = (
        2,
        1,
        ConflictKind::AfterCorrection,
        ConflictState::Contested,
    );
    assert_eq!(the_conflict(&events), expected);
}

#[test]
fn a_correction_settles_the_conflict_of_two_marks() {
    for right in EntryStatus::ALL {
        let events = [
            mark(1, amina(), Status::Present),
            mark(2, brian(), Status::Absent),
            correct(3, *right),
        ];
        let expected = (1, 2, ConflictKind::Superseded, ConflictState::Settled);
        assert_eq!(the_conflict(&events), expected);
        assert_eq!(conflicts(&events)[0].won.status, EntryStatus::Absent);
    }
}

#[test]
fn a_correction_settles_the_conflict_of_a_mark_with_an_earlier_correction() {
    let events = [
        correct(1, EntryStatus::Absent),
        mark(2, amina(), Status::Present),
        correct(3, EntryStatus::Late),
    ];
    let expected = (2, 1, ConflictKind::AfterCorrection, ConflictState::Settled);
    assert_eq!(the_conflict(&events), expected);
    assert_eq!(conflicts(&events)[0].won.status, EntryStatus::Absent);
}

#[test]
fn a_settled_conflict_stays_settled_when_a_mark_contests_the_correction() {
    let events = [
        mark(1, amina(), Status::Present),
        mark(2, brian(), Status::Absent),
        correct(3, EntryStatus::Absent),
        mark(4, amina(), Status::Present),
    ];
    let found: Vec<_> = conflicts(&events)
        .iter()
        .map(|conflict| (conflict.lost.command_id, conflict.kind, conflict.state))
        .collect();
    let contested = ConflictKind::AfterCorrection;
    let expected = [
        (
            command_id(1),
            ConflictKind::Superseded,
            ConflictState::Settled,
        ),
        (command_id(4), contested, ConflictState::Contested),
    ];
    assert_eq!(found, expected);
}

#[test]
fn marks_with_a_correction_between_them_are_not_in_conflict_with_each_other() {
    let events = [
        mark(1, amina(), Status::Present),
        correct(2, EntryStatus::Late),
        mark(3, brian(), Status::Absent),
    ];
    let expected = (
        3,
        2,
        ConflictKind::AfterCorrection,
        ConflictState::Contested,
    );
    assert_eq!(the_conflict(&events), expected);
}

#[test]
fn a_correction_settles_the_conflict_of_a_mark_that_was_closed_out() {
    for right in &[EntryStatus::Excused, EntryStatus::Present] {
        let events = [
            close(1, brian()),
            mark(2, amina(), Status::Present),
            correct(3, *right),
        ];
        let expected = (2, 1, ConflictKind::AfterClose, ConflictState::Settled);
        assert_eq!(the_conflict(&events), expected);
        assert_eq!(conflicts(&events)[0].won.status, EntryStatus::Unmarked);
    }
}

#[test]
fn every_mark_that_lost_has_a_conflict_of_its_own() {
    let events = [
        mark(1, amina(), Status::Present),
        mark(2, amina(), Status::Late),
        mark(3, brian(), Status::Absent),
    ];
    let lost: Vec<_> = conflicts(&events)
        .iter()
        .map(|conflict| conflict.lost.command_id)
        .collect();
    assert_eq!(lost, [command_id(1), command_id(2)]);
}
