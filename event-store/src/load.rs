//! Reading whole streams.

use std::collections::HashMap;

use domain::{Event, Flag, Instant, Recorded, SchoolId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::stored_event::{parse_flags, sha256};
use crate::{DecodeFault, Position, StreamId, Undecodable, chain};

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
    fn at(last: &Row) -> Self {
        Self {
            sequence: last.sequence,
            // The table holds no hash of another length. Where somebody forced one in, `verify` names the event,
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
    pub events: Vec<StreamEvent>,
    /// The first event that cannot be read.
    pub unreadable: Option<Undecodable>,
}

/// An event of a stream: what deciding, folding and recognising take. [`StoredEvent`](crate::StoredEvent) is all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// Place in the stream, from 1.
    pub sequence: i64,
    /// Place in the global order.
    pub position: Position,
    /// Keyed hash of its command, see [`fingerprint`](crate::fingerprint()).
    pub fingerprint: [u8; 32],
    /// What was remarkable about the command.
    pub flags: Vec<Flag>,
    /// What happened.
    pub recorded: Recorded<Event>,
}

impl Stream {
    /// All events of the stream, for those who can do nothing with a part of it.
    ///
    /// # Errors
    /// The first event that cannot be read.
    pub fn readable(self) -> Result<Vec<StreamEvent>, Undecodable> {
        match self.unreadable {
            None => Ok(self.events),
            Some(fault) => Err(fault),
        }
    }

    fn push(&mut self, id: &StreamId, row: Row) {
        self.head = Head::at(&row);
        if self.unreadable.is_some() {
            return;
        }
        let sequence = row.sequence;
        match row.decode(id) {
            Ok(event) => self.events.push(event),
            Err(source) => {
                self.unreadable = Some(Undecodable {
                    stream: id.to_string(),
                    sequence,
                    source,
                });
            }
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
    let mut wanted: Vec<&StreamId> = ids.iter().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut streams: Vec<Stream> = wanted.iter().map(|_| Stream::default()).collect();
    for row in select(connection, school, &wanted).await? {
        // Counted from 1 by the statement.
        let index = usize::try_from(row.wanted - 1).unwrap_or(usize::MAX);
        if let (Some(stream), Some(id)) = (streams.get_mut(index), wanted.get(index)) {
            stream.push(id, row);
        }
    }
    Ok(wanted.into_iter().cloned().zip(streams).collect())
}

/// The columns of an event that are read.
struct Row {
    /// Which of the wanted streams it is in, from 1.
    wanted: i64,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    epoch: i32,
    transaction_id: String,
    position: i64,
    command_id: Uuid,
    fingerprint: Vec<u8>,
    occurred_at: Instant,
    recorded_at: Instant,
    actor_id: Uuid,
    device_id: Option<Uuid>,
    flags: Vec<String>,
    hash: Vec<u8>,
}

impl Row {
    fn decode(self, id: &StreamId) -> Result<StreamEvent, DecodeFault> {
        let event = Event::from_stored(
            &id.aggregate_type,
            &self.event_type,
            &self.event_version,
            self.payload.as_bytes(),
        )?;
        Ok(StreamEvent {
            sequence: self.sequence,
            position: Position::from_columns(self.epoch, &self.transaction_id, self.position)
                .map_err(DecodeFault::Position)?,
            fingerprint: sha256(self.fingerprint)?,
            flags: parse_flags(&self.flags)?,
            recorded: Recorded {
                command_id: self.command_id.into(),
                actor_id: self.actor_id.into(),
                device_id: self.device_id.map(Into::into),
                occurred_at: self.occurred_at,
                recorded_at: self.recorded_at,
                event,
            },
        })
    }
}

/// A lateral join that cannot be flattened: each stream is one look at the primary key. Left to itself the planner may
/// read every event the school ever had and throw most of them away. A test holds the plan to that.
///
/// The rows are put in order here: they come in order, which the database does not know and would sort them for.
async fn select(
    connection: &mut PgConnection,
    school: SchoolId,
    wanted: &[&StreamId],
) -> sqlx::Result<Vec<Row>> {
    let (types, ids): (Vec<&str>, Vec<Uuid>) = wanted
        .iter()
        .map(|id| (id.aggregate_type.as_ref(), id.aggregate_id))
        .unzip();
    let mut rows = sqlx::query_as!(
        Row,
        r#"select wanted.number as "wanted!", e.sequence, e.event_type, e.event_version, e.payload::text as "payload!",
            e.epoch, e.transaction_id::text as "transaction_id!", e.position, e.command_id, e.fingerprint,
            e.occurred_at, e.recorded_at, e.actor_id, e.device_id, e.flags, e.hash
        from unnest($2::text[], $3::uuid[]) with ordinality as wanted (aggregate_type, aggregate_id, number)
        cross join lateral (
            select * from events
            where school_id = $1 and aggregate_type = wanted.aggregate_type
                and aggregate_id = wanted.aggregate_id::text
            order by sequence
            offset 0
        ) as e"#,
        school.as_uuid(),
        types as Vec<&str>,
        &ids
    )
    .fetch_all(connection)
    .await?;
    rows.sort_by_key(|row| (row.wanted, row.sequence));
    Ok(rows)
}
