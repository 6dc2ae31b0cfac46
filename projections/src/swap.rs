//! The one transaction that puts rebuilt tables in the place of the served ones.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;

use crate::error::Error;
use crate::lease::Lease;
use crate::projection::Projection;

/// Attempts before the readers of the tables have won.
const ATTEMPTS: usize = 40;

/// Swaps as soon as the locks are there. A reader that holds a table delays it, and a swap that waits keeps readers
/// waiting behind it: so each attempt waits for at most half a second and then lets them through.
pub(crate) async fn swap(
    connection: &mut PgConnection,
    projection: Projection,
    building: &mut Lease,
    served: &mut [Lease],
) -> Result<(), Error> {
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(20))
        .with_max_delay(Duration::from_millis(500))
        .with_max_times(ATTEMPTS)
        .with_jitter()
        .build();
    for pause in pauses {
        for lease in served.iter_mut() {
            lease.keep(connection).await?;
        }
        building.keep(connection).await?;
        match attempt(connection, projection, building, served).await {
            Err(error) if error.is_lock_timeout() => sleep(pause).await,
            result => return result,
        }
    }
    Err(Error::SwapRefused(projection.name()))
}

async fn attempt(
    connection: &mut PgConnection,
    projection: Projection,
    building: &Lease,
    served: &[Lease],
) -> Result<(), Error> {
    let mut transaction = connection
        .begin_with("begin; set local role muster_worker; set local lock_timeout = '500ms'")
        .await?;
    for lease in served {
        lease.fence(&mut transaction).await?;
    }
    building.fence(&mut transaction).await?;
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
        "delete from held_streams where projection = $1",
        projection.name(),
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
