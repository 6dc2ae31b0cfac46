//! A dated excuse of a student.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then [`standing`]. What this aggregate promises:
//!
//! 1. Whether a command is accepted never depends on what happened to the exception before.
//! 2. How it stands is a function of the set of its events: no order of arrival, repetition or batching changes it.
//! 3. Only the office lets an exception count; a teacher's change of one puts it before the office again.
//! 4. An exception stays with its student and its recorder: of several records of one id the office's first is the base,
//!    else the first; the others amend it if their sender may, and never move it to another student.
//! 5. It never changes a mark, only how an absence is counted.

mod aggregate;
pub mod command;
mod cover;
mod decide;
pub mod event;
mod fold;
#[cfg(test)]
mod golden;
pub mod standing;

pub use aggregate::{AGGREGATE_TYPE, AttendanceException};
pub use command::ExceptionCommand;
pub use cover::{covering_exception, effective_status};
pub use decide::decide;
pub use event::ExceptionEvent;
pub use fold::{exception_effects, fold_exception};
pub use standing::{Exception, ExceptionState};
