//! The roll of a class as an aggregate: its stored name, and the functions it is made of.

use super::command::RollCommand;
use super::decide::decide;
use super::event::RollEvent;
use crate::aggregate::{AggregateEvent, History};
use crate::context::Context;
use crate::refusal::Refusal;

/// The stored name of this kind of aggregate.
pub const AGGREGATE_TYPE: &str = "class_roll";

/// The roll of a class, as the events that happened to it, in the order in which they are folded.
pub type ClassRoll = History<RollEvent>;

impl AggregateEvent for RollEvent {
    const AGGREGATE_TYPE: &'static str = AGGREGATE_TYPE;
    type Command = RollCommand;

    fn decide(command: &Self::Command, context: &Context) -> Result<Self, Refusal> {
        decide(command, context)
    }

    fn event_type(&self) -> &'static str {
        Self::event_type(self)
    }
}

#[cfg(test)]
mod tests;
