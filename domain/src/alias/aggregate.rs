//! A double as an aggregate: its stored name, and the functions it is made of.

use super::command::AliasCommand;
use super::decide::decide;
use super::event::AliasEvent;
use crate::aggregate::{AggregateEvent, History};
use crate::context::Context;
use crate::refusal::Refusal;

/// The stored name of this kind of aggregate.
pub const AGGREGATE_TYPE: &str = "student_alias";

/// A double, as the events that happened to it, in the order in which they are folded.
pub type StudentAlias = History<AliasEvent>;

impl AggregateEvent for AliasEvent {
    const AGGREGATE_TYPE: &'static str = AGGREGATE_TYPE;
    type Command = AliasCommand;

    fn decide(command: &Self::Command, context: &Context) -> Result<Self, Refusal> {
        decide(command, context)
    }

    fn event_type(&self) -> &'static str {
        Self::event_type(self)
    }
}

#[cfg(test)]
mod tests;
