//! The rules of taking a register.

mod command;
mod context;
mod decide;
mod effect;
mod event;
pub mod exception;
mod flag;
mod recorded;
mod refusal;
pub mod roll;
mod rules;
#[cfg(test)]
mod samples;
pub mod session;
mod upcast;
pub mod values;

pub use command::{Command, Stamped};
pub use context::{Actor, ClassFacts, Context, PolicyFacts, StudentFacts};
pub use decide::decide;
pub use effect::{Effect, effects};
pub use event::{Event, EventError};
pub use exception::command::*;
pub use exception::event::*;
pub use exception::{
    AttendanceException, Exception, ExceptionState, covering_exception, effective_status,
    exception_effects, fold_exception,
};
pub use flag::{Flag, flags};
pub use recorded::{Placed, Recorded};
pub use refusal::Refusal;
pub use roll::command::*;
pub use roll::event::*;
pub use roll::{ClassRoll, Period, Roll, fold_roll, roll_effects};
pub use session::command::*;
pub use session::event::*;
pub use session::{
    AttendanceSession, Conflict, ConflictKind, ConflictState, Correction, Counts, Entry, Register,
    SessionStatus, Side, count, fold_register,
};
pub use values::*;
