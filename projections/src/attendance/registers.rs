//! The registers that a batch touches.

use domain::{
    Effect, Event, Instant, Recorded, Register, SessionEvent, SessionId, UserId, fold_register,
};
use event_store::{Position, StreamId};

use crate::stream::LoadedStream;

/// A register as its events make it.
pub(super) struct TouchedRegister {
    pub(super) session_id: SessionId,
    pub(super) register: Register,
    pub(super) arrivals: Arrivals,
    /// Position of its last event in the batch.
    pub(super) newest: Position,
}

pub(super) fn fold(streams: &[LoadedStream]) -> Vec<TouchedRegister> {
    streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::ATTENDANCE_SESSION)
        .filter_map(|stream| {
            let events = stream.events_of(Event::as_session);
            let register = fold_register(&events)?;
            Some(TouchedRegister {
                session_id: stream.id.aggregate_id.into(),
                arrivals: Arrivals::of(&events, &register)?,
                register,
                newest: stream.newest,
            })
        })
        .collect()
}

/// When the events of a register reached the store: whoever signed it off before that did not see them.
pub(super) struct Arrivals {
    /// When the last of all did.
    pub(super) last_at: Instant,
    /// The last of what opened, closed, reopened, voided or restored it, as far as that counts.
    pub(super) turn: Option<Turn>,
}

/// What opened, closed, reopened, voided or restored a register.
pub(super) struct Turn {
    pub(super) what: &'static str,
    pub(super) by: UserId,
    pub(super) arrived_at: Instant,
}

impl Arrivals {
    fn of(events: &[Recorded<&SessionEvent>], register: &Register) -> Option<Self> {
        let turns = events.iter().filter_map(|recorded| {
            let effect = register.effects.get(&recorded.command_id)?;
            is_turn(*effect).then_some((recorded, effect.as_str()))
        });
        // Of what arrived together, the last in the order of the fold.
        let turn = turns.max_by_key(|(recorded, _)| (recorded.recorded_at, recorded.place()));
        Some(Self {
            last_at: events.iter().map(|recorded| recorded.recorded_at).max()?,
            turn: turn.map(|(recorded, what)| Turn {
                what,
                by: recorded.actor_id,
                arrived_at: recorded.recorded_at,
            }),
        })
    }
}

/// What lost to something else turned nothing.
fn is_turn(effect: Effect) -> bool {
    use Effect::{Closed, Opened, Reopened, Restored, Voided};
    [Opened, Closed, Reopened, Voided, Restored].contains(&effect)
}
