//! What happened to a roll. These shapes are stored for ever: a change of one is a new version with an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::recorded::Placed;
use crate::values::{ClassId, Slot, StudentId, UserId};

/// Any event of a roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollEvent {
    /// See [`StudentEnrolled`].
    StudentEnrolled(StudentEnrolled),
    /// See [`StudentWithdrawn`].
    StudentWithdrawn(StudentWithdrawn),
    /// See [`EnrolmentCancelled`].
    EnrolmentCancelled(EnrolmentCancelled),
    /// See [`TeacherAssigned`].
    TeacherAssigned(TeacherAssigned),
    /// See [`TeacherEnded`].
    TeacherEnded(TeacherEnded),
    /// See [`CoverAssigned`].
    CoverAssigned(CoverAssigned),
    /// See [`CoverEnded`].
    CoverEnded(CoverEnded),
}

impl RollEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::StudentEnrolled(_) => "student_enrolled",
            Self::StudentWithdrawn(_) => "student_withdrawn",
            Self::EnrolmentCancelled(_) => "enrolment_cancelled",
            Self::TeacherAssigned(_) => "teacher_assigned",
            Self::TeacherEnded(_) => "teacher_ended",
            Self::CoverAssigned(_) => "cover_assigned",
            Self::CoverEnded(_) => "cover_ended",
        }
    }

    /// The class whose roll it is.
    pub const fn class_id(&self) -> ClassId {
        match self {
            Self::StudentEnrolled(event) => event.class_id,
            Self::StudentWithdrawn(event) => event.class_id,
            Self::EnrolmentCancelled(event) => event.class_id,
            Self::TeacherAssigned(event) => event.class_id,
            Self::TeacherEnded(event) => event.class_id,
            Self::CoverAssigned(event) => event.class_id,
            Self::CoverEnded(event) => event.class_id,
        }
    }

    /// Whose place on the roll it is about.
    pub const fn person(&self) -> Person {
        match self {
            Self::StudentEnrolled(event) => Person::Student(event.student_id),
            Self::StudentWithdrawn(event) => Person::Student(event.student_id),
            Self::EnrolmentCancelled(event) => Person::Student(event.student_id),
            Self::TeacherAssigned(event) => Person::Teacher(event.teacher_id),
            Self::TeacherEnded(event) => Person::Teacher(event.teacher_id),
            Self::CoverAssigned(event) => Person::Cover(event.teacher_id),
            Self::CoverEnded(event) => Person::Cover(event.teacher_id),
        }
    }
}

/// Somebody on a roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Person {
    /// Who is enrolled in the class.
    Student(StudentId),
    /// Who teaches it.
    Teacher(UserId),
    /// Who covers it.
    Cover(UserId),
}

impl Placed for RollEvent {}

/// A student came onto the roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentEnrolled {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day.
    pub from: NaiveDate,
}

/// A student left the roll.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentWithdrawn {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day on which the student is no longer on it.
    pub until: NaiveDate,
}

/// An enrolment turned out to be a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentCancelled {
    /// The class.
    pub class_id: ClassId,
    /// The student.
    pub student_id: StudentId,
    /// The first day of the enrolment that is undone.
    pub from: NaiveDate,
}

/// A teacher took the class on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeacherAssigned {
    /// The class.
    pub class_id: ClassId,
    /// The teacher.
    pub teacher_id: UserId,
    /// The first day.
    pub from: NaiveDate,
}

/// A teacher gave the class up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeacherEnded {
    /// The class.
    pub class_id: ClassId,
    /// The teacher.
    pub teacher_id: UserId,
    /// The first day on which the teacher no longer does.
    pub until: NaiveDate,
}

/// Somebody took the class for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverAssigned {
    /// The class.
    pub class_id: ClassId,
    /// Who covers it.
    pub teacher_id: UserId,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which they no longer do.
    pub until: NaiveDate,
    /// The parts of the day; none is every register of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<Slot>>,
}

/// Somebody covers the class no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverEnded {
    /// The class.
    pub class_id: ClassId,
    /// Who covered it.
    pub teacher_id: UserId,
    /// The first day on which they no longer do.
    pub until: NaiveDate,
}
