//! Commands to an exception, as sent.

use chrono::NaiveDate;
use domain::{Category, ExceptionCommand, ExceptionId, Slot, StudentId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FreeText, Seal, Sealed, value};

/// Say that a student is excused for a while. A teacher's is pending until the office approves it.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RecordException {
    /// The exception, made by the client.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) exception_id: ExceptionId,
    /// The student.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// `medical`, `family`, `excused`, `suspension` or `other`.
    #[schema(value_type = String, pattern = "^(medical|family|excused|suspension|other)$", example = "medical")]
    pub(crate) category: Category,
    /// The first day.
    #[serde(deserialize_with = "value::date")]
    pub(crate) start_date: NaiveDate,
    /// The last day.
    #[serde(deserialize_with = "value::date")]
    pub(crate) end_date: NaiveDate,
    /// The parts of each day; none is the whole day.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) slots: Option<Vec<Slot>>,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Change what an exception says; a missing field stays as it is.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AmendException {
    /// The exception.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) exception_id: ExceptionId,
    /// `medical`, `family`, `excused`, `suspension` or `other`.
    #[schema(value_type = Option<String>, pattern = "^(medical|family|excused|suspension|other)$")]
    pub(crate) category: Option<Category>,
    /// The first day.
    #[serde(default, deserialize_with = "value::optional_date")]
    pub(crate) start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default, deserialize_with = "value::optional_date")]
    pub(crate) end_date: Option<NaiveDate>,
    /// The parts of each day; null is the whole day.
    #[serde(
        default,
        deserialize_with = "value::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) slots: Option<Option<Vec<Slot>>>,
    /// Why.
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Let the exception count.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct ApproveException {
    /// The exception.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) exception_id: ExceptionId,
}

/// Decide against the exception.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RejectException {
    /// The exception.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) exception_id: ExceptionId,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Let an approved exception count no longer.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RevokeException {
    /// The exception.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) exception_id: ExceptionId,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

impl RecordException {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<ExceptionCommand> {
        Ok(ExceptionCommand::Record(domain::RecordException {
            exception_id: self.exception_id,
            student_id: self.student_id,
            category: self.category,
            start_date: self.start_date,
            end_date: self.end_date,
            slots: self.slots.clone(),
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl AmendException {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<ExceptionCommand> {
        Ok(ExceptionCommand::Amend(domain::AmendException {
            exception_id: self.exception_id,
            category: self.category,
            start_date: self.start_date,
            end_date: self.end_date,
            slots: self.slots.clone(),
            reason: self
                .reason
                .as_ref()
                .map(|reason| seal(Some(reason)))
                .transpose()?,
        }))
    }
}

impl ApproveException {
    pub(super) fn sealed(&self) -> ExceptionCommand {
        ExceptionCommand::Approve(domain::ApproveException {
            exception_id: self.exception_id,
        })
    }
}

impl RejectException {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<ExceptionCommand> {
        Ok(ExceptionCommand::Reject(domain::RejectException {
            exception_id: self.exception_id,
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl RevokeException {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<ExceptionCommand> {
        Ok(ExceptionCommand::Revoke(domain::RevokeException {
            exception_id: self.exception_id,
            reason: seal(self.reason.as_ref())?,
        }))
    }
}
