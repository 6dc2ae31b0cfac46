//! The register of a class on a date.
//!
//! Read [`command`], [`decide`](decide()), [`event`], then [`register`] and the fold. What this aggregate promises:
//!
//! 1. Whether a command is accepted never depends on what happened to the register before.
//! 2. The register is a function of the set of its events: no order of arrival, repetition or batching changes it.
//! 3. Nothing is lost: a mark that does not count is still there, and counts again if what displaced it goes away.
//! 4. Only a correction changes a corrected entry.
//! 5. A correction settles the conflicts before it and takes none of them away.
//! 6. What the person who made a mark, or the office, says last about it decides its conflict, until a correction does.

mod aggregate;
pub mod command;
mod conflicts;
mod counts;
mod decide;
pub mod event;
mod fold;
#[cfg(test)]
mod golden;
mod history;
mod marks;
pub mod register;
mod statements;

pub use aggregate::{AGGREGATE_TYPE, AttendanceSession};
pub use command::SessionCommand;
pub use counts::{Counts, count};
pub use decide::decide;
pub use event::SessionEvent;
pub use fold::fold_register;
pub use history::{HistoryStep, RegisterChange, RegisterState, StudentChange, register_history};
pub use register::{
    Conflict, ConflictKind, ConflictState, Correction, Entry, Register, SessionStatus, Side,
    Statement,
};
