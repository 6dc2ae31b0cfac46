//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{
    ExceptionAmended, ExceptionApproved, ExceptionEvent, ExceptionRecorded, ExceptionRejected,
    ExceptionRevoked,
};
use crate::samples::{assert_golden, day, exception, sealed, slot, student};
use crate::values::Category;

#[test]
fn exception_recorded_is_stored_as_agreed() {
    let short = ExceptionRecorded {
        exception_id: exception(),
        student_id: student(1),
        category: Category::Medical,
        start_date: day("2026-11-23"),
        end_date: day("2026-11-25"),
        slots: None,
        reason: sealed("flu"),
        approved: true,
    };
    let full = ExceptionRecorded {
        slots: Some(vec![slot("am"), slot("p1")]),
        approved: false,
        ..short.clone()
    };
    assert_golden!(ExceptionEvent::ExceptionRecorded(short), "short");
    assert_golden!(ExceptionEvent::ExceptionRecorded(full), "full");
}

#[test]
fn exception_amended_is_stored_as_agreed() {
    let short = ExceptionAmended {
        exception_id: exception(),
        category: None,
        start_date: None,
        end_date: None,
        slots: Some(None),
        reason: None,
        by_office: false,
    };
    let full = ExceptionAmended {
        category: Some(Category::Family),
        start_date: Some(day("2026-11-24")),
        end_date: Some(day("2026-11-26")),
        slots: Some(Some(vec![slot("pm")])),
        reason: Some(sealed("wedding")),
        by_office: true,
        ..short.clone()
    };
    let slots_unchanged = ExceptionAmended {
        category: Some(Category::Other),
        slots: None,
        ..short.clone()
    };
    assert_golden!(ExceptionEvent::ExceptionAmended(short), "whole_day");
    assert_golden!(ExceptionEvent::ExceptionAmended(full), "full");
    assert_golden!(ExceptionEvent::ExceptionAmended(slots_unchanged), "short");
}

#[test]
fn exception_approved_is_stored_as_agreed() {
    assert_golden!(
        ExceptionEvent::ExceptionApproved(ExceptionApproved {
            exception_id: exception(),
        }),
        "full"
    );
}

#[test]
fn exception_rejected_is_stored_as_agreed() {
    assert_golden!(
        ExceptionEvent::ExceptionRejected(ExceptionRejected {
            exception_id: exception(),
            reason: sealed("no letter"),
        }),
        "full"
    );
}

#[test]
fn exception_revoked_is_stored_as_agreed() {
    assert_golden!(
        ExceptionEvent::ExceptionRevoked(ExceptionRevoked {
            exception_id: exception(),
            reason: sealed("came back"),
        }),
        "full"
    );
}
