//! What happened to an exception. These shapes are stored for ever: a change of one is a new version with an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

use crate::recorded::Placed;
use crate::values::{Category, ExceptionId, SealedText, Slot, StudentId};

/// Any event of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionEvent {
    /// See [`ExceptionRecorded`].
    ExceptionRecorded(ExceptionRecorded),
    /// See [`ExceptionAmended`].
    ExceptionAmended(ExceptionAmended),
    /// See [`ExceptionApproved`].
    ExceptionApproved(ExceptionApproved),
    /// See [`ExceptionRejected`].
    ExceptionRejected(ExceptionRejected),
    /// See [`ExceptionRevoked`].
    ExceptionRevoked(ExceptionRevoked),
}

impl ExceptionEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::ExceptionRecorded(_) => "exception_recorded",
            Self::ExceptionAmended(_) => "exception_amended",
            Self::ExceptionApproved(_) => "exception_approved",
            Self::ExceptionRejected(_) => "exception_rejected",
            Self::ExceptionRevoked(_) => "exception_revoked",
        }
    }

    /// The exception the event is of.
    pub const fn exception_id(&self) -> ExceptionId {
        match self {
            Self::ExceptionRecorded(event) => event.exception_id,
            Self::ExceptionAmended(event) => event.exception_id,
            Self::ExceptionApproved(event) => event.exception_id,
            Self::ExceptionRejected(event) => event.exception_id,
            Self::ExceptionRevoked(event) => event.exception_id,
        }
    }
}

impl Placed for ExceptionEvent {}

/// Somebody said that a student is excused for a while; of several of one exception, the office's first is the base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRecorded {
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<Slot>>,
    /// Why.
    pub reason: SealedText,
    /// Whether it counts at once, because the office recorded it.
    pub approved: bool,
}

/// Somebody changed what the exception says; a missing field stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionAmended {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_date: Option<NaiveDate>,
    /// The last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_date: Option<NaiveDate>,
    /// The parts of each day; stored as null, it is the whole day.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present_even_if_null"
    )]
    pub slots: Option<Option<Vec<Slot>>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SealedText>,
    /// Whether the office did it; otherwise it counts only if the same person recorded the exception.
    pub by_office: bool,
}

/// The office let the exception count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionApproved {
    /// The exception.
    pub exception_id: ExceptionId,
}

/// The office decided against the exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRejected {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why.
    pub reason: SealedText,
}

/// The office let the exception count no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionRevoked {
    /// The exception.
    pub exception_id: ExceptionId,
    /// Why.
    pub reason: SealedText,
}

/// Tells a null from a missing field, which serde by itself reads as the same.
fn present_even_if_null<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
