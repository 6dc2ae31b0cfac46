//! On which days a school takes registers, and which.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then [`in_force`](crate::in_force()). What this aggregate promises:
//!
//! 1. A calendar is set whole, as a new version; versions are numbered in the order in which they were accepted and never
//!    change.
//! 2. Which one is in force on a date follows from the versions alone: a new one that is valid from today changes no day
//!    before.
//! 3. The list of slots and the time zone have no dates: those of the last version hold, on every day.

mod aggregate;
mod check;
pub mod command;
mod decide;
pub mod event;
#[cfg(test)]
mod golden;

pub use aggregate::{AGGREGATE_TYPE, SchoolCalendar};
pub use command::CalendarCommand;
pub use decide::decide;
pub use event::CalendarEvent;
