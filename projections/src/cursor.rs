//! How far a projection has read, one cursor a shard.

use event_store::Position;
use sqlx::PgConnection;

use crate::error::Error;
use crate::lease::Lease;
use crate::projection::Projection;

/// Which cursor: a rebuild has its own beside the served one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CursorKey {
    pub(crate) projection: Projection,
    pub(crate) shard: i16,
    pub(crate) building: bool,
}

/// The position of the last event that was applied.
pub(crate) async fn read(connection: &mut PgConnection, key: CursorKey) -> Result<Position, Error> {
    let row = sqlx::query!(
        r#"select epoch, transaction_id::text as "transaction_id!", position from projection_cursors
           where projection = $1 and shard = $2 and building = $3"#,
        key.projection.name(),
        key.shard,
        key.building,
    )
    .fetch_optional(connection)
    .await?
    .ok_or(Error::LeaseLost)?;
    Ok(Position::from_columns(
        row.epoch,
        &row.transaction_id,
        row.position,
    )?)
}

/// Moves the cursor, which must still stand where it was read, under a lease that must still be held.
///
/// # Errors
/// [`Error::LeaseLost`] when either is not so; the transaction must then be given up.
pub(crate) async fn advance(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
    from: Position,
    to: Position,
) -> Result<(), Error> {
    lease.fence(connection).await?;
    let moved = sqlx::query!(
        "update projection_cursors set epoch = $7, transaction_id = $8::text::xid8, position = $9
         where projection = $1 and shard = $2 and building = $3
           and (epoch, transaction_id, position) = ($4, $5::text::xid8, $6)",
        key.projection.name(),
        key.shard,
        key.building,
        from.epoch,
        from.transaction_id.to_string(),
        from.position,
        to.epoch,
        to.transaction_id.to_string(),
        to.position,
    )
    .execute(connection)
    .await?;
    if moved.rows_affected() == 0 {
        return Err(Error::LeaseLost);
    }
    Ok(())
}
