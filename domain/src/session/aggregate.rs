//! The adapter to cqrs-es. It chooses nothing: deciding and folding are pure functions beside it.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

use super::command::SessionCommand;
use super::decide::decide;
use super::event::SessionEvent;
use crate::command::Stamped;
use crate::recorded::{Recorded, insert_in_order};
use crate::refusal::Refusal;
use crate::upcast;

/// The stored name of this kind of aggregate.
pub const AGGREGATE_TYPE: &str = "attendance_session";

/// A register, as the events that happened to it, in the order in which they are folded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceSession {
    events: Vec<Recorded<SessionEvent>>,
}

impl AttendanceSession {
    /// What happened, in the order in which it is folded.
    pub fn events(&self) -> &[Recorded<SessionEvent>] {
        &self.events
    }
}

impl Aggregate for AttendanceSession {
    const TYPE: &'static str = AGGREGATE_TYPE;
    type Command = Stamped<SessionCommand>;
    type Event = Recorded<SessionEvent>;
    type Error = Refusal;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        (): &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        let event = decide(&command.command, &command.context)?;
        sink.write(command.record(event), self).await;
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        insert_in_order(&mut self.events, event);
    }
}

impl DomainEvent for Recorded<SessionEvent> {
    fn event_type(&self) -> String {
        self.event.event_type().to_owned()
    }

    fn event_version(&self) -> String {
        upcast::current_version(upcast::VERSION_STEPS, self.event.event_type()).to_owned()
    }
}

#[cfg(test)]
mod tests;
