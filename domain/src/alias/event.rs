//! What happened to a double. These shapes are stored for ever: a change of one is a new version with an upcaster.

use serde::{Deserialize, Serialize};

use crate::recorded::Placed;
use crate::values::{SealedText, StudentId};

/// Any event of a double.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasEvent {
    /// See [`StudentsMerged`].
    StudentsMerged(StudentsMerged),
    /// See [`MergeUndone`].
    MergeUndone(MergeUndone),
}

impl AliasEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::StudentsMerged(_) => "students_merged",
            Self::MergeUndone(_) => "merge_undone",
        }
    }

    /// The double.
    pub const fn student_id(&self) -> StudentId {
        match self {
            Self::StudentsMerged(event) => event.student_id,
            Self::MergeUndone(event) => event.student_id,
        }
    }

    /// Under whom it counts after this event, if that is somebody else.
    pub const fn into(&self) -> Option<StudentId> {
        match self {
            Self::StudentsMerged(event) => Some(event.into),
            Self::MergeUndone(_) => None,
        }
    }
}

impl Placed for AliasEvent {}

/// Two students were found to be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudentsMerged {
    /// The double.
    pub student_id: StudentId,
    /// Under whom it counts.
    pub into: StudentId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SealedText>,
}

/// A student was found to be nobody's double.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeUndone {
    /// The student.
    pub student_id: StudentId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SealedText>,
}
