//! Rebuilding a projection beside the one that is served.
//!
//! The next tables are filled in the schema `read_next` in short transactions, under cursors of their own, while workers
//! go on with the served ones. When they have caught up, the served shards are taken over, so that their cursors stand
//! still; the next tables are brought to at least the same place and swapped in. Readers never see less than before.
//!
//! Nothing outlives a crash that would be in the way of starting again: the next tables are dropped and made anew.

use event_store::feed::SHARDS;
use platform::database::Database;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::catch_up::drive_under;
use crate::cursor::{self, CursorKey};
use crate::error::Error;
use crate::install::served_version;
use crate::lease::{self, Lease};
use crate::projection::Projection;
use crate::step::{Progress, step};
use crate::swap::swap;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events that were read.
    pub events: u64,
}

/// Fills the projection's tables anew from the first event on and serves the result.
///
/// # Errors
/// [`Error::RebuildRunning`] when another process is at it, [`Error::RebuildStopped`] at the first event that cannot be
/// applied, [`Error::SwapRefused`] when readers never let go of the tables. The served tables are then as they were.
pub async fn rebuild(db: &Database, projection: Projection) -> Result<Rebuilt, Error> {
    let mut connection = db.pool().acquire().await?;
    if served_version(&mut connection, projection).await?.is_none() {
        return Err(Error::NotInstalled(projection.name()));
    }
    let holder = platform::ids::new_id();
    let mut building = take_building(&mut connection, projection, holder).await?;
    let mut served = Vec::new();
    let result = run(
        &mut connection,
        projection,
        holder,
        &mut building,
        &mut served,
    )
    .await;
    for lease in served.into_iter().chain([building]) {
        // What is not given back runs out.
        if let Err(error) = lease.release(&mut connection).await {
            tracing::warn!(
                projection.name = projection.name(),
                error = error.chain(),
                "a lease was not given back after a rebuild"
            );
        }
    }
    result
}

async fn run(
    connection: &mut PgConnection,
    projection: Projection,
    holder: Uuid,
    building: &mut Lease,
    served: &mut Vec<Lease>,
) -> Result<Rebuilt, Error> {
    prepare(connection, projection, building).await?;
    let mut events = 0;
    for shard in 0..SHARDS {
        events += drive_under(connection, next_of(projection, shard), building).await?;
    }
    analyze(connection, projection).await?;
    for shard in 0..SHARDS {
        served.push(take_served(connection, projection, shard, holder).await?);
    }
    for shard in 0..SHARDS {
        events += pass_served(connection, projection, shard, building, served).await?;
    }
    swap(connection, projection, building, served).await?;
    tracing::info!(
        projection.name = projection.name(),
        projection.version = projection.version(),
        rebuild.events = events,
        "the rebuilt tables are served"
    );
    Ok(Rebuilt { events })
}

fn next_of(projection: Projection, shard: i16) -> CursorKey {
    CursorKey {
        projection,
        shard,
        building: true,
    }
}

/// The name under which the lease on the whole rebuild is kept, beside those on the served shards.
const fn building_name(projection: Projection) -> &'static str {
    match projection {
        Projection::Attendance => "attendance_next",
        Projection::Rolls => "rolls_next",
    }
}

async fn take_building(
    connection: &mut PgConnection,
    projection: Projection,
    holder: Uuid,
) -> Result<Lease, Error> {
    let name = building_name(projection);
    sqlx::query!(
        "insert into projection_leases (projection, shard) values ($1, 0)
         on conflict on constraint projection_leases_pkey do nothing",
        name,
    )
    .execute(&mut *connection)
    .await?;
    lease::take_free(connection, name, &[0], holder, None)
        .await?
        .pop()
        .ok_or(Error::RebuildRunning(projection.name()))
}

/// Drops what a rebuild that was cut off left behind, and makes empty tables and cursors at the start.
async fn prepare(
    connection: &mut PgConnection,
    projection: Projection,
    building: &Lease,
) -> Result<(), Error> {
    let mut transaction = connection
        .begin_with(
            "begin; set local role muster_worker; set local search_path = read_next, public",
        )
        .await?;
    for table in projection.tables() {
        let drop = format!("drop table if exists read_next.{table}");
        transaction.execute(drop.as_str()).await?;
    }
    transaction.execute(projection.tables_sql()).await?;
    sqlx::query!(
        "delete from projection_cursors where projection = $1 and building",
        projection.name(),
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "insert into projection_cursors (projection, shard, building)
         select $1, shard, true from projection_cursors where projection = $1 and not building",
        projection.name(),
    )
    .execute(&mut *transaction)
    .await?;
    building.fence(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives the planner its statistics before anybody reads the tables: nobody else does for the first minutes.
async fn analyze(connection: &mut PgConnection, projection: Projection) -> Result<(), Error> {
    for table in projection.tables() {
        let analyze = format!("analyze read_next.{table}");
        connection.execute(analyze.as_str()).await?;
    }
    Ok(())
}

/// Takes a served shard from its worker, which has to wait until the swap is over.
async fn take_served(
    connection: &mut PgConnection,
    projection: Projection,
    shard: i16,
    holder: Uuid,
) -> Result<Lease, Error> {
    loop {
        match lease::take_over(connection, projection.name(), shard, holder).await {
            // Its worker is in the middle of a commit.
            Err(error) if error.is_lock_timeout() => {}
            result => return result,
        }
    }
}

/// Brings a shard of the next tables to where the served one stands, which moves no more.
async fn pass_served(
    connection: &mut PgConnection,
    projection: Projection,
    shard: i16,
    building: &mut Lease,
    served: &mut [Lease],
) -> Result<u64, Error> {
    let next = next_of(projection, shard);
    let served_key = CursorKey {
        building: false,
        ..next
    };
    let goal = cursor::read(connection, served_key).await?;
    let mut events = 0;
    while cursor::read(connection, next).await? < goal {
        // What the served shard has read is readable: below the watermark once means below it for ever.
        if let Progress::Advanced(read) = step(connection, next, building).await? {
            events += read;
        }
        building.keep(connection).await?;
        for lease in served.iter_mut() {
            lease.keep(connection).await?;
        }
    }
    Ok(events)
}
