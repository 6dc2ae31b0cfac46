//! How a school counts, and what it allows.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then [`in_force`](crate::in_force()). What this aggregate promises:
//!
//! 1. A policy is set whole, as a new version; versions are numbered in the order in which they were accepted and never
//!    change.
//! 2. Which one is in force on a date follows from the versions alone: a new one that is valid from today changes no day
//!    before.
//! 3. Every version says what every status counts as, so a rate can be explained by its number.

mod aggregate;
pub mod command;
mod decide;
pub mod event;
#[cfg(test)]
mod golden;

pub use aggregate::{AGGREGATE_TYPE, SchoolPolicy};
pub use command::PolicyCommand;
pub use decide::decide;
pub use event::PolicyEvent;
