//! An event with what was written down about it, and the order in which events are folded.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use crate::values::{CommandId, DeviceId, Instant, UserId};

/// An event and its header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<E> {
    /// The command that caused the event; unique in the school.
    pub command_id: CommandId,
    /// Whose command it is. Usually they sent it; if the office handed it in for them, the metadata say so.
    pub actor_id: UserId,
    /// The device it came from; none for the import.
    pub device_id: Option<DeviceId>,
    /// When it happened, by the repaired clock of the device, in milliseconds.
    pub occurred_at: Instant,
    /// When the store took it in, in microseconds.
    pub recorded_at: Instant,
    /// What happened.
    pub event: E,
}

impl<E> Recorded<E> {
    /// Keeps the header and changes the event.
    pub fn map<F>(self, change: impl FnOnce(E) -> F) -> Recorded<F> {
        Recorded {
            command_id: self.command_id,
            actor_id: self.actor_id,
            device_id: self.device_id,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            event: change(self.event),
        }
    }

    /// Copies the header and borrows the event.
    pub fn as_ref(&self) -> Recorded<&E> {
        Recorded {
            command_id: self.command_id,
            actor_id: self.actor_id,
            device_id: self.device_id,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            event: &self.event,
        }
    }
}

/// Where an event stands in the fold.
pub trait Placed {
    /// The moment the event stands at: when it happened, unless the event itself names another.
    fn stands_at(&self, occurred_at: Instant) -> Instant {
        occurred_at
    }
}

impl<E: Placed> Placed for &E {
    fn stands_at(&self, occurred_at: Instant) -> Instant {
        E::stands_at(self, occurred_at)
    }
}

impl<E: Placed> Recorded<E> {
    /// The event's place in the fold: by moment, and at the same moment by command id.
    pub fn place(&self) -> (Instant, CommandId) {
        (self.event.stands_at(self.occurred_at), self.command_id)
    }
}

/// The events in the order in which they are folded.
pub(crate) fn in_order<E: Placed, B: Borrow<E>>(events: &[Recorded<B>]) -> Vec<Recorded<&E>> {
    let mut ordered: Vec<_> = events
        .iter()
        .map(|recorded| recorded.as_ref().map(Borrow::borrow))
        .collect();
    ordered.sort_unstable_by_key(Recorded::place);
    ordered
}

/// Puts an event where it belongs among events that are in order.
pub(crate) fn insert_in_order<E: Placed>(events: &mut Vec<Recorded<E>>, event: Recorded<E>) {
    let place = event.place();
    let index = events.partition_point(|other| other.place() < place);
    events.insert(index, event);
}
