//! What happened to a sign-off. These shapes are stored for ever: a change of one is a new version with an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::recorded::Placed;
use crate::values::{ClassId, SealedText, SignOffId};

/// Any event of a sign-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignOffEvent {
    /// See [`PeriodSignedOff`].
    PeriodSignedOff(PeriodSignedOff),
}

impl SignOffEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::PeriodSignedOff(_) => "period_signed_off",
        }
    }

    /// The sign-off it is about.
    pub const fn sign_off_id(&self) -> SignOffId {
        match self {
            Self::PeriodSignedOff(event) => event.sign_off_id,
        }
    }
}

impl Placed for SignOffEvent {}

/// The office handed the registers of a period in as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodSignedOff {
    /// The sign-off.
    pub sign_off_id: SignOffId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The class; none is the whole school.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_id: Option<ClassId>,
    /// What the office noted about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<SealedText>,
}
