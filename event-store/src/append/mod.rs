//! Appending: one statement for all events of a batch.

mod error;
mod rows;

pub use error::AppendError;

use std::collections::HashMap;

use domain::{CommandId, DeviceId, Event, Flag, Instant, SchoolId, UserId};
use sqlx::PgConnection;

use crate::{Head, Metadata, Position, StreamId};
use rows::Rows;

/// An event to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Stream it goes into.
    pub stream: StreamId,
    /// What happened.
    pub event: Event,
    /// Command that caused it.
    pub command_id: CommandId,
    /// Keyed hash of the command, see [`fingerprint`](crate::fingerprint()).
    pub fingerprint: [u8; 32],
    /// When it happened, as counted.
    pub occurred_at: Instant,
    /// When it happened, as the device said.
    pub raw_occurred_at: Instant,
    /// Whose command it is.
    pub actor_id: UserId,
    /// From which device.
    pub device_id: Option<DeviceId>,
    /// What was remarkable about the command.
    pub flags: Vec<Flag>,
    /// What is kept beside it.
    pub metadata: Metadata,
}

/// Where an event went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Place in the global order, final once the transaction commits.
    pub position: Position,
    /// Place in the stream.
    pub sequence: i64,
    /// Hash over its content and the event before it.
    pub hash: [u8; 32],
}

/// Appends events of one school, in the order given, after the heads that were read; a stream without a head is new.
///
/// The statement must be the first write of its transaction and refuses to be anything else: a transaction that wrote
/// before drew its id earlier, and an event of the same stream that was committed meanwhile would stand after this one
/// in the feed. So all events of a transaction go in together, and the write-side tables change afterwards.
///
/// # Errors
/// [`AppendError`] says whether the transaction is worth another try. It is aborted in any case.
pub async fn append(
    connection: &mut PgConnection,
    school: SchoolId,
    recorded_at: Instant,
    heads: &HashMap<StreamId, Head>,
    events: &[NewEvent],
) -> Result<Vec<Appended>, AppendError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::chain(school, recorded_at, heads, events)?;
    let places = rows.insert(connection).await?;
    if places.is_empty() {
        return Err(AppendError::NotFirstWrite);
    }
    Ok(rows.appended(places))
}
