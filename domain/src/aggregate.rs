//! The adapter to cqrs-es, the same for every kind of aggregate. It chooses nothing: deciding and folding are pure
//! functions beside it.

use std::fmt::Debug;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::command::Stamped;
use crate::context::Context;
use crate::recorded::{Placed, Recorded, insert_in_order};
use crate::refusal::Refusal;
use crate::upcast;

/// The events of one kind of aggregate: what they are stored as, and how a command becomes one.
pub trait AggregateEvent:
    Placed + Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync
{
    /// The stored name of the kind of aggregate.
    const AGGREGATE_TYPE: &'static str;
    /// What can be asked of it.
    type Command: Send + Sync;

    /// Accepts a command as one event, or says why not.
    ///
    /// # Errors
    /// The first rule the command breaks.
    fn decide(command: &Self::Command, context: &Context) -> Result<Self, Refusal>;

    /// The stored name of the event.
    fn event_type(&self) -> &'static str;
}

/// An aggregate, as the events that happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History<E> {
    events: Vec<Recorded<E>>,
}

impl<E> History<E> {
    /// What happened, in the order in which it is folded.
    pub fn events(&self) -> &[Recorded<E>] {
        &self.events
    }
}

impl<E> Default for History<E> {
    fn default() -> Self {
        Self { events: Vec::new() }
    }
}

impl<E: AggregateEvent> Aggregate for History<E> {
    const TYPE: &'static str = E::AGGREGATE_TYPE;
    type Command = Stamped<E::Command>;
    type Event = Recorded<E>;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        (): &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        let event = E::decide(&command.command, &command.context)?;
        sink.write(command.record(event), self).await;
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        insert_in_order(&mut self.events, event);
    }
}

impl<E: AggregateEvent> DomainEvent for Recorded<E> {
    fn event_type(&self) -> String {
        self.event.event_type().to_owned()
    }

    fn event_version(&self) -> String {
        upcast::current_version(upcast::VERSION_STEPS, self.event.event_type()).to_owned()
    }
}
