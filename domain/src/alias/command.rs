//! What can be asked about doubles.

use crate::values::{SealedText, StudentId};

/// Any command about a double.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AliasCommand {
    /// See [`MergeStudents`].
    Merge(MergeStudents),
    /// See [`UndoMerge`].
    Undo(UndoMerge),
}

impl AliasCommand {
    /// The double.
    pub const fn student_id(&self) -> StudentId {
        match self {
            Self::Merge(command) => command.student_id,
            Self::Undo(command) => command.student_id,
        }
    }

    /// The other student, if the command names one.
    pub const fn into(&self) -> Option<StudentId> {
        match self {
            Self::Merge(command) => Some(command.into),
            Self::Undo(_) => None,
        }
    }
}

/// Say that two students are one and the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeStudents {
    /// The double.
    pub student_id: StudentId,
    /// Under whom it counts from now on.
    pub into: StudentId,
    /// Why.
    pub reason: Option<SealedText>,
}

/// Say that a student is nobody's double.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoMerge {
    /// The student who was taken for a double.
    pub student_id: StudentId,
    /// Why.
    pub reason: Option<SealedText>,
}
