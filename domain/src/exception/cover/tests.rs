use super::*;
use crate::samples::{day, minute, office, sealed, slot, student};
use crate::values::Category;

fn exception(id: u128, start: &str, end: &str) -> Exception {
    Exception {
        exception_id: uuid::Uuid::from_u128(id).into(),
        student_id: student(1),
        category: Category::Medical,
        start_date: day(start),
        end_date: day(end),
        slots: None,
        reason: sealed("flu"),
        state: ExceptionState::Approved,
        recorded_by: office(),
        recorded_occurred_at: minute(0),
        recorded_at: minute(0),
        decided_by: Some(office()),
        decided_at: Some(minute(0)),
        decision_reason: None,
    }
}

fn of_slots(slots: &[&str]) -> Exception {
    Exception {
        slots: Some(slots.iter().map(|name| slot(name)).collect()),
        ..exception(1, "2026-11-24", "2026-11-24")
    }
}

#[test]
fn only_a_covered_absence_is_excused() {
    for status in EntryStatus::ALL.iter().copied() {
        let expected = if status == EntryStatus::Absent {
            EntryStatus::Excused
        } else {
            status
        };
        assert_eq!(effective_status(status, true), expected);
        assert_eq!(effective_status(status, false), status);
    }
}

#[test]
fn an_exception_covers_its_first_and_last_day_and_no_other() {
    let exception = exception(1, "2026-11-23", "2026-11-25");
    let covers = |date| exception.covers(day(date), None);
    assert!(!covers("2026-11-22"));
    assert!(covers("2026-11-23"));
    assert!(covers("2026-11-25"));
    assert!(!covers("2026-11-26"));
}

#[test]
fn an_exception_of_the_whole_day_covers_every_slot_and_none() {
    let exception = exception(1, "2026-11-24", "2026-11-24");
    assert!(exception.covers(day("2026-11-24"), None));
    assert!(exception.covers(day("2026-11-24"), Some(&slot("pm"))));
}

#[test]
fn an_exception_of_slots_covers_only_those_and_never_the_whole_day() {
    let exception = of_slots(&["am", "p1"]);
    assert!(exception.covers(day("2026-11-24"), Some(&slot("p1"))));
    assert!(!exception.covers(day("2026-11-24"), Some(&slot("pm"))));
    assert!(!exception.covers(day("2026-11-24"), None));
}

#[test]
fn only_an_approved_exception_covers() {
    for state in ExceptionState::ALL.iter().copied() {
        let exception = Exception {
            state,
            ..exception(1, "2026-11-24", "2026-11-24")
        };
        let covers = exception.covers(day("2026-11-24"), None);
        assert_eq!(covers, state == ExceptionState::Approved);
    }
}

#[test]
fn of_several_the_one_that_starts_first_is_shown_and_then_the_smallest_id() {
    let later = exception(1, "2026-11-24", "2026-11-24");
    let greater = exception(3, "2026-11-20", "2026-11-30");
    let smaller = exception(2, "2026-11-20", "2026-11-24");
    let shown = |exceptions: &[Exception]| covering_exception(day("2026-11-24"), None, exceptions);
    let all = [later.clone(), greater.clone(), smaller.clone()];
    assert_eq!(shown(&all), Some(smaller.exception_id));
    assert_eq!(
        shown(&[later.clone(), greater.clone()]),
        Some(greater.exception_id)
    );
    assert_eq!(
        shown(std::slice::from_ref(&later)),
        Some(later.exception_id)
    );
    assert_eq!(shown(&[]), None);
}
