//! The events of each aggregate as events of the store.

use domain::{Event, ExceptionEvent, Recorded, RollEvent, SessionEvent};

/// What the events of an aggregate must be to be stored here: an event of one kind, with its header.
pub trait RecordedEvent: Sized {
    /// As any event.
    fn into_any(self) -> Recorded<Event>;

    /// Back from any event; none if it is of another kind of aggregate.
    fn from_any(recorded: Recorded<Event>) -> Option<Self>;
}

impl RecordedEvent for Recorded<SessionEvent> {
    fn into_any(self) -> Recorded<Event> {
        self.map(Event::Session)
    }

    fn from_any(recorded: Recorded<Event>) -> Option<Self> {
        transpose(recorded.map(|event| match event {
            Event::Session(event) => Some(event),
            Event::Exception(_) | Event::Roll(_) => None,
        }))
    }
}

impl RecordedEvent for Recorded<ExceptionEvent> {
    fn into_any(self) -> Recorded<Event> {
        self.map(Event::Exception)
    }

    fn from_any(recorded: Recorded<Event>) -> Option<Self> {
        transpose(recorded.map(|event| match event {
            Event::Exception(event) => Some(event),
            Event::Session(_) | Event::Roll(_) => None,
        }))
    }
}

impl RecordedEvent for Recorded<RollEvent> {
    fn into_any(self) -> Recorded<Event> {
        self.map(Event::Roll)
    }

    fn from_any(recorded: Recorded<Event>) -> Option<Self> {
        transpose(recorded.map(|event| match event {
            Event::Roll(event) => Some(event),
            Event::Session(_) | Event::Exception(_) => None,
        }))
    }
}

fn transpose<E>(recorded: Recorded<Option<E>>) -> Option<Recorded<E>> {
    let Recorded {
        command_id,
        actor_id,
        device_id,
        occurred_at,
        recorded_at,
        event,
    } = recorded;
    event.map(|event| Recorded {
        command_id,
        actor_id,
        device_id,
        occurred_at,
        recorded_at,
        event,
    })
}
