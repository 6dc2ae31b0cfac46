//! Events that cannot be applied: finding them, and applying what stands before them.

use domain::SchoolId;
use sqlx::{Connection, PgConnection};

use crate::error::Error;
use crate::projection::Projection;
use crate::stream::LoadedStream;

/// The first event of a stream that cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Poison {
    pub(crate) sequence: i64,
    pub(crate) reason: String,
}

/// Applies one stream as far as that is possible, and names the event it stops at: the first one from `first_sequence`
/// on that the tables refuse, or one that cannot be read. Needs a transaction around it: failed attempts go back to a
/// savepoint.
pub(crate) async fn apply_up_to(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    stream: &LoadedStream,
    first_sequence: i64,
) -> Result<Option<Poison>, Error> {
    let Some(reason) = attempt(connection, projection, school_id, stream).await? else {
        return Ok(stream.unreadable.clone());
    };
    let first = stream
        .events
        .partition_point(|event| event.sequence < first_sequence);
    if first == stream.events.len() {
        // What is refused is older than what was asked about: there is nothing to apply before it.
        let sequence = first_sequence;
        return Ok(Some(Poison { sequence, reason }));
    }
    for last in first..stream.events.len() {
        let prefix = LoadedStream {
            events: stream.events[..=last].to_vec(),
            ..stream.clone()
        };
        if let Some(reason) = attempt(connection, projection, school_id, &prefix).await? {
            let sequence = stream.events[last].sequence;
            return Ok(Some(Poison { sequence, reason }));
        }
    }
    Ok(stream.unreadable.clone())
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
