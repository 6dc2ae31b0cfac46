//! Reading whole streams.

use std::collections::HashMap;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::stored_event::EventRow;
use crate::{ReadError, StoredEvent, StreamId, chain};

/// The end of a stream, which the next event is chained to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Sequence of the last event, 0 when there is none.
    pub sequence: i64,
    /// Hash of the last event.
    pub hash: [u8; 32],
}

impl Default for Head {
    fn default() -> Self {
        Self {
            sequence: 0,
            hash: chain::GENESIS,
        }
    }
}

/// A stream as read.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// Its end.
    pub head: Head,
    /// Its events by sequence.
    pub events: Vec<StoredEvent>,
}

/// Reads several streams of a school with one statement. A stream without events is in the answer too, empty.
///
/// # Errors
/// When the database does not answer, or an event cannot be read.
pub async fn load_streams(
    connection: &mut PgConnection,
    school: SchoolId,
    ids: &[StreamId],
) -> Result<HashMap<StreamId, Stream>, ReadError> {
    let mut streams: HashMap<StreamId, Stream> = ids
        .iter()
        .map(|id| (id.clone(), Stream::default()))
        .collect();
    // The keys of the map name each stream once.
    for row in select(connection, school, streams.keys()).await? {
        let event = StoredEvent::try_from(row)?;
        let stream = streams.entry(event.stream.clone()).or_default();
        stream.head = Head {
            sequence: event.sequence,
            hash: event.hash,
        };
        stream.events.push(event);
    }
    Ok(streams)
}

/// A lateral join that cannot be flattened: each stream is one look at the primary key. Left to itself the planner may
/// read every event the school ever had and throw most of them away. A test holds the plan to that.
async fn select(
    connection: &mut PgConnection,
    school: SchoolId,
    wanted: impl Iterator<Item = &StreamId>,
) -> sqlx::Result<Vec<EventRow>> {
    let (types, ids): (Vec<&str>, Vec<Uuid>) = wanted
        .map(|id| (id.aggregate_type.as_ref(), id.aggregate_id))
        .unzip();
    sqlx::query_as!(
        EventRow,
        r#"select e.school_id, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version,
            e.payload::text as "payload!", e.metadata::text as "metadata!",
            e.epoch, e.transaction_id::text as "transaction_id!", e.position, e.command_id,
            e.occurred_at, e.raw_occurred_at, e.recorded_at, e.actor_id, e.device_id, e.flags, e.hash
        from unnest($2::text[], $3::uuid[]) as wanted (aggregate_type, aggregate_id)
        cross join lateral (
            select * from events
            where school_id = $1 and aggregate_type = wanted.aggregate_type
                and aggregate_id = wanted.aggregate_id::text
            order by sequence
            offset 0
        ) as e
        order by e.aggregate_type, e.aggregate_id, e.sequence"#,
        school.as_uuid(),
        types as Vec<&str>,
        &ids
    )
    .fetch_all(connection)
    .await
}
