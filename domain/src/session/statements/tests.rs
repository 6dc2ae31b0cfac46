use crate::effect::Effect;
use crate::recorded::Recorded;
use crate::samples::{
    amina, brian, command_id, minute, office, recorded, sealed, session, student,
};
use crate::session::event::{
    AttendanceCorrected, AttendanceMarked, ConflictAccepted, MarkContested, SessionEvent,
};
use crate::session::{ConflictState, Register, Statement, fold_register};
use crate::values::{EntryStatus, Status, UserId};

type Stored = Recorded<SessionEvent>;

fn mark(command: u128, by: UserId, status: Status) -> Stored {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
    });
    recorded(command, by, 0, event)
}

fn correct(command: u128, minutes: i64) -> Stored {
    let event = SessionEvent::AttendanceCorrected(AttendanceCorrected {
        session: session(),
        student_id: student(1),
        status: EntryStatus::Excused,
        minutes_late: None,
        remarks: None,
        reason: sealed("asked both"),
    });
    recorded(command, office(), minutes, event)
}

fn contest(command: u128, by: UserId, minutes: i64, mark: u128) -> Stored {
    let event = SessionEvent::MarkContested(MarkContested {
        session: session(),
        student_id: student(1),
        mark_id: command_id(mark),
        reason: sealed("I saw her"),
        by_office: by == office(),
    });
    recorded(command, by, minutes, event)
}

fn accept(command: u128, by: UserId, minutes: i64, mark: u128) -> Stored {
    let event = SessionEvent::ConflictAccepted(ConflictAccepted {
        session: session(),
        student_id: student(1),
        mark_id: command_id(mark),
        by_office: by == office(),
    });
    recorded(command, by, minutes, event)
}

/// Amina's mark, which lost to Brian's, and what came after.
fn after(more: impl IntoIterator<Item = Stored>) -> Register {
    let mut events = vec![
        mark(1, amina(), Status::Present),
        mark(2, brian(), Status::Absent),
    ];
    events.extend(more);
    fold_register(&events).unwrap()
}

fn state(register: &Register) -> ConflictState {
    assert_eq!(register.conflicts.len(), 1, "{:?}", register.conflicts);
    register.conflicts[0].state
}

fn effect(register: &Register, command: u128) -> Effect {
    register.effects[&command_id(command)]
}

#[test]
fn who_made_the_mark_insists_on_it_and_says_why() {
    let register = after([contest(3, amina(), 10, 1)]);
    assert_eq!(state(&register), ConflictState::Contested);
    assert_eq!(effect(&register, 3), Effect::Contested);
    let expected = Statement {
        by: amina(),
        occurred_at: minute(10),
        reason: Some(sealed("I saw her")),
    };
    assert_eq!(register.conflicts[0].statement, Some(expected));
}

#[test]
fn who_made_the_mark_lets_it_go() {
    let register = after([accept(3, amina(), 10, 1)]);
    assert_eq!(state(&register), ConflictState::Settled);
    assert_eq!(effect(&register, 3), Effect::Settled);
}

#[test]
fn the_office_speaks_about_anybodys_mark() {
    let contested = after([contest(3, office(), 10, 1)]);
    assert_eq!(state(&contested), ConflictState::Contested);
    let accepted = after([accept(3, office(), 10, 1)]);
    assert_eq!(state(&accepted), ConflictState::Settled);
}

#[test]
fn a_teachers_word_about_somebody_elses_mark_does_not_count() {
    let register = after([accept(3, brian(), 10, 1), contest(4, brian(), 11, 1)]);
    assert_eq!(state(&register), ConflictState::Open);
    assert_eq!(effect(&register, 3), Effect::Superseded);
    assert_eq!(effect(&register, 4), Effect::Superseded);
}

#[test]
fn the_last_word_decides() {
    let register = after([
        accept(3, amina(), 10, 1),
        contest(4, amina(), 11, 1),
        accept(5, office(), 12, 1),
        contest(6, brian(), 13, 1),
    ]);
    assert_eq!(state(&register), ConflictState::Settled);
    assert_eq!(effect(&register, 3), Effect::Superseded);
    assert_eq!(effect(&register, 4), Effect::Superseded);
    assert_eq!(effect(&register, 5), Effect::Settled);
}

#[test]
fn a_correction_settles_what_was_contested_and_can_be_contested_itself() {
    let register = after([contest(3, amina(), 10, 1), correct(4, 20)]);
    assert_eq!(state(&register), ConflictState::Settled);
    assert_eq!(effect(&register, 3), Effect::Superseded);
    assert_eq!(register.conflicts[0].statement, None);
    let register = after([correct(4, 20), contest(5, amina(), 30, 1)]);
    assert_eq!(state(&register), ConflictState::Contested);
    assert_eq!(effect(&register, 5), Effect::Contested);
}

#[test]
fn a_word_about_a_mark_that_did_not_lose_changes_nothing() {
    let register = after([contest(3, brian(), 10, 2), accept(4, office(), 11, 99)]);
    assert_eq!(state(&register), ConflictState::Open);
    assert_eq!(effect(&register, 3), Effect::Superseded);
    assert_eq!(effect(&register, 4), Effect::Superseded);
}

#[test]
fn a_word_that_names_another_student_than_the_mark_changes_nothing() {
    let event = SessionEvent::ConflictAccepted(ConflictAccepted {
        session: session(),
        student_id: student(2),
        mark_id: command_id(1),
        by_office: true,
    });
    let register = after([recorded(3, office(), 10, event)]);
    assert_eq!(state(&register), ConflictState::Open);
    assert_eq!(effect(&register, 3), Effect::Superseded);
}
