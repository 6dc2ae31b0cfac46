//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{
    CoverAssigned, CoverEnded, EnrolmentCancelled, RollEvent, StudentEnrolled, StudentWithdrawn,
    TeacherAssigned, TeacherEnded,
};
use crate::samples::{amina, assert_golden, brian, class, day, slot, student};

#[test]
fn student_enrolled_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::StudentEnrolled(StudentEnrolled {
            class_id: class(),
            student_id: student(1),
            from: day("2026-09-01"),
        }),
        "full"
    );
}

#[test]
fn student_withdrawn_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::StudentWithdrawn(StudentWithdrawn {
            class_id: class(),
            student_id: student(1),
            until: day("2026-12-01"),
        }),
        "full"
    );
}

#[test]
fn enrolment_cancelled_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::EnrolmentCancelled(EnrolmentCancelled {
            class_id: class(),
            student_id: student(1),
            from: day("2026-09-01"),
        }),
        "full"
    );
}

#[test]
fn teacher_assigned_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::TeacherAssigned(TeacherAssigned {
            class_id: class(),
            teacher_id: amina(),
            from: day("2026-09-01"),
        }),
        "full"
    );
}

#[test]
fn teacher_ended_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::TeacherEnded(TeacherEnded {
            class_id: class(),
            teacher_id: amina(),
            until: day("2026-12-01"),
        }),
        "full"
    );
}

#[test]
fn cover_assigned_is_stored_as_agreed() {
    let short = CoverAssigned {
        class_id: class(),
        teacher_id: brian(),
        from: day("2026-11-24"),
        until: day("2026-11-26"),
        slots: None,
    };
    let full = CoverAssigned {
        slots: Some(vec![slot("am"), slot("p1")]),
        ..short.clone()
    };
    assert_golden!(RollEvent::CoverAssigned(short), "short");
    assert_golden!(RollEvent::CoverAssigned(full), "full");
}

#[test]
fn cover_ended_is_stored_as_agreed() {
    assert_golden!(
        RollEvent::CoverEnded(CoverEnded {
            class_id: class(),
            teacher_id: brian(),
            until: day("2026-11-25"),
        }),
        "full"
    );
}
