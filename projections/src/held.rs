//! Streams that wait behind an event that could not be applied. Everything else goes on.

use std::collections::HashSet;

use domain::{Instant, SchoolId};
use event_store::StreamId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::poison::Poison;
use crate::projection::Projection;
use crate::stream::TouchedStream;

/// A stream that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldStream {
    /// School it belongs to.
    pub school_id: SchoolId,
    /// The projection's name; `attendance_next` or `rolls_next` where a rebuild stopped.
    pub projection: String,
    /// The stream.
    pub stream: StreamId,
    /// The event it stopped at.
    pub sequence: i64,
    /// Why.
    pub reason: String,
    /// Since when it has been waiting, by the database's clock.
    pub held_at: Instant,
}

/// Takes the streams that wait out of a batch: their events stay where they are until a retry.
pub(crate) async fn keep_waiting(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    streams: &mut Vec<TouchedStream>,
) -> Result<(), Error> {
    let held = sqlx::query!(
        "select aggregate_type, aggregate_id from held_streams where school_id = $1 and projection = $2",
        school_id.as_uuid(),
        projection.name(),
    )
    .fetch_all(connection)
    .await?;
    if held.is_empty() {
        return Ok(());
    }
    let held: HashSet<(String, String)> = held
        .into_iter()
        .map(|row| (row.aggregate_type, row.aggregate_id))
        .collect();
    streams.retain(|stream| {
        let id = &stream.id;
        !held.contains(&(id.aggregate_type.to_string(), id.aggregate_id.to_string()))
    });
    Ok(())
}

/// Makes a stream wait.
pub(crate) async fn hold(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    stream: &StreamId,
    poison: &Poison,
) -> Result<(), Error> {
    tracing::error!(
        projection.name = projection.name(),
        school.id = %school_id,
        stream.id = %stream,
        event.sequence = poison.sequence,
        reason = poison.reason,
        "a stream is held: one of its events cannot be applied"
    );
    insert(connection, projection.name(), school_id, stream, poison).await
}

/// Writes down which event a stream stopped at, under the name of a projection or of its rebuild.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    name: &str,
    school_id: SchoolId,
    stream: &StreamId,
    poison: &Poison,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into held_streams (school_id, projection, aggregate_type, aggregate_id, sequence, error, held_at)
         values ($1, $2, $3, $4, $5, $6, clock_timestamp())
         on conflict on constraint held_streams_pkey do update
         set sequence = excluded.sequence, error = excluded.error",
        school_id.as_uuid(),
        name,
        &stream.aggregate_type,
        stream.aggregate_id.to_string(),
        poison.sequence,
        poison.reason,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets a stream go on.
pub(crate) async fn release(
    connection: &mut PgConnection,
    projection: Projection,
    school_id: SchoolId,
    stream: &StreamId,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from held_streams
         where school_id = $1 and projection = $2 and aggregate_type = $3 and aggregate_id = $4",
        school_id.as_uuid(),
        projection.name(),
        &stream.aggregate_type,
        stream.aggregate_id.to_string(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Every stream that waits, oldest first.
pub(crate) async fn list(connection: &mut PgConnection) -> Result<Vec<HeldStream>, Error> {
    let rows = sqlx::query!(
        "select school_id, projection, aggregate_type, aggregate_id, sequence, error, held_at from held_streams
         order by held_at, school_id, aggregate_id"
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let aggregate_id = Uuid::parse_str(&row.aggregate_id)
                .map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok(HeldStream {
                school_id: row.school_id.into(),
                projection: row.projection,
                stream: StreamId::new(&row.aggregate_type, aggregate_id),
                sequence: row.sequence,
                reason: row.error,
                held_at: row.held_at,
            })
        })
        .collect()
}
