//! The registers that a batch touches.

use domain::{Event, Register, SessionId, fold_register};
use event_store::{Position, StreamId};

use crate::stream::LoadedStream;

/// A register as its events make it.
pub(super) struct TouchedRegister {
    pub(super) session_id: SessionId,
    pub(super) register: Register,
    /// Position of its last event in the batch.
    pub(super) newest: Position,
}

pub(super) fn fold(streams: &[LoadedStream]) -> Vec<TouchedRegister> {
    streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::ATTENDANCE_SESSION)
        .filter_map(|stream| {
            Some(TouchedRegister {
                session_id: stream.id.aggregate_id.into(),
                register: fold_register(&stream.events_of(Event::as_session))?,
                newest: stream.newest,
            })
        })
        .collect()
}
