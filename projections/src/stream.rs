//! Streams that a batch of the feed touches, and their events.

use std::collections::BTreeMap;

use domain::{Event, Recorded, SchoolId};
use event_store::feed::FeedEvent;
use event_store::{Position, StoredEvent, StreamId, load_streams};
use sqlx::PgConnection;

use crate::error::Error;
use crate::projection::Projection;

/// A stream with news.
#[derive(Debug, Clone)]
pub(crate) struct TouchedStream {
    pub(crate) id: StreamId,
    /// Sequence of its first event in the batch.
    pub(crate) first_sequence: i64,
    /// Position of its last event in the batch.
    pub(crate) newest: Position,
}

/// A stream with its events from the first one on.
#[derive(Debug, Clone)]
pub(crate) struct LoadedStream {
    pub(crate) id: StreamId,
    pub(crate) newest: Position,
    /// By sequence.
    pub(crate) events: Vec<StreamEvent>,
}

/// An event of a stream.
#[derive(Debug, Clone)]
pub(crate) struct StreamEvent {
    pub(crate) sequence: i64,
    pub(crate) position: Position,
    pub(crate) recorded: Recorded<Event>,
}

impl From<StoredEvent> for StreamEvent {
    fn from(stored: StoredEvent) -> Self {
        Self {
            sequence: stored.sequence,
            position: stored.position,
            recorded: stored.recorded,
        }
    }
}

impl LoadedStream {
    /// The events of one kind, with their headers.
    pub(crate) fn events_of<'a, E>(
        &'a self,
        kind: impl Fn(&'a Event) -> Option<&'a E>,
    ) -> Vec<Recorded<&'a E>> {
        self.events
            .iter()
            .filter_map(|event| {
                let of_kind = kind(&event.recorded.event)?;
                Some(event.recorded.as_ref().map(|_| of_kind))
            })
            .collect()
    }
}

/// The streams of each school that events of the feed touch and the projection is concerned with.
pub(crate) fn touched(
    projection: Projection,
    events: &[FeedEvent],
) -> BTreeMap<SchoolId, Vec<TouchedStream>> {
    let mut schools: BTreeMap<SchoolId, BTreeMap<&StreamId, TouchedStream>> = BTreeMap::new();
    let concerning = |event: &&FeedEvent| projection.concerns(&event.stream.aggregate_type);
    for event in events.iter().filter(concerning) {
        schools
            .entry(event.school_id)
            .or_default()
            .entry(&event.stream)
            .and_modify(|stream| {
                stream.newest = event.position;
                stream.first_sequence = stream.first_sequence.min(event.sequence);
            })
            .or_insert_with(|| TouchedStream {
                id: event.stream.clone(),
                first_sequence: event.sequence,
                newest: event.position,
            });
    }
    schools
        .into_iter()
        .map(|(school_id, streams)| (school_id, streams.into_values().collect()))
        .collect()
}

/// Reads the streams as they are at a position of the feed. Events after it are there already, but left for their turn:
/// so the tables are always a function of the events up to the cursor.
pub(crate) async fn load(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[TouchedStream],
    until: Position,
) -> Result<Vec<LoadedStream>, Error> {
    let ids: Vec<StreamId> = streams.iter().map(|stream| stream.id.clone()).collect();
    let mut stored = load_streams(connection, school_id, &ids).await?;
    let loaded = streams.iter().map(|stream| {
        let events = stored
            .remove(&stream.id)
            .unwrap_or_default()
            .readable()
            .map_err(|fault| Error::Undecodable {
                stream: stream.id.clone(),
                sequence: fault.sequence,
                source: fault.source,
            })?;
        Ok(LoadedStream {
            id: stream.id.clone(),
            newest: stream.newest,
            events: events
                .into_iter()
                .map(StreamEvent::from)
                .filter(|event| event.position <= until)
                .collect(),
        })
    });
    loaded.collect()
}

/// Reads what stands in a stream before an event that cannot be read.
pub(crate) async fn load_before(
    connection: &mut PgConnection,
    school_id: SchoolId,
    stream: &TouchedStream,
    sequence: i64,
) -> Result<LoadedStream, Error> {
    let rows = sqlx::query!(
        r#"select sequence, event_type, event_version, payload::text as "payload!", epoch,
             transaction_id::text as "transaction_id!", position, command_id, actor_id, device_id, occurred_at,
             recorded_at
           from events
           where school_id = $1 and aggregate_type = $2 and aggregate_id = $3 and sequence < $4
           order by sequence"#,
        school_id.as_uuid(),
        &stream.id.aggregate_type,
        stream.id.aggregate_id.to_string(),
        sequence,
    )
    .fetch_all(connection)
    .await?;
    let events = rows.into_iter().map(|row| {
        let event = Event::from_stored(
            &stream.id.aggregate_type,
            &row.event_type,
            &row.event_version,
            row.payload.as_bytes(),
        )
        .map_err(|source| Error::Undecodable {
            stream: stream.id.clone(),
            sequence: row.sequence,
            source: source.into(),
        })?;
        Ok(StreamEvent {
            sequence: row.sequence,
            position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
            recorded: Recorded {
                command_id: row.command_id.into(),
                actor_id: row.actor_id.into(),
                device_id: row.device_id.map(Into::into),
                occurred_at: row.occurred_at,
                recorded_at: row.recorded_at,
                event,
            },
        })
    });
    Ok(LoadedStream {
        id: stream.id.clone(),
        newest: stream.newest,
        events: events.collect::<Result<_, Error>>()?,
    })
}
