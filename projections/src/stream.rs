//! Streams that a batch of the feed touches, and their events.

use std::collections::BTreeMap;

use domain::{Event, Recorded, SchoolId, of_one_kind};
use event_store::feed::FeedEvent;
use event_store::{Position, StreamEvent, StreamId, Undecodable, load_streams};
use sqlx::PgConnection;

use crate::error::{self, Error};
use crate::poison::Poison;
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
    /// By sequence, up to the first that cannot be read.
    pub(crate) events: Vec<StreamEvent>,
    /// The first that cannot be read.
    pub(crate) unreadable: Option<Poison>,
}

impl LoadedStream {
    /// The events of one kind, with their headers.
    pub(crate) fn events_of<'a, E: 'a>(
        &'a self,
        kind: impl Fn(&'a Event) -> Option<&'a E>,
    ) -> Vec<Recorded<&'a E>> {
        of_one_kind(self.events.iter().map(|event| &event.recorded), kind)
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

/// Reads the streams as they are at a position of the feed. Events after it are there already, but left for their turn,
/// readable or not: so the tables are always a function of the events up to the cursor.
pub(crate) async fn load(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[TouchedStream],
    until: Position,
) -> Result<Vec<LoadedStream>, Error> {
    let ids: Vec<StreamId> = streams.iter().map(|stream| stream.id.clone()).collect();
    let mut stored = load_streams(connection, school_id, &ids).await?;
    let mut loaded = Vec::with_capacity(streams.len());
    for stream in streams {
        let found = stored.remove(&stream.id).unwrap_or_default();
        let unreadable = match found.unreadable {
            Some(fault) if stands_by(connection, school_id, &stream.id, &fault, until).await? => {
                Some(Poison {
                    sequence: fault.sequence,
                    reason: error::chain(&fault),
                })
            }
            _ => None,
        };
        let events = found.events.into_iter();
        loaded.push(LoadedStream {
            id: stream.id.clone(),
            newest: stream.newest,
            events: events.filter(|event| event.position <= until).collect(),
            unreadable,
        });
    }
    Ok(loaded)
}

/// Whether an event that cannot be read stands in the feed up to a position.
async fn stands_by(
    connection: &mut PgConnection,
    school_id: SchoolId,
    stream: &StreamId,
    fault: &Undecodable,
    until: Position,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select (epoch, transaction_id, position) <= ($5, $6::text::xid8, $7) as "stands!" from events
           where school_id = $1 and aggregate_type = $2 and aggregate_id = $3 and sequence = $4"#,
        school_id.as_uuid(),
        &stream.aggregate_type,
        stream.aggregate_id.to_string(),
        fault.sequence,
        until.epoch,
        until.transaction_id.to_string(),
        until.position,
    )
    .fetch_one(connection)
    .await?)
}
