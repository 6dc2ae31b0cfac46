use super::*;
use crate::samples::{amina, brian, minute, office, recorded, sealed, session, student};
use crate::session::event::{
    AttendanceCorrected, AttendanceMarked, SessionClosed, SessionOpened, SessionVoided,
};
use crate::values::{EntryStatus, Status};

type Stored = Recorded<SessionEvent>;

fn mark(command: u128, who: u128, minutes: i64, status: Status) -> Stored {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(who),
        status,
        minutes_late: None,
        remarks: None,
    });
    recorded(command, amina(), minutes, event)
}

fn close(command: u128, by: UserId, minutes: i64) -> Stored {
    let event = SessionEvent::SessionClosed(SessionClosed { session: session() });
    recorded(command, by, minutes, event)
}

fn statuses(step: &HistoryStep) -> Vec<(StudentId, Option<EntryStatus>, Option<EntryStatus>)> {
    let status = |entry: &Option<Entry>| entry.as_ref().map(|entry| entry.status);
    let changes = step.students.iter();
    changes
        .map(|change| {
            (
                change.student_id,
                status(&change.before),
                status(&change.after),
            )
        })
        .collect()
}

#[test]
fn no_events_have_no_history() {
    assert_eq!(register_history::<SessionEvent>(&[]), []);
}

#[test]
fn a_close_that_arrives_late_takes_the_marks_after_it_back() {
    let opened = SessionEvent::SessionOpened(SessionOpened { session: session() });
    let history = register_history(&[
        recorded(1, amina(), 0, opened),
        mark(2, 1, 1, Status::Absent),
        mark(3, 1, 5, Status::Present),
        mark(4, 2, 6, Status::Present),
        close(5, brian(), 3),
    ]);
    let before = history[0].register.as_ref().unwrap().before;
    assert_eq!(before, None, "the first event makes the register");
    assert_eq!(
        statuses(&history[2]),
        [(
            student(1),
            Some(EntryStatus::Absent),
            Some(EntryStatus::Present)
        )]
    );
    assert_eq!(history[2].effect_on_arrival, Effect::Current);
    assert_eq!(history[2].effect_now, Effect::AfterClose);
    assert_eq!(history[2].changed_by, Some(history[4].command_id));
    let after = history[4].register.as_ref().unwrap().after;
    assert_eq!(
        (after.status, after.closed_at, after.closed_by),
        (SessionStatus::Closed, Some(minute(3)), Some(brian()))
    );
    assert_eq!(
        statuses(&history[4]),
        [
            (
                student(1),
                Some(EntryStatus::Present),
                Some(EntryStatus::Absent)
            ),
            (student(2), Some(EntryStatus::Present), None),
        ]
    );
}

#[test]
fn a_mark_that_never_counted_changed_nothing() {
    let history = register_history(&[
        mark(1, 1, 1, Status::Present),
        close(2, amina(), 2),
        mark(3, 1, 3, Status::Absent),
    ]);
    assert_eq!(history[2].effect_on_arrival, Effect::AfterClose);
    assert_eq!(
        (&history[2].register, statuses(&history[2])),
        (&None, vec![])
    );
}

#[test]
fn a_correction_says_what_it_corrected() {
    let corrected = SessionEvent::AttendanceCorrected(AttendanceCorrected {
        session: session(),
        student_id: student(1),
        status: EntryStatus::Late,
        minutes_late: None,
        remarks: None,
        reason: sealed("seen at the gate"),
    });
    let history = register_history(&[
        mark(1, 1, 1, Status::Absent),
        recorded(2, office(), 9, corrected),
    ]);
    assert_eq!(
        statuses(&history[1]),
        [(
            student(1),
            Some(EntryStatus::Absent),
            Some(EntryStatus::Late)
        )]
    );
    assert_eq!(history[0].effect_now, Effect::Superseded);
}

#[test]
fn to_void_a_register_changes_it_and_no_student() {
    let voided = SessionEvent::SessionVoided(SessionVoided {
        session: session(),
        reason: sealed("sports day"),
    });
    let history = register_history(&[
        mark(1, 1, 1, Status::Absent),
        recorded(2, office(), 9, voided),
    ]);
    let change = history[1].register.as_ref().unwrap();
    assert!(!change.before.unwrap().void && change.after.void);
    assert_eq!(statuses(&history[1]), []);
}
