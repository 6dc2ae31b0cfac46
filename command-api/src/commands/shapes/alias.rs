//! Commands about doubles, as sent.

use domain::{AliasCommand, StudentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FreeText, Seal, Sealed, text};

/// Say that two students of the school's records are one child. Registers stay as they were marked; reports count what is
/// known of the double under the other one, until the merge is undone.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct MergeStudents {
    /// The double. Nobody may be merged into it.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// Under whom it counts from now on. Not a double itself.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) into: StudentId,
    /// Why.
    #[serde(skip_serializing_if = "text::says_nothing")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Say that a student is nobody's double: everything counts as if there had been no merge.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct UndoMerge {
    /// The student who was merged into another.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// Why.
    #[serde(skip_serializing_if = "text::says_nothing")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

impl MergeStudents {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<AliasCommand> {
        let reason = self.reason.as_ref().filter(|text| text.said().is_some());
        Ok(AliasCommand::Merge(domain::MergeStudents {
            student_id: self.student_id,
            into: self.into,
            reason: reason.map(|text| seal(Some(text))).transpose()?,
        }))
    }
}

impl UndoMerge {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<AliasCommand> {
        let reason = self.reason.as_ref().filter(|text| text.said().is_some());
        Ok(AliasCommand::Undo(domain::UndoMerge {
            student_id: self.student_id,
            reason: reason.map(|text| seal(Some(text))).transpose()?,
        }))
    }
}
