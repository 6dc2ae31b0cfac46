//! Following the chains: whether an event is the one that follows in its stream.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use uuid::Uuid;

use super::{HashedFields, event_hash};
use crate::verify::Event;
use crate::{Head, Position};

/// An event that does not fit into its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Kind of its aggregate.
    pub aggregate_type: String,
    /// Its aggregate as stored, which need not be an id if somebody changed it.
    pub aggregate_id: String,
    /// Its place in the stream.
    pub sequence: i64,
    /// Its place in the global order.
    pub position: Position,
    /// What is wrong.
    pub reason: BreakReason,
}

/// What is wrong with an event in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakReason {
    /// The events from here to the one found are missing.
    Missing {
        /// The sequence that should have come.
        expected: i64,
    },
    /// Its content, or the event before it, is not what was hashed.
    Changed,
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stream = format_args!("{}/{}", self.aggregate_type, self.aggregate_id);
        match self.reason {
            BreakReason::Missing { expected } => write!(
                formatter,
                "{stream}: event {expected} is missing, event {} follows",
                self.sequence
            ),
            BreakReason::Changed => write!(
                formatter,
                "{stream}: event {} or its predecessor is not what was recorded",
                self.sequence
            ),
        }
    }
}

/// The heads of the streams of one school, as far as they were followed.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    /// By kind of aggregate: there are few kinds and many streams.
    heads: BTreeMap<String, HashMap<Uuid, Head>>,
}

impl Chains {
    /// Goes on to an event and answers its hash, or says why it does not fit.
    pub(crate) fn follow(&mut self, event: &Event) -> Result<[u8; 32], Break> {
        let broken = |reason| Break {
            aggregate_type: event.aggregate_type.clone(),
            aggregate_id: event.aggregate_id.clone(),
            sequence: event.sequence,
            position: event.position,
            reason,
        };
        let Some(id) = canonical(&event.aggregate_id) else {
            return Err(broken(BreakReason::Changed));
        };
        let streams = self.heads.entry(event.aggregate_type.clone()).or_default();
        let head = streams.entry(id).or_default();
        let expected = head.sequence + 1;
        if event.sequence != expected {
            return Err(broken(BreakReason::Missing { expected }));
        }
        let hash = hash_of(event, id, &head.hash).filter(|hash| hash.as_slice() == event.hash);
        let Some(hash) = hash else {
            return Err(broken(BreakReason::Changed));
        };
        *head = Head {
            sequence: event.sequence,
            hash,
        };
        Ok(hash)
    }

    /// How many streams there are.
    pub(crate) fn streams(&self) -> u64 {
        let streams = self.heads.values().map(|streams| streams.len() as u64);
        streams.sum()
    }
}

/// The id, if it is written as the store writes ids: readers look streams up by the text.
fn canonical(text: &str) -> Option<Uuid> {
    let id = Uuid::parse_str(text).ok()?;
    let is_canonical = id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    is_canonical.then_some(id)
}

/// None when a time is no moment: we never hashed such a thing, so somebody changed it.
fn hash_of(event: &Event, aggregate_id: Uuid, previous: &[u8; 32]) -> Option<[u8; 32]> {
    let fields = HashedFields {
        school_id: event.school_id,
        aggregate_type: &event.aggregate_type,
        aggregate_id,
        sequence: event.sequence,
        event_type: &event.event_type,
        event_version: &event.event_version,
        command_id: event.command_id,
        actor_id: event.actor_id,
        device_id: event.device_id,
        occurred_at: event.occurred_at?,
        raw_occurred_at: event.raw_occurred_at?,
        recorded_at: event.recorded_at?,
        payload: event.payload.as_bytes(),
        metadata: event.metadata.as_bytes(),
    };
    Some(event_hash(previous, &fields))
}
