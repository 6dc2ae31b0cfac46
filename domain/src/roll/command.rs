//! What can be asked of a class's roll.

use chrono::NaiveDate;

use crate::values::{ClassId, StudentId, UserId};

/// Any command to a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RollCommand {
    /// See [`EnrolStudent`].
    Enrol(EnrolStudent),
    /// See [`WithdrawStudent`].
    Withdraw(WithdrawStudent),
    /// See [`CancelEnrolment`].
    Cancel(CancelEnrolment),
    /// See [`AssignTeacher`].
    Assign(AssignTeacher),
    /// See [`EndTeacher`].
    End(EndTeacher),
}

impl RollCommand {
    /// The class the command is about.
    pub const fn class_id(&self) -> ClassId {
        match self {
            Self::Enrol(command) => command.class_id,
            Self::Withdraw(command) => command.class_id,
            Self::Cancel(command) => command.class_id,
            Self::Assign(command) => command.class_id,
            Self::End(command) => command.class_id,
        }
    }
}

/// Put a student on the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolStudent {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day.
    pub from: NaiveDate,
}

/// Take a student off the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawStudent {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day on which the student is no longer on it.
    pub until: NaiveDate,
}

/// Undo an enrolment that was a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelEnrolment {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day of the enrolment that is undone.
    pub from: NaiveDate,
}

/// Give the class a teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignTeacher {
    /// The class.
    pub class_id: ClassId,
    /// The teacher.
    pub teacher_id: UserId,
    /// The first day.
    pub from: NaiveDate,
}

/// Let a teacher teach the class no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndTeacher {
    /// The class.
    pub class_id: ClassId,
    /// The teacher.
    pub teacher_id: UserId,
    /// The first day on which the teacher no longer does.
    pub until: NaiveDate,
}
