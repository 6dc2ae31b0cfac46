//! What happened to a calendar. These shapes are stored for ever: a change of one is a new version with an upcaster.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::recorded::Placed;
use crate::values::{ClassId, ClockTime, Slot, Title, Weekday};

/// Any event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarEvent {
    /// See [`CalendarSet`].
    CalendarSet(CalendarSet),
}

impl CalendarEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::CalendarSet(_) => "calendar_set",
        }
    }
}

impl Placed for CalendarEvent {}

/// The school has a new version of its calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarSet {
    /// Its number.
    pub version: u32,
    /// What it says.
    pub calendar: Calendar,
}

/// On which days a school takes registers, and which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The first day on which it can be in force.
    pub valid_from: NaiveDate,
    /// The days of the week on which there is school.
    pub school_days: Vec<Weekday>,
    /// Days on which there is none all the same.
    pub closed_days: Vec<ClosedDays>,
    /// The registers that are expected on a school day.
    pub expected: ExpectedRegisters,
    /// The parts of the school day, in its order. They hold at once and on every day.
    pub slots: Vec<PlannedSlot>,
    /// The zone whose clock the school goes by, as the IANA names it. It holds at once and on every day.
    pub time_zone: String,
}

/// Days in a row without school: holidays, a storm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedDays {
    /// The first one.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// What they are.
    pub title: Title,
}

/// The registers that are expected on a school day. No slot is the register without one; an empty list expects none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedRegisters {
    /// Of every class that is not among `classes`.
    pub default: Vec<Option<Slot>>,
    /// Of classes that differ.
    pub classes: Vec<ExpectedOfClass>,
}

/// The registers that are expected of one class on a school day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedOfClass {
    /// The class.
    pub class_id: ClassId,
    /// No slot is the register without one; an empty list expects none.
    pub slots: Vec<Option<Slot>>,
}

/// A part of the school day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSlot {
    /// Its short name, which is part of a session's key.
    pub id: Slot,
    /// What it is called.
    pub title: Title,
    /// When it begins; none if that is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<ClockTime>,
    /// When it ends; none if that is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<ClockTime>,
}
