//! Reports: sums and lists of what needs attention, as JSON or CSV.

mod class_summary;
mod conflicts;

pub(crate) use class_summary::*;
pub(crate) use conflicts::*;
