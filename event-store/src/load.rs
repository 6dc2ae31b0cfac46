//! Reading whole streams.

use std::collections::HashMap;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::stored_event::EventRow;
use crate::{StoredEvent, StreamId, Undecodable, chain};

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

impl Head {
    /// The end of a stream whose last event is this one, readable or not.
    fn at(last: &EventRow) -> Self {
        Self {
            sequence: last.sequence,
            // The table holds no hash of another length. Where somebody forced one in, `chain::verify` names the event,
            // and what comes after it is chained as to nothing.
            hash: last.hash.as_slice().try_into().unwrap_or(chain::GENESIS),
        }
    }
}

/// A stream as read.
#[derive(Debug, Default)]
pub struct Stream {
    /// Its end, whether its events can be read or not: something can always be appended.
    pub head: Head,
    /// Its events by sequence, up to the first that cannot be read.
    pub events: Vec<StoredEvent>,
    /// The first event that cannot be read.
    pub unreadable: Option<Undecodable>,
}

impl Stream {
    /// All events of the stream, for those who can do nothing with a part of it.
    ///
    /// # Errors
    /// The first event that cannot be read.
    pub fn readable(self) -> Result<Vec<StoredEvent>, Undecodable> {
        match self.unreadable {
            None => Ok(self.events),
            Some(fault) => Err(fault),
        }
    }

    fn push(&mut self, row: EventRow) {
        self.head = Head::at(&row);
        if self.unreadable.is_some() {
            return;
        }
        match StoredEvent::try_from(row) {
            Ok(event) => self.events.push(event),
            Err(fault) => self.unreadable = Some(fault),
        }
    }
}

/// Reads several streams of a school with one statement. A stream without events is in the answer too, empty.
///
/// An event that cannot be read is told in its own stream and in no other: what is accepted must not depend on it.
///
/// # Errors
/// When the database does not answer.
pub async fn load_streams(
    connection: &mut PgConnection,
    school: SchoolId,
    ids: &[StreamId],
) -> sqlx::Result<HashMap<StreamId, Stream>> {
    let mut streams: HashMap<StreamId, Stream> = ids
        .iter()
        .map(|id| (id.clone(), Stream::default()))
        .collect();
    // The keys of the map name each stream once.
    for row in select(connection, school, streams.keys()).await? {
        let id = StreamId::from_columns(&row.aggregate_type, &row.aggregate_id)?;
        streams.entry(id).or_default().push(row);
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
            e.occurred_at, e.raw_occurred_at, e.recorded_at, e.actor_id, e.device_id, e.flags, e.fingerprint, e.hash
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
