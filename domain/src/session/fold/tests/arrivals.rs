//! A late child at the desk of the office.

use super::*;
use crate::session::event::ArrivalRecorded;

fn arrive(command: u128, minutes: i64) -> Stored {
    let event = SessionEvent::ArrivalRecorded(ArrivalRecorded {
        session: session(),
        student_id: student(1),
        minutes_late: MinutesLate::new(25).unwrap(),
        reason: sealed("bus"),
    });
    recorded(command, office(), minutes, event)
}

#[test]
fn an_arrival_corrects_a_closed_register() {
    let register = fold(&[
        mark(1, 0, Status::Absent),
        close(2, amina(), 10),
        arrive(3, 25),
    ]);
    let entry = &register.entries[&student(1)];
    assert_eq!(entry.status, EntryStatus::Late);
    assert_eq!(entry.minutes_late.map(MinutesLate::get), Some(25));
    assert_eq!(entry.marked_by, office());
    let correction = entry.correction.as_ref().unwrap();
    assert_eq!(correction.original_status, EntryStatus::Absent);
    assert_eq!(correction.reason, sealed("bus"));
    assert_eq!(register.effects[&command_id(3)], Effect::Current);
    assert_eq!(register.conflicts, []);
}

#[test]
fn an_arrival_changes_nothing_while_the_teacher_is_marking() {
    let register = fold(&[
        mark(1, 0, Status::Absent),
        arrive(2, 25),
        close(3, amina(), 30),
    ]);
    assert_eq!(entry(&register), Some((EntryStatus::Absent, command_id(1))));
    assert_eq!(register.effects[&command_id(2)], Effect::Superseded);
}

#[test]
fn an_arrival_counts_once_a_close_arrives_that_stands_before_it() {
    let mut events = vec![mark(1, 0, Status::Absent), arrive(2, 25)];
    assert_eq!(
        entry(&fold(&events)),
        Some((EntryStatus::Absent, command_id(1)))
    );
    events.push(close(3, amina(), 10));
    assert_eq!(
        entry(&fold(&events)),
        Some((EntryStatus::Late, command_id(2)))
    );
}

#[test]
fn an_arrival_in_a_register_nobody_opened_opens_nothing() {
    let register = fold(&[arrive(1, 25)]);
    assert_eq!(register.opened_at, None);
    assert_eq!(register.status, SessionStatus::Open);
    assert_eq!(entry(&register), None);
}

#[test]
fn a_later_correction_stands_above_an_arrival() {
    let register = fold(&[
        close(1, amina(), 10),
        arrive(2, 25),
        correct(3, 40, EntryStatus::Present),
    ]);
    assert_eq!(
        entry(&register),
        Some((EntryStatus::Present, command_id(3)))
    );
    assert_eq!(register.effects[&command_id(2)], Effect::Superseded);
}
