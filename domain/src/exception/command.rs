//! What can be asked of an exception.

use chrono::NaiveDate;

use crate::values::{Category, ExceptionId, SealedText, Slot, StudentId};

/// Any command to an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExceptionCommand {
    /// See [`RecordException`].
    Record(RecordException),
    /// See [`AmendException`].
    Amend(AmendException),
    /// See [`ApproveException`].
    Approve(ApproveException),
    /// See [`RejectException`].
    Reject(RejectException),
    /// See [`RevokeException`].
    Revoke(RevokeException),
}

impl ExceptionCommand {
    /// The exception the command is about.
    pub const fn exception_id(&self) -> ExceptionId {
        match self {
            Self::Record(command) => command.exception_id,
            Self::Amend(command) => command.exception_id,
            Self::Approve(command) => command.exception_id,
            Self::Reject(command) => command.exception_id,
            Self::Revoke(command) => command.exception_id,
        }
    }
}

/// Say that a student is excused for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordException {
    /// The exception, made by the client.
    pub exception_id: ExceptionId,
    /// The student.
    pub student_id: StudentId,
    /// Why, in one word.
    pub category: Category,
    /// The first day.
    pub start_date: NaiveDate,
    /// The last day.
    pub end_date: NaiveDate,
    /// The parts of each day; none is the whole day.
    pub slots: Option<Vec<Slot>>,
    /// Why.
    pub reason: SealedText,
}

/// Change what an exception says; a missing field stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendException {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why, in one word.
    pub category: Option<Category>,
    /// The first day.
    pub start_date: Option<NaiveDate>,
    /// The last day.
    pub end_date: Option<NaiveDate>,
    /// The parts of each day; `Some(None)` is the whole day.
    pub slots: Option<Option<Vec<Slot>>>,
    /// Why.
    pub reason: Option<SealedText>,
}

/// Let the exception count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveException {
    /// The exception.
    pub exception_id: ExceptionId,
}

/// Decide against the exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectException {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why.
    pub reason: SealedText,
}

/// Let an approved exception count no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeException {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why.
    pub reason: SealedText,
}
