//! What an exception says once its events are folded.

use chrono::NaiveDate;

use crate::values::{Category, ExceptionId, Instant, SealedText, Slot, StudentId, UserId, words};

words! {
    /// Whether an exception counts.
    ExceptionState {
        /// The office has yet to decide.
        Pending = "pending",
        /// It counts.
        Approved = "approved",
        /// The office decided against it.
        Rejected = "rejected",
        /// It counted once, and does no longer.
        Revoked = "revoked",
    }
}

/// An exception as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The exception.
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
    /// Whether it counts.
    pub state: ExceptionState,
    /// Who recorded it.
    pub recorded_by: UserId,
    /// When it was recorded.
    pub recorded_occurred_at: Instant,
    /// When the record reached the store.
    pub recorded_at: Instant,
    /// Who made the decision that stands; none while it is pending.
    pub decided_by: Option<UserId>,
    /// When that was.
    pub decided_at: Option<Instant>,
    /// Why, if it was rejected or revoked.
    pub decision_reason: Option<SealedText>,
}
