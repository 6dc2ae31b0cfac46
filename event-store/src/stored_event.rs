//! An event as it comes out of the store.

use domain::{Event, EventError, Flag, Instant, Recorded, SchoolId};
use uuid::Uuid;

use crate::{Position, StreamId};

/// An event as it comes out of the store, brought to the newest version of its shape.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// School it belongs to.
    pub school_id: SchoolId,
    /// Stream it is in.
    pub stream: StreamId,
    /// Place in the stream, from 1, without gaps.
    pub sequence: i64,
    /// The event and its header.
    pub recorded: Recorded<Event>,
    /// When it happened, as the device said, before any repair of its clock.
    pub raw_occurred_at: Instant,
    /// What was remarkable about the command.
    pub flags: Vec<Flag>,
    /// Place in the global order.
    pub position: Position,
    /// Version of the shape that is stored.
    pub event_version: String,
    /// The stored bytes of the payload.
    pub payload: String,
    /// The stored bytes of the metadata, see [`Metadata`](crate::Metadata).
    pub metadata: String,
    /// Hash over its content and the event before it.
    pub hash: [u8; 32],
}

/// Why events could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database failed.
    #[error("events could not be read")]
    Database(#[from] sqlx::Error),
    /// An event is there that this program cannot read.
    #[error(transparent)]
    Undecodable(#[from] Undecodable),
}

/// An event is there that this program cannot read.
#[derive(Debug, thiserror::Error)]
#[error("event {sequence} of {stream} cannot be read")]
pub struct Undecodable {
    /// Stream it is in, by the names it is stored under.
    pub stream: String,
    /// Place in the stream.
    pub sequence: i64,
    /// What is wrong with it.
    pub source: DecodeFault,
}

/// What is wrong with an event that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeFault {
    /// Its payload is of a newer version, or not what it should be.
    #[error(transparent)]
    Event(#[from] EventError),
    /// It has a flag that this program does not know.
    #[error("the flag {0:?} is not known to this program")]
    Flag(String),
    /// Its hash or fingerprint has another length than SHA-256 gives.
    #[error("the hash has {0} bytes where 32 are meant")]
    Hash(usize),
    /// Its aggregate is not named by a UUID.
    #[error("{0:?} is no id of an aggregate")]
    AggregateId(String),
    /// Its place in the global order makes no sense.
    #[error("its position makes no sense")]
    Position(#[source] sqlx::Error),
}

/// The columns of an event.
pub(crate) struct EventRow {
    pub(crate) school_id: Uuid,
    pub(crate) aggregate_type: String,
    pub(crate) aggregate_id: String,
    pub(crate) sequence: i64,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: String,
    pub(crate) metadata: String,
    pub(crate) epoch: i32,
    pub(crate) transaction_id: String,
    pub(crate) position: i64,
    pub(crate) command_id: Uuid,
    pub(crate) occurred_at: Instant,
    pub(crate) raw_occurred_at: Instant,
    pub(crate) recorded_at: Instant,
    pub(crate) actor_id: Uuid,
    pub(crate) device_id: Option<Uuid>,
    pub(crate) flags: Vec<String>,
    pub(crate) hash: Vec<u8>,
}

impl EventRow {
    pub(crate) fn position(&self) -> sqlx::Result<Position> {
        Position::from_columns(self.epoch, &self.transaction_id, self.position)
    }
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = Undecodable;

    fn try_from(row: EventRow) -> Result<Self, Undecodable> {
        let stream = format!("{}/{}", row.aggregate_type, row.aggregate_id);
        let sequence = row.sequence;
        decode(row).map_err(|source| Undecodable {
            stream,
            sequence,
            source,
        })
    }
}

fn decode(row: EventRow) -> Result<StoredEvent, DecodeFault> {
    let Ok(aggregate_id) = Uuid::parse_str(&row.aggregate_id) else {
        return Err(DecodeFault::AggregateId(row.aggregate_id));
    };
    let event = Event::from_stored(
        &row.aggregate_type,
        &row.event_type,
        &row.event_version,
        row.payload.as_bytes(),
    )?;
    Ok(StoredEvent {
        school_id: row.school_id.into(),
        stream: StreamId::new(&row.aggregate_type, aggregate_id),
        sequence: row.sequence,
        recorded: Recorded {
            command_id: row.command_id.into(),
            actor_id: row.actor_id.into(),
            device_id: row.device_id.map(Into::into),
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            event,
        },
        raw_occurred_at: row.raw_occurred_at,
        flags: parse_flags(&row.flags)?,
        position: row.position().map_err(DecodeFault::Position)?,
        event_version: row.event_version,
        payload: row.payload,
        metadata: row.metadata,
        hash: sha256(row.hash)?,
    })
}

/// A hash of the one length there is.
pub(crate) fn sha256(bytes: Vec<u8>) -> Result<[u8; 32], DecodeFault> {
    bytes
        .try_into()
        .map_err(|bytes: Vec<u8>| DecodeFault::Hash(bytes.len()))
}

/// Flags by their stored names.
pub(crate) fn parse_flags(flags: &[String]) -> Result<Vec<Flag>, DecodeFault> {
    flags
        .iter()
        .map(|flag| flag.parse().map_err(|_| DecodeFault::Flag(flag.clone())))
        .collect()
}
