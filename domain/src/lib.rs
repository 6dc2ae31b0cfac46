//! The rules of taking a register: which commands are accepted, and what follows from the events they become.
//!
//! Nothing here does IO, reads a clock or makes a random number. Whatever a decision needs to know arrives in its
//! [`Context`]; whatever a fold needs to know is in the events. Free text is sealed before it comes here.
//!
//! # Reading order
//!
//! [`values`], then one aggregate after the other: [`session`], [`exception`], [`roll`], [`policy`], [`calendar`],
//! [`sign_off`], [`alias`]. Each has the same files:
//! `command.rs` (what can be asked), `decide.rs` (who may, and when), `event.rs` (what is stored), the fold with the
//! shape it leads to, `golden.rs` (how events are stored, held against `snapshots/`) and `aggregate.rs` (its name for
//! cqrs-es; the adapter all of them share is the `aggregate.rs` beside this file). The rules several commands obey are in
//! `rules/`. What must hold for every set of commands is in `properties/`.
//!
//! # Three laws
//!
//! 1. [`decide()`] looks at the command and its context only. It never asks what the stream holds, and it answers with
//!    exactly one event or one [`Refusal`].
//! 2. A fold takes events in any order and puts them in the order of [`Recorded::place`] itself.
//! 3. A stored shape never changes. What was written once can be read for ever.
//!
//! # To add a command
//!
//! 1. Write a struct for it in the aggregate's `command.rs`, and a variant in the command enum. The compiler now leads
//!    to every place that has to know it.
//! 2. Write one function for it in `decide.rs`: authority, fields, roster, dates, in this order, then the event. A rule
//!    another command shares goes to `rules/`.
//! 3. Write its given / when / then tests in `decide/tests.rs`, and let the generators in `properties/` make it.
//! 4. If it needs a new fact, add it to [`Context`]; the edge looks it up in the write-side tables.
//! 5. If it can be refused for a new reason, add a variant and a slug to [`Refusal`], and the slug's page.
//!
//! # To add an event
//!
//! 1. Write a struct for it in `event.rs`, a variant in the event enum, and its name in `event_type`, in snake case and
//!    past tense. Leave out what is not known (`skip_serializing_if`); put no names of people in it.
//! 2. Say in the fold what it does, and in [`Effect`] what its sender is told.
//! 3. Add it to `golden.rs`, run the tests, read the new snapshot as if it could never be changed, and commit it.
//! 4. Say in the reference of `properties/` what it does, in other words than the fold.
//! 5. Follow the compiler through the projections.
//!
//! # To add a version of an event
//!
//! 1. Keep the old snapshot. Copy its JSON into a test that loads it through [`Event::from_stored`].
//! 2. Change the struct in `event.rs`.
//! 3. Add a `VersionStep` to the end of `VERSION_STEPS` in `upcast.rs`: event type, version before, version after, and
//!    a function that lifts the old payload. New events are written in the version the last step leads to.
//! 4. Run the tests: the test of step 1 passes, and the snapshot of the new version is there to be read and committed.

mod aggregate;
pub mod alias;
mod as_of;
pub mod calendar;
mod command;
mod context;
mod decide;
mod effect;
mod event;
pub mod exception;
mod flag;
mod in_force;
pub mod policy;
#[cfg(test)]
mod properties;
mod recorded;
mod refusal;
pub mod roll;
mod rules;
#[cfg(test)]
mod samples;
pub mod session;
pub mod sign_off;
mod upcast;
pub mod values;

pub use aggregate::{AggregateEvent, History};
pub use alias::command::*;
pub use alias::event::*;
pub use alias::{StudentAlias, alias_effects, counts_under, fold_alias};
pub use as_of::AsOf;
pub use calendar::SchoolCalendar;
pub use calendar::command::*;
pub use calendar::event::*;
pub use command::{Command, Stamped};
pub use context::{
    Actor, ClassFacts, Context, MergeFacts, NextVersions, PolicyFacts, StudentFacts,
};
pub use decide::decide;
pub use effect::{Effect, effects};
pub use event::{Event, EventError, of_one_kind};
pub use exception::command::*;
pub use exception::event::*;
pub use exception::{
    AttendanceException, Exception, ExceptionState, covering_exception, effective_status,
    exception_effects, fold_exception,
};
pub use flag::{Flag, flags};
pub use in_force::{Versioned, in_force};
pub use policy::SchoolPolicy;
pub use policy::command::*;
pub use policy::event::*;
pub use recorded::{Placed, Recorded};
pub use refusal::Refusal;
pub use roll::command::*;
pub use roll::event::*;
pub use roll::{ClassRoll, Covers, Period, Roll, fold_periods, fold_roll, joined, roll_effects};
pub use session::command::*;
pub use session::event::*;
pub use session::{
    AttendanceSession, Conflict, ConflictKind, ConflictState, Correction, Counts, Entry,
    HistoryStep, Register, RegisterChange, RegisterState, SessionStatus, Side, Statement,
    StudentChange, count, fold_register, register_history,
};
pub use sign_off::command::*;
pub use sign_off::event::*;
pub use sign_off::{PeriodSignOff, SignOff, fold_sign_off, sign_off_effects};
pub use values::*;
