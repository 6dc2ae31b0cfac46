//! Events that cannot be applied: finding them, and applying what stands before them.

use domain::SchoolId;
use event_store::Position;
use sqlx::{Connection, PgConnection};

use crate::error::Error;
use crate::projection::Projection;
use crate::stream::{self, LoadedStream, TouchedStream};

/// The first event of a stream that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poison {
    pub(crate) sequence: i64,
    pub(crate) reason: String,
}

/// Applies one stream as far as that is possible. Needs a transaction around it: failed attempts go back to a savepoint.
pub(crate) async fn apply_up_to(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    stream: &TouchedStream,
    until: Position,
) -> Result<Option<Poison>, Error> {
    let (loaded, unreadable) = load_readable(connection, school_id, stream, until).await?;
    if attempt(connection, projection, school_id, &loaded)
        .await?
        .is_none()
    {
        return Ok(unreadable);
    }
    let first = loaded
        .events
        .partition_point(|event| event.sequence < stream.first_sequence);
    for last in first..loaded.events.len() {
        let prefix = LoadedStream {
            events: loaded.events[..=last].to_vec(),
            ..loaded.clone()
        };
        if let Some(reason) = attempt(connection, projection, school_id, &prefix).await? {
            let sequence = loaded.events[last].sequence;
            return Ok(Some(Poison { sequence, reason }));
        }
    }
    Ok(unreadable)
}

/// The stream's events up to the first that cannot be read.
async fn load_readable(
    connection: &mut PgConnection,
    school_id: SchoolId,
    stream: &TouchedStream,
    until: Position,
) -> Result<(LoadedStream, Option<Poison>), Error> {
    let streams = std::slice::from_ref(stream);
    match stream::load(connection, school_id, streams, until).await {
        Ok(mut loaded) => {
            let loaded = loaded.pop().unwrap_or_else(|| LoadedStream {
                id: stream.id.clone(),
                newest: stream.newest,
                events: Vec::new(),
            });
            Ok((loaded, None))
        }
        Err(error @ Error::Undecodable { sequence, .. }) => {
            let before = stream::load_before(connection, school_id, stream, sequence).await?;
            let reason = error.chain();
            Ok((before, Some(Poison { sequence, reason })))
        }
        Err(error) => Err(error),
    }
}

/// Applies the stream, or leaves everything as it was and says why.
async fn attempt(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    stream: &LoadedStream,
) -> Result<Option<String>, Error> {
    let mut savepoint = connection.begin().await?;
    let streams = std::slice::from_ref(stream);
    match projection.apply(&mut savepoint, school_id, streams).await {
        Ok(()) => {
            savepoint.commit().await?;
            Ok(None)
        }
        Err(error) if error.is_poison() => {
            savepoint.rollback().await?;
            Ok(Some(error.chain()))
        }
        Err(error) => Err(error),
    }
}
