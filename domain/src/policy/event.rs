//! What happened to a policy. These shapes are stored for ever: a change of one is a new version with an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::in_force::Versioned;
use crate::recorded::Placed;
use crate::values::Counting;

/// Any event of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEvent {
    /// See [`PolicySet`].
    PolicySet(PolicySet),
}

impl PolicyEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::PolicySet(_) => "policy_set",
        }
    }
}

impl Placed for PolicyEvent {}

/// The school has a new version of its policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicySet {
    /// Its number.
    pub version: u32,
    /// What it says.
    pub policy: Policy,
}

impl Versioned for &PolicySet {
    fn version(&self) -> u32 {
        self.version
    }

    fn valid_from(&self) -> NaiveDate {
        self.policy.valid_from
    }
}

/// How a school counts, and what it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The first day on which it can be in force.
    pub valid_from: NaiveDate,
    /// What each status adds to a rate of attendance.
    pub counts: StatusCounts,
    /// Chronically absent is whoever missed at least this share of the enrolled days, in percent: 1 to 100.
    pub chronic_percent: u32,
    /// Of how many enrolled days at least, 0 to 366.
    pub chronic_min_days: u32,
    /// For how many days after a session's date a teacher may mark, 0 to 366.
    pub edit_days: u32,
    /// For how many minutes after closing a register its teacher may reopen it, 0 to 1440; 0 is never.
    pub reopen_minutes: u32,
}

/// What each effective status counts as. Who is not marked never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCounts {
    /// Of who was in the room.
    pub present: Counting,
    /// Of who came after the start.
    pub late: Counting,
    /// Of who was not in the room.
    pub absent: Counting,
    /// Of who was away with leave.
    pub excused: Counting,
}
