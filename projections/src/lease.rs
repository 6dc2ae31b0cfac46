//! Who works on a shard.
//!
//! A lease is a row that names a holder until a moment on the database's clock. Taking it over raises its epoch, and
//! whatever a holder commits is fenced by the epoch it holds (see [`Lease::fence`]): a worker that was thought dead can
//! wake up and finish its batch, but not commit it.

use std::convert::Infallible;
use std::time::Duration;

use platform::database::Database;
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::error::Error;
use crate::projection::Projection;

/// How long a lease lives without being renewed. A dead worker's shards are free after that.
const LIFETIME_SECONDS: f64 = 5.0;

/// How often a lease is renewed, and how often a worker looks for free ones.
pub(crate) const RENEWAL: Duration = Duration::from_secs(1);

/// The right to move one cursor.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    name: &'static str,
    shard: i16,
    epoch: i64,
    renewed: Instant,
}

impl Lease {
    /// The shard it is for.
    pub(crate) fn shard(&self) -> i16 {
        self.shard
    }

    /// Renews the lease when that is due.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it.
    pub(crate) async fn keep(&mut self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.renewed.elapsed() < RENEWAL {
            return Ok(());
        }
        let now = Instant::now();
        self.renew(connection).await?;
        self.renewed = now;
        Ok(())
    }

    async fn renew(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let renewed = sqlx::query!(
            "update projection_leases set expires_at = clock_timestamp() + make_interval(secs => $4)
             where projection = $1 and shard = $2 and lease_epoch = $3",
            self.name,
            self.shard,
            self.epoch,
            LIFETIME_SECONDS,
        )
        .execute(connection)
        .await?;
        if renewed.rows_affected() == 0 {
            return Err(Error::LeaseLost);
        }
        Ok(())
    }

    /// Makes sure, within a transaction that is about to commit, that the lease is still this one. The row stays locked
    /// until the commit, so whoever takes over afterwards sees everything that was committed under this lease.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when somebody else holds it.
    pub(crate) async fn fence(&self, connection: &mut PgConnection) -> Result<(), Error> {
        sqlx::query_scalar!(
            r#"select 1 as "held!" from projection_leases
               where projection = $1 and shard = $2 and lease_epoch = $3 for share"#,
            self.name,
            self.shard,
            self.epoch,
        )
        .fetch_optional(connection)
        .await?
        .map(|_| ())
        .ok_or(Error::LeaseLost)
    }

