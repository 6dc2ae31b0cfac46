//! Reports: sums and lists of what needs attention, as JSON or CSV.

mod class_summary;
mod conflicts;
mod find_conflicts;

pub(crate) use class_summary::*;
pub(crate) use conflicts::*;
