use super::*;
use crate::exception::ExceptionState;
use crate::recorded::Recorded;
use crate::samples::{amina, exception, minute, office, recorded, sealed, session, student, today};
use crate::session::event::{AttendanceMarked, SessionEvent};
use crate::session::fold_register;
use crate::values::{Category, Status};

fn mark(number: u128, status: Status) -> Recorded<SessionEvent> {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(number),
        status,
        minutes_late: None,
        remarks: None,
    });
    recorded(number, amina(), 0, event)
}

fn covering(number: u128) -> Exception {
    Exception {
        exception_id: exception(),
        student_id: student(number),
        category: Category::Medical,
        start_date: today(),
        end_date: today(),
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

fn register() -> Register {
    fold_register(&[
        mark(1, Status::Present),
        mark(2, Status::Absent),
        mark(3, Status::Late),
        mark(4, Status::Excused),
        mark(5, Status::Absent),
    ])
    .unwrap()
}

#[test]
fn students_are_counted_by_status_and_the_rest_are_unmarked() {
    let enrolled = (1..=7).map(student).collect();
    let expected = Counts {
        roster: 7,
        marked: 5,
        unmarked: 2,
        present: 1,
        absent: 2,
        late: 1,
        excused: 1,
    };
    assert_eq!(count(&register(), &enrolled, &[]), expected);
}

#[test]
fn who_has_an_entry_but_is_no_longer_enrolled_is_counted_as_well() {
    let enrolled = (1..=3).map(student).collect();
    let counts = count(&register(), &enrolled, &[]);
    assert_eq!((counts.roster, counts.marked, counts.unmarked), (5, 5, 0));
}

#[test]
fn an_exception_excuses_the_absence_of_its_own_student_only() {
    let enrolled = (1..=5).map(student).collect();
    let counts = count(&register(), &enrolled, &[covering(2), covering(1)]);
    assert_eq!((counts.present, counts.absent, counts.excused), (1, 1, 2));
}
