//! Whether the student or teacher a command names is one of the school's, and on the class's roster.

use crate::context::{Context, StudentFacts};
use crate::refusal::Refusal;

/// A student of the school.
pub(crate) fn known_student(context: &Context) -> Result<StudentFacts, Refusal> {
    context.student.ok_or(Refusal::UnknownStudent)
}

/// A student enrolled in the class on the session's date.
pub(crate) fn enrolled_student(context: &Context) -> Result<(), Refusal> {
    if known_student(context)?.on_roster {
        Ok(())
    } else {
        Err(Refusal::NotEnrolled)
    }
}

/// A member of the school's staff.
pub(crate) fn known_teacher(context: &Context) -> Result<(), Refusal> {
    if context.teacher_known {
        Ok(())
    } else {
        Err(Refusal::invalid_field(
            "/teacher_id",
            "The school has no such member of staff.",
        ))
    }
}
