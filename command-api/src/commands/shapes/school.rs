//! Commands to the school's policy and calendar, as sent. Each is a whole document.

use chrono::NaiveDate;
use domain::{
    Calendar, CalendarCommand, ClassId, ClockTime, ClosedDays, Counting, ExpectedOfClass,
    ExpectedRegisters, PlannedSlot, Policy, PolicyCommand, Slot, StatusCounts, Title, Weekday,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::value;

/// Let the school count like this from a day on, as a new version of its policy.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = SetPolicy)]
pub(crate) struct SetPolicy {
    /// The first day on which it can be in force. On any date the highest version holds whose first day is not after it: one
    /// that is valid from today changes no day before; one that is valid from an earlier day puts a mistake right.
    #[serde(deserialize_with = "value::date")]
    #[schema(example = "2026-11-24")]
    pub(crate) valid_from: NaiveDate,
    /// What each effective status adds to a rate of attendance.
    pub(crate) counts: Counts,
    /// Chronically absent is whoever missed at least this share of the enrolled days, in percent.
    #[schema(minimum = 1, maximum = 100, example = 10)]
    pub(crate) chronic_percent: u32,
    /// Of how many enrolled days at least.
    #[schema(maximum = 366, example = 10)]
    pub(crate) chronic_min_days: u32,
    /// For how many days after its date a teacher may mark a register.
    #[schema(maximum = 366, example = 14)]
    pub(crate) edit_days: u32,
    /// For how many minutes after closing it a teacher may reopen a register; 0 is never.
    #[schema(maximum = 1440, example = 30)]
    pub(crate) reopen_minutes: u32,
}

/// What each effective status counts as: `present`, `absent`, or `outside` of the rate. Who is not marked never counts.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[schema(as = PolicyCounts)]
pub(crate) struct Counts {
    /// Of who was in the room.
    #[schema(value_type = String, pattern = "^(present|absent|outside)$", example = "present")]
    pub(crate) present: Counting,
    /// Of who came after the start.
    #[schema(value_type = String, pattern = "^(present|absent|outside)$", example = "present")]
    pub(crate) late: Counting,
    /// Of who was not in the room.
    #[schema(value_type = String, pattern = "^(present|absent|outside)$", example = "absent")]
    pub(crate) absent: Counting,
    /// Of who was away with leave.
    #[schema(value_type = String, pattern = "^(present|absent|outside)$", example = "outside")]
    pub(crate) excused: Counting,
}

impl SetPolicy {
    pub(super) fn sealed(&self) -> PolicyCommand {
        let Counts {
            present,
            late,
            absent,
            excused,
        } = self.counts;
        PolicyCommand::Set(domain::SetPolicy {
            policy: Policy {
                valid_from: self.valid_from,
                counts: StatusCounts {
                    present,
                    late,
                    absent,
                    excused,
                },
                chronic_percent: self.chronic_percent,
                chronic_min_days: self.chronic_min_days,
                edit_days: self.edit_days,
                reopen_minutes: self.reopen_minutes,
            },
        })
    }
}

/// Let the school take these registers on these days from a day on, as a new version of its calendar.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = SetCalendar)]
pub(crate) struct SetCalendar {
    /// The first day on which it can be in force, as in a policy.
    #[serde(deserialize_with = "value::date")]
    #[schema(example = "2026-11-24")]
    pub(crate) valid_from: NaiveDate,
    /// The days of the week on which there is school: Monday is 1, Sunday 7.
    #[schema(value_type = Vec<u8>, min_items = 1, max_items = 7, example = json!([1, 2, 3, 4, 5]))]
    pub(crate) school_days: Vec<Weekday>,
    /// Days on which there is none all the same.
    #[schema(max_items = 400)]
    pub(crate) closed_days: Vec<ClosedSpan>,
    /// The registers that are expected on a school day.
    pub(crate) expected: Expected,
    /// The parts of the school day, in its order. They hold at once and on every day, whatever `valid_from` says.
    #[schema(max_items = 32)]
    pub(crate) slots: Vec<SlotPlan>,
    /// The zone whose clock the school goes by, as the IANA names it. It holds at once and on every day.
    #[serde(deserialize_with = "value::time_zone")]
    #[schema(example = "Africa/Nairobi")]
    pub(crate) time_zone: String,
}

/// Days in a row without school: holidays, a storm.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = ClosedDays)]
pub(crate) struct ClosedSpan {
    /// The first one.
    #[serde(deserialize_with = "value::date")]
    #[schema(example = "2026-12-24")]
    pub(crate) from: NaiveDate,
    /// The last one.
    #[serde(deserialize_with = "value::date")]
    #[schema(example = "2027-01-01")]
    pub(crate) to: NaiveDate,
    /// What they are.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Christmas")]
    pub(crate) title: Title,
}

/// The registers that are expected of a class on a school day, by slot. Null is the register without one; an empty list
/// expects none.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = ExpectedRegisters)]
pub(crate) struct Expected {
    /// Of every class that is not among `classes`.
    #[schema(value_type = Vec<Option<String>>, max_items = 33, example = json!(["am", "pm"]))]
    pub(crate) default: Vec<Option<Slot>>,
    /// Of classes that differ.
    #[schema(max_items = 1000)]
    pub(crate) classes: Vec<ExpectedOf>,
}

/// The registers that are expected of one class on a school day.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = ExpectedOfClass)]
pub(crate) struct ExpectedOf {
    /// The class.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) class_id: ClassId,
    /// By slot; null is the register without one.
    #[schema(value_type = Vec<Option<String>>, max_items = 33, example = json!([null]))]
    pub(crate) slots: Vec<Option<Slot>>,
}

/// A part of the school day.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[schema(as = PlannedSlot)]
pub(crate) struct SlotPlan {
    /// Its short name.
    #[schema(value_type = String, pattern = "^[a-z0-9_-]{1,32}$", example = "am")]
    pub(crate) id: Slot,
    /// What it is called.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Morning")]
    pub(crate) title: Title,
    /// When it begins.
    #[schema(value_type = Option<String>, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "08:00")]
    pub(crate) start: Option<ClockTime>,
    /// When it ends.
    #[schema(value_type = Option<String>, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "12:30")]
    pub(crate) end: Option<ClockTime>,
}

impl SetCalendar {
    pub(super) fn sealed(&self) -> CalendarCommand {
        CalendarCommand::Set(domain::SetCalendar {
            calendar: Calendar {
                valid_from: self.valid_from,
                school_days: self.school_days.clone(),
                closed_days: self.closed_days.iter().map(ClosedSpan::meant).collect(),
                expected: ExpectedRegisters {
                    default: self.expected.default.clone(),
                    classes: self
                        .expected
                        .classes
                        .iter()
                        .map(ExpectedOf::meant)
                        .collect(),
                },
                slots: self.slots.iter().map(SlotPlan::meant).collect(),
                time_zone: self.time_zone.clone(),
            },
        })
    }
}

impl ClosedSpan {
    fn meant(&self) -> ClosedDays {
        ClosedDays {
            from: self.from,
            to: self.to,
            title: self.title.clone(),
        }
    }
}

impl ExpectedOf {
    fn meant(&self) -> ExpectedOfClass {
        ExpectedOfClass {
            class_id: self.class_id,
            slots: self.slots.clone(),
        }
    }
}

impl SlotPlan {
    fn meant(&self) -> PlannedSlot {
        PlannedSlot {
            id: self.id.clone(),
            title: self.title.clone(),
            start: self.start,
            end: self.end,
        }
    }
}
