//! A period that was signed off: a return that was handed in.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then the fold. What this aggregate promises:
//!
//! 1. Signing off changes no register and forbids no correction: what changes later is listed beside it.
//! 2. Of two commands under one id the first in the order stands; the other changes nothing.

mod aggregate;
pub mod command;
mod decide;
pub mod event;
mod fold;
#[cfg(test)]
mod golden;

pub use aggregate::{AGGREGATE_TYPE, PeriodSignOff};
pub use command::SignOffCommand;
pub use decide::decide;
pub use event::SignOffEvent;
pub use fold::{SignOff, fold_sign_off, sign_off_effects};
