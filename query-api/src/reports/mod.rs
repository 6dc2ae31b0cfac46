//! Reports: sums and lists of what needs attention, as JSON or CSV.

mod absence_days;
mod absentees;
mod chronic_absence;
mod class_days;
mod class_report;
mod class_summary;
mod conflicts;
mod consecutive_absences;
mod day;
mod day_entries;
mod expected_registers;
mod find_conflicts;
mod late_arrivals;
mod missing_registers;
mod named_students;
mod period;
mod student_rate;
mod trend;

pub(crate) use absentees::*;
pub(crate) use chronic_absence::*;
pub(crate) use class_days::{ClassDay, class_days};
pub(crate) use class_report::*;
pub(crate) use class_summary::*;
pub(crate) use conflicts::*;
pub(crate) use consecutive_absences::*;
pub(crate) use day::*;
pub(crate) use late_arrivals::*;
pub(crate) use missing_registers::*;
pub(crate) use student_rate::*;
pub(crate) use trend::*;
