//! Rebuilding a projection beside the one that is served.
//!
//! The next tables are filled in the schema `read_next` in short transactions, under cursors of their own, while workers
//! go on with the served ones. When they have caught up, the served shards are taken over, so that their cursors stand
//! still; the next tables are brought to at least the same place and swapped in. Readers never see less than before. When
//! one of them holds a table, the served shards go back to their workers, and after a while all that is tried again.
//!
//! Nothing outlives a crash that would be in the way of starting again: the next tables are dropped and made anew.

use std::time::Duration;

use event_store::feed::SHARDS;
use platform::database::Database;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::sleep;
use uuid::Uuid;

use crate::catch_up::drive_under;
use crate::cursor::CursorKey;
use crate::error::Error;
use crate::install::ensure_version;
use crate::lease::{self, Lease};
use crate::projection::Projection;
use crate::swap::swap;

/// What a rebuild did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Events that were read.
    pub events: u64,
}

/// How often an operator's rebuild tries to swap before the readers of the tables have won.
const ATTEMPTS: usize = 20;

/// How long readers and workers go on between two attempts: long enough for workers to take their shards back.
const RESPITE: Duration = Duration::from_secs(2);

/// Fills the projection's tables anew from the first event on and serves the result.
///
/// # Errors
/// [`Error::RebuildRunning`] when another process is at it, [`Error::RebuildStopped`] at the first event that cannot be
/// applied, [`Error::SwapRefused`] when readers never let go of the tables, [`Error::OtherVersion`] when a newer program
/// fills them. The served tables are then as they were.
pub async fn rebuild(db: &Database, projection: Projection) -> Result<Rebuilt, Error> {
    let mut connection = db.pool().acquire().await?;
    let holder = platform::ids::new_id();
    rebuild_as(db, &mut connection, projection, holder, ATTEMPTS).await
}

/// As [`rebuild`], on a connection and under the name of a worker, which may be more patient with readers.
pub(crate) async fn rebuild_as(
    db: &Database,
    connection: &mut PgConnection,
    projection: Projection,
    holder: Uuid,
    attempts: usize,
) -> Result<Rebuilt, Error> {
    ensure_version(connection, projection, |served, ours| served <= ours).await?;
    let building = take_building(connection, projection, holder).await?;
    let rebuilding = Rebuilding {
        db,
        projection,
        holder,
        building: &building,
    };
    let work = rebuilding.run(connection, attempts);
    let result = lease::keep_during(db, &[&building], work).await;
    give_back(connection, [building]).await;
    result
}

/// A rebuild under way.
#[derive(Clone, Copy)]
struct Rebuilding<'a> {
    db: &'a Database,
    projection: Projection,
    holder: Uuid,
    building: &'a Lease,
}

impl Rebuilding<'_> {
    async fn run(self, connection: &mut PgConnection, attempts: usize) -> Result<Rebuilt, Error> {
        prepare(connection, self.projection, self.building).await?;
        let mut events = self.catch_up(connection).await?;
        analyze(connection, self.projection).await?;
        let differing = self.differing(connection).await?;
        for _ in 0..attempts {
            events += self.catch_up(connection).await?;
            match self.try_to_swap(connection, &differing).await {
                Ok(read) => {
                    events += read;
                    tracing::info!(
                        projection.name = self.projection.name(),
                        projection.version = self.projection.version(),
                        rebuild.events = events,
                        "the rebuilt tables are served"
                    );
                    return Ok(Rebuilt { events });
                }
                Err(error) if error.is_lock_timeout() => sleep(RESPITE).await,
                Err(error) => return Err(error),
            }
        }
        Err(Error::SwapRefused(self.projection.name()))
    }

    /// Brings every shard of the next tables to the end of what is readable.
    async fn catch_up(self, connection: &mut PgConnection) -> Result<u64, Error> {
        let mut events = 0;
        for shard in 0..SHARDS {
            let next = CursorKey {
                projection: self.projection,
                shard,
                building: true,
            };
            events += drive_under(connection, next, self.building).await?;
        }
        Ok(events)
    }

    /// Looks at every row, which may take longer than a statement of a worker usually may. It only reads, so the feed does
    /// not wait for it.
    async fn differing(self, connection: &mut PgConnection) -> Result<Vec<(Uuid, Uuid)>, Error> {
        let mut transaction = connection
            .begin_with(
                "begin read only; set local role muster_worker; set local statement_timeout = 0",
            )
            .await?;
        let differing = self.projection.differing(&mut transaction).await?;
        transaction.commit().await?;
        Ok(differing)
    }

    /// Makes the served shards stand still, passes them and swaps. They are given back whatever happens, so that their
    /// workers go on until the next attempt.
    async fn try_to_swap(
        self,
        connection: &mut PgConnection,
        differing: &[(Uuid, Uuid)],
    ) -> Result<u64, Error> {
        let mut served = Vec::new();
        let mut taken = Ok(());
        for shard in 0..SHARDS {
            match lease::take_over(connection, self.projection, shard, self.holder).await {
                Ok(lease) => served.push(lease),
                Err(error) => taken = Err(error),
            }
        }
        let result = match taken {
            Err(error) => Err(error),
            Ok(()) => {
                let leases: Vec<&Lease> = served.iter().collect();
                let work = self.pass_and_swap(connection, &served, differing);
                lease::keep_during(self.db, &leases, work).await
            }
        };
        give_back(connection, served).await;
        result
    }

    async fn pass_and_swap(
        self,
        connection: &mut PgConnection,
        served: &[Lease],
        differing: &[(Uuid, Uuid)],
    ) -> Result<u64, Error> {
        // What the served shards have read is readable, so the end of that is at least where they stand.
        let events = self.catch_up(connection).await?;
        swap(
            connection,
            self.projection,
            self.building,
            served,
            differing,
        )
        .await?;
        Ok(events)
    }
}

/// What is not given back runs out.
async fn give_back(connection: &mut PgConnection, leases: impl IntoIterator<Item = Lease>) {
    for lease in leases {
        if let Err(error) = lease.release(connection).await {
            tracing::warn!(
                error = error.chain(),
                "a lease was not given back after a rebuild"
            );
        }
    }
}

async fn take_building(
    connection: &mut PgConnection,
    projection: Projection,
    holder: Uuid,
) -> Result<Lease, Error> {
    let name = projection.building_name();
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
