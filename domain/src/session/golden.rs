//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{
    ArrivalRecorded, AttendanceCorrected, AttendanceMarked, ConflictAccepted, MarkCleared,
    MarkContested, SessionClosed, SessionEvent, SessionOpened, SessionReopened, SessionRestored,
    SessionVoided,
};
use crate::samples::{assert_golden, command_id, minute, sealed, session, slot, student};
use crate::values::{EntryStatus, MinutesLate, SessionKey, Status};

#[test]
fn session_opened_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::SessionOpened(SessionOpened { session: session() }),
        "short"
    );
    let session = SessionKey {
        subject_id: Some(uuid::Uuid::from_u128(0x5b).into()),
        slot: Some(slot("p1")),
        ..session()
    };
    assert_golden!(
        SessionEvent::SessionOpened(SessionOpened { session }),
        "full"
    );
}

#[test]
fn session_closed_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::SessionClosed(SessionClosed { session: session() }),
        "full"
    );
}

#[test]
fn attendance_marked_is_stored_as_agreed() {
    let short = AttendanceMarked {
        session: session(),
        student_id: student(1),
        status: Status::Present,
        minutes_late: None,
        remarks: None,
    };
    let full = AttendanceMarked {
        status: Status::Late,
        minutes_late: MinutesLate::new(7).ok(),
        remarks: Some(sealed("bus")),
        ..short.clone()
    };
    assert_golden!(SessionEvent::AttendanceMarked(short), "short");
    assert_golden!(SessionEvent::AttendanceMarked(full), "full");
}

#[test]
fn mark_cleared_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::MarkCleared(MarkCleared {
            session: session(),
            student_id: student(1),
        }),
        "full"
    );
}

#[test]
fn attendance_corrected_is_stored_as_agreed() {
    let short = AttendanceCorrected {
        session: session(),
        student_id: student(1),
        status: EntryStatus::Unmarked,
        minutes_late: None,
        remarks: None,
        reason: sealed("wrong class"),
    };
    let full = AttendanceCorrected {
        status: EntryStatus::Late,
        minutes_late: MinutesLate::new(240).ok(),
        remarks: Some(sealed("flooded road")),
        ..short.clone()
    };
    assert_golden!(SessionEvent::AttendanceCorrected(short), "short");
    assert_golden!(SessionEvent::AttendanceCorrected(full), "full");
}

#[test]
fn session_reopened_is_stored_as_agreed() {
    let by_office = SessionReopened {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: minute(12),
        within_minutes: None,
    };
    let by_teacher = SessionReopened {
        within_minutes: Some(30),
        ..by_office.clone()
    };
    assert_golden!(SessionEvent::SessionReopened(by_office), "short");
    assert_golden!(SessionEvent::SessionReopened(by_teacher), "full");
}

#[test]
fn session_voided_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::SessionVoided(SessionVoided {
            session: session(),
            reason: sealed("sports day"),
        }),
        "full"
    );
}

#[test]
fn session_restored_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::SessionRestored(SessionRestored {
            session: session(),
            reason: sealed("rained off"),
        }),
        "full"
    );
}

#[test]
fn arrival_recorded_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::ArrivalRecorded(ArrivalRecorded {
            session: session(),
            student_id: student(1),
            minutes_late: MinutesLate::new(25).unwrap(),
            reason: sealed("bus"),
        }),
        "full"
    );
}

#[test]
fn mark_contested_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::MarkContested(MarkContested {
            session: session(),
            student_id: student(1),
            mark_id: command_id(7),
            reason: sealed("I saw her"),
            by_office: false,
        }),
        "full"
    );
}

#[test]
fn conflict_accepted_is_stored_as_agreed() {
    assert_golden!(
        SessionEvent::ConflictAccepted(ConflictAccepted {
            session: session(),
            student_id: student(1),
            mark_id: command_id(7),
            by_office: true,
        }),
        "full"
    );
}
