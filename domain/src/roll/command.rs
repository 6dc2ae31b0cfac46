//! What can be asked of a class's roll.

use chrono::NaiveDate;

use crate::values::{ClassId, Slot, StudentId, UserId};

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
    /// See [`AssignCover`].
    AssignCover(AssignCover),
    /// See [`EndCover`].
    EndCover(EndCover),
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
            Self::AssignCover(command) => command.class_id,
            Self::EndCover(command) => command.class_id,
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

/// Let somebody take a class for a while, with every right of its teachers on those days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignCover {
    /// The class.
    pub class_id: ClassId,
    /// Who covers it.
    pub teacher_id: UserId,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which they no longer do.
    pub until: NaiveDate,
    /// The parts of the day; none for every register of the day.
    pub slots: Option<Vec<Slot>>,
}

/// Let somebody cover the class no longer, whatever parts of the day it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndCover {
    /// The class.
    pub class_id: ClassId,
    /// Who covers it.
    pub teacher_id: UserId,
    /// The first day on which they no longer do.
    pub until: NaiveDate,
}
