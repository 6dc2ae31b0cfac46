//! Who belongs to a class, and from when until when.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then [`periods`]. What this aggregate promises:
//!
//! 1. Whether a command is accepted never depends on what happened to the roll before.
//! 2. The roll is a function of the set of its events: no order of arrival, repetition or batching changes it.
//! 3. What happens to one person on it depends on nobody else.
//! 4. Periods of one person in one class never overlap, and every one of them has at least a day.
//! 5. Covering a class and teaching it are kept apart: what says who teaches it changes no cover.

mod aggregate;
pub mod command;
mod covers;
mod decide;
pub mod event;
mod fold;
#[cfg(test)]
mod golden;
pub mod periods;

pub use aggregate::{AGGREGATE_TYPE, ClassRoll};
pub use command::RollCommand;
pub use covers::Covers;
pub use decide::decide;
pub use event::{Person, RollEvent};
pub use fold::{Roll, fold_periods, fold_roll, roll_effects};
pub use periods::{Period, joined};
