//! The one transaction that puts rebuilt tables in the place of the served ones.

use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::error::Error;
use crate::install::ensure_version;
use crate::lease::Lease;
use crate::projection::Projection;

/// Swaps, unless a reader holds one of the tables for half a second: a swap that waits keeps readers waiting behind it.
///
/// # Errors
/// A lock time-out when it is so; everything is then as before.
pub(crate) async fn swap(
    connection: &mut PgConnection,
    projection: Projection,
    building: &Lease,
    served: &[Lease],
    differing: &[(Uuid, Uuid)],
) -> Result<(), Error> {
    let mut transaction = connection
        .begin_with("begin; set local role muster_worker; set local lock_timeout = '500ms'")
        .await?;
    for lease in served {
        lease.fence(&mut transaction).await?;
    }
    building.fence(&mut transaction).await?;
    ensure_version(&mut transaction, projection, |served, ours| served <= ours).await?;
    projection.show_mended(&mut transaction, differing).await?;
    // All locks before the first change. A table that is new in this version has nothing to lock.
    for table in projection.tables() {
        let name = format!("read.{table}");
        if exists(&mut transaction, &name).await? {
            let lock = format!("lock table {name} in access exclusive mode");
            transaction.execute(lock.as_str()).await?;
        }
    }
    for table in projection.tables() {
        let replace = format!(
            "drop table if exists read.{table}; alter table read_next.{table} set schema read"
        );
        transaction.execute(replace.as_str()).await?;
    }
    move_cursors(&mut transaction, projection).await?;
    transaction.commit().await?;
    Ok(())
}

async fn exists(connection: &mut PgConnection, table: &str) -> Result<bool, Error> {
    Ok(
        sqlx::query_scalar!(r#"select to_regclass($1) is not null as "exists!""#, table)
            .fetch_one(connection)
            .await?,
    )
}

/// What is served now was built without skipping anything, so no stream waits any more.
async fn move_cursors(connection: &mut PgConnection, projection: Projection) -> Result<(), Error> {
    sqlx::query!(
        "update projection_cursors served
         set epoch = next.epoch, transaction_id = next.transaction_id, position = next.position
         from projection_cursors next
         where served.projection = $1 and next.projection = $1 and served.shard = next.shard
           and not served.building and next.building",
        projection.name(),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from projection_cursors where projection = $1 and building",
        projection.name(),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from held_streams where projection in ($1, $2)",
        projection.name(),
        projection.building_name(),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update projection_versions set served_version = $2 where projection = $1",
        projection.name(),
        projection.version(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