    /// Gives the lease back, if it is still held.
    ///
    /// # Errors
    /// The database does not answer; the lease then runs out by itself.
    pub(crate) async fn release(self, connection: &mut PgConnection) -> Result<(), Error> {
        sqlx::query!(
            "update projection_leases set holder = null, backend_pid = null, expires_at = null
             where projection = $1 and shard = $2 and lease_epoch = $3",
            self.name,
            self.shard,
            self.epoch,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Works, and meanwhile renews the leases on a connection of its own: however long one statement takes, nobody thinks the
/// worker dead. A lease that is lost all the same stops the work at its [`Lease::fence`].
pub(crate) async fn keep_during<T>(
    db: &Database,
    leases: &[&Lease],
    work: impl Future<Output = T>,
) -> T {
    tokio::select! {
        done = work => done,
        never = renew_for_ever(db, leases) => match never {},
    }
}

async fn renew_for_ever(db: &Database, leases: &[&Lease]) -> Infallible {
    loop {
        sleep(RENEWAL).await;
        for lease in leases {
            // One statement a lease, each on its own: none waits for a row while it has another one locked.
            if let Err(error) = renew_on(db, lease).await {
                tracing::debug!(
                    projection.name = lease.name,
                    error = error.chain(),
                    "a lease was not renewed"
                );
            }
        }
    }
}

async fn renew_on(db: &Database, lease: &Lease) -> Result<(), Error> {
    let mut connection = db.pool().acquire().await?;
    lease.renew(&mut connection).await
}

/// Takes those of the shards that nobody holds, ending the backends of holders that have died.
///
/// With a `served_version` they are taken only while that version is the served one.
pub(crate) async fn take_free(
    connection: &mut PgConnection,
    name: &'static str,
    shards: &[i16],
    holder: Uuid,
    served_version: Option<i32>,
) -> Result<Vec<Lease>, Error> {
    end_backends_of_the_dead(connection, name, shards, holder).await?;
    let renewed = Instant::now();
    // A row that is locked is in the middle of somebody's commit: it is left for the next time.
    let taken = sqlx::query!(
        "with free as (
           select shard from projection_leases
           where projection = $1 and shard = any($2)
             and (holder is null or holder = $3 or expires_at < clock_timestamp())
             and ($4::integer is null or exists (
               select from projection_versions where projection = $1 and served_version = $4))
           for update skip locked
         )
         update projection_leases l
         set lease_epoch = l.lease_epoch + 1, holder = $3, backend_pid = pg_backend_pid(),
             expires_at = clock_timestamp() + make_interval(secs => $5)
         from free where l.projection = $1 and l.shard = free.shard
         returning l.shard, l.lease_epoch",
        name,
        shards,
        holder,
        served_version,
        LIFETIME_SECONDS,
    )
    .fetch_all(connection)
    .await?;
    Ok(taken
        .into_iter()
        .map(|row| Lease {
            name,
            shard: row.shard,
            epoch: row.lease_epoch,
            renewed,
        })
        .collect())
}

/// Takes a shard from whoever holds it, once its commit is over. What the holder does afterwards will fail.
///
/// # Errors
/// [`Error::RebuildRunning`] when it is held by a rebuild that is about to swap its tables in.
pub(crate) async fn take_over(
    connection: &mut PgConnection,
    projection: Projection,
    shard: i16,
    holder: Uuid,
) -> Result<Lease, Error> {
    loop {
        match try_take_over(connection, projection, shard, holder).await {
            Err(error) if error.is_lock_timeout() => {}
            result => return result,
        }
    }
}

async fn try_take_over(
    connection: &mut PgConnection,
    projection: Projection,
    shard: i16,
    holder: Uuid,
) -> Result<Lease, Error> {
    let (name, building) = (projection.name(), projection.building_name());
    let renewed = Instant::now();
    let mut transaction = connection.begin().await?;
    sqlx::query!("set local lock_timeout = '500ms'")
        .execute(&mut *transaction)
        .await?;
    let epoch = sqlx::query_scalar!(
        "update projection_leases l
         set lease_epoch = l.lease_epoch + 1, holder = $3, backend_pid = pg_backend_pid(),
             expires_at = clock_timestamp() + make_interval(secs => $4)
         where l.projection = $1 and l.shard = $2
           and not coalesce(l.holder <> $3 and l.expires_at > clock_timestamp() and exists (
             select from projection_leases b
             where b.projection = $5 and b.holder = l.holder and b.expires_at > clock_timestamp()), false)
         returning lease_epoch",
        name,
        shard,
        holder,
        LIFETIME_SECONDS,
        building,
    )
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or(Error::RebuildRunning(name))?;
    transaction.commit().await?;
    Ok(Lease {
        name,
        shard,
        epoch,
        renewed,
    })
}

/// A holder whose lease ran out may hang in the middle of a transaction, where it holds back the feed and the rows its
/// successor needs.
async fn end_backends_of_the_dead(
    connection: &mut PgConnection,
    name: &str,
    shards: &[i16],
    holder: Uuid,
) -> Result<(), Error> {
    let dead = sqlx::query!(
        r#"select backend_pid as "backend_pid!", max(expires_at) as "expired_at!" from projection_leases
           where projection = $1 and shard = any($2) and holder <> $3 and expires_at < clock_timestamp()
             and backend_pid is not null
           group by backend_pid"#,
        name,
        shards,
        holder,
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in dead {
        // The fence is what keeps the tables right; where the privilege is missing, the time-outs end the backend.
        if let Err(error) = end_backend(connection, row.backend_pid, row.expired_at).await {
            tracing::warn!(
                projection.name = name,
                backend.pid = row.backend_pid,
                error = &error as &dyn std::error::Error,
                "the backend of a dead worker could not be ended"
            );
        }
    }
    Ok(())
}

/// Ends a worker's backend, unless the process id has meanwhile gone to another one.
async fn end_backend(
    connection: &mut PgConnection,
    pid: i32,
    expired_at: domain::Instant,
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let alive = sqlx::query_scalar!(
        r#"select exists (
             select from pg_stat_activity
             where pid = $1 and datname = current_database() and application_name = 'muster worker'
               and backend_start < $2
           ) as "alive!""#,
        pid,
        expired_at,
    )
    .fetch_one(&mut *transaction)
    .await?;
    if alive {
        sqlx::query_scalar!("select pg_terminate_backend($1, 500)", pid)
            .fetch_one(&mut *transaction)
            .await?;
        tracing::info!(backend.pid = pid, "ended the backend of a dead worker");
    }
    transaction.commit().await
}
