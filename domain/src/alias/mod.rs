//! A student whom the office found to be another one of the school's: a double, which counts under the other.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then the fold. What this aggregate promises:
//!
//! 1. Merging changes no register, exception or roll: what was written under the double's id stays there, and what arrives
//!    under it is still accepted. Reports count it under the other.
//! 2. Of all merges and undoings of one double the last in the order decides.
//! 3. Of doubles that stand in a row or a ring, which only commands that crossed each other can lead to, [`counts_under`]
//!    makes the same of the same decisions.

mod aggregate;
pub mod command;
mod decide;
pub mod event;
mod fold;
#[cfg(test)]
mod golden;

pub use aggregate::{AGGREGATE_TYPE, StudentAlias};
pub use command::AliasCommand;
pub use decide::decide;
pub use event::AliasEvent;
pub use fold::{alias_effects, counts_under, fold_alias};
