//! Rebuilds by workers that stopped at an event which cannot be applied.
//!
//! Where one stopped is kept beside the held streams, under the name of the rebuild. While it is there no worker starts
//! again: it would read everything from the first event on only to stop at the same place.

use domain::SchoolId;
use event_store::StreamId;
use sqlx::PgConnection;

use crate::error::Error;
use crate::held;
use crate::poison::Poison;
use crate::projection::Projection;

/// Keeps where a rebuild stopped.
pub(crate) async fn remember(
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
        "a rebuild stopped: one event cannot be applied; the older tables stay, and nothing new is written to them"
    );
    held::insert(
        connection,
        projection.building_name(),
        school_id,
        stream,
        poison,
    )
    .await
}

/// Whether a rebuild stopped and nobody has said since that it may start again.
pub(crate) async fn is_remembered(
    connection: &mut PgConnection,
    projection: Projection,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from held_streams where projection = $1) as "stopped!""#,
        projection.building_name(),
    )
    .fetch_one(connection)
    .await?)
}

/// Lets every rebuild start again.
pub(crate) async fn forget(connection: &mut PgConnection) -> Result<(), Error> {
    let names = Projection::ALL.map(|projection| projection.building_name().to_owned());
    sqlx::query!(
        "delete from held_streams where projection = any($1)",
        &names as &[String],
    )
    .execute(connection)
    .await?;
    Ok(())
}
