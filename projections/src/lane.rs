//! One lane of a worker: some shards of one projection, on one connection.

use std::cmp::Ordering;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use event_store::feed;
use platform::database::Database;
use platform::shutdown::Shutdown;
use sqlx::PgConnection;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::cursor::CursorKey;
use crate::error::Error;
use crate::gauges;
use crate::install::served_version;
use crate::lease::{self, Lease, RENEWAL};
use crate::poison::Poison;
use crate::projection::Projection;
use crate::rebuild::rebuild_as;
use crate::step::{Progress, step};
use crate::stopped;
use crate::worker::{WakeHandle, report};

/// The pause before looking again when there was news a moment ago.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// The pause before looking again when there has been no news for a while.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub(crate) struct Lane {
    db: Database,
    projection: Projection,
    shards: Vec<i16>,
    holder: Uuid,
    wake: (WakeHandle, usize),
    /// One lane of each projection rebuilds it.
    rebuilds: bool,
}

/// What to do about the version that is served.
enum Standing {
    /// It is this program's.
    Ours,
    /// It is older: the tables have to be rebuilt.
    Older,
    /// It is newer, or another worker is rebuilding: this program must not touch them.
    NotOurs,
}

impl Lane {
    pub(crate) fn new(
        db: Database,
        projection: Projection,
        shards: Vec<i16>,
        holder: Uuid,
        wake: (WakeHandle, usize),
    ) -> Self {
        Self {
            db,
            projection,
            rebuilds: shards.contains(&0),
            shards,
            holder,
            wake,
        }
    }

    /// Serves until the shutdown is requested. What fails is reported and tried again, with growing pauses.
    pub(crate) async fn run(self, shutdown: Shutdown) {
        let mut pauses = pauses();
        while !shutdown.is_requested() {
            let since = Instant::now();
            // A task of its own, so that a panic ends an attempt and not the lane; aborted together with the lane.
            let mut attempt = JoinSet::new();
            attempt.spawn(self.clone().serve(shutdown.clone()));
            match attempt.join_next().await {
                Some(Ok(Ok(()))) | None => continue,
                Some(Ok(Err(error))) => {
                    report(&error, "a projection stopped and will be tried again")
                }
                Some(Err(panic)) => tracing::error!(
                    projection.name = self.projection.name(),
                    error = %panic,
                    "a projection panicked and will be tried again"
                ),
            }
            if since.elapsed() > LONGEST_FAILURE_PAUSE {
                pauses = self::pauses();
            }
            let pause = pauses.next().unwrap_or(LONGEST_FAILURE_PAUSE);
            // Either way the loop looks at the request.
            let _ = timeout(pause, shutdown.requested()).await;
        }
    }

    async fn serve(self, shutdown: Shutdown) -> Result<(), Error> {
        let mut connection = self.db.pool().acquire().await?;
        let mut leases = Vec::new();
        let result = self.follow(&mut connection, &mut leases, &shutdown).await;
        if result.is_ok() {
            for lease in leases {
                lease.release(&mut connection).await?;
            }
        }
        result
    }

    async fn follow(
        &self,
        connection: &mut PgConnection,
        leases: &mut Vec<Lease>,
        shutdown: &Shutdown,
    ) -> Result<(), Error> {
        let mut looked_for_free = None;
        let mut pause = SHORTEST_PAUSE;
        while !shutdown.is_requested() {
            if looked_for_free.is_none_or(|at: Instant| at.elapsed() >= RENEWAL) {
                self.take_free(connection, leases, shutdown).await?;
                looked_for_free = Some(Instant::now());
            }
            keep(connection, leases).await?;
            if self.apply_news(connection, leases, shutdown).await? {
                pause = SHORTEST_PAUSE;
                continue;
            }
            tokio::select! {
                () = self.wake.0.woken(self.wake.1) => pause = SHORTEST_PAUSE,
                () = shutdown.requested() => {}
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
        Ok(())
    }

    /// Takes free shards of the version that is this program's; an older version is rebuilt first.
    async fn take_free(
        &self,
        connection: &mut PgConnection,
        leases: &mut Vec<Lease>,
        shutdown: &Shutdown,
    ) -> Result<(), Error> {
        if leases.len() == self.shards.len() {
            return Ok(());
        }
        match self.standing(connection).await? {
            Standing::NotOurs => return Ok(()),
            Standing::Ours => {}
            Standing::Older => {
                if !self.rebuild(connection, shutdown).await? {
                    return Ok(());
                }
            }
        }
        let missing: Vec<i16> = self
            .shards
            .iter()
            .filter(|shard| leases.iter().all(|lease| lease.shard() != **shard))
            .copied()
            .collect();
        let name = self.projection.name();
        let version = Some(self.projection.version());
        leases.extend(lease::take_free(connection, name, &missing, self.holder, version).await?);
        Ok(())
    }

    /// Rebuilds, unless that is another lane's, is under way or has stopped, and says whether it is done.
    async fn rebuild(
        &self,
        connection: &mut PgConnection,
        shutdown: &Shutdown,
    ) -> Result<bool, Error> {
        if !self.rebuilds || stopped::is_remembered(connection, self.projection).await? {
            return Ok(false);
        }
        // Nothing is served in this version until the swap, so there is no reason to give up before readers do.
        let rebuilding = rebuild_as(
            &self.db,
            connection,
            self.projection,
            self.holder,
            usize::MAX,
        );
        let rebuilt = tokio::select! {
            () = shutdown.requested() => return Ok(false),
            rebuilt = rebuilding => rebuilt,
        };
        match rebuilt {
            Ok(_) => Ok(true),
            Err(Error::RebuildRunning(_)) => Ok(false),
            Err(Error::RebuildStopped {
                school_id,
                stream,
                sequence,
                reason,
                ..
            }) => {
                let poison = Poison { sequence, reason };
                stopped::remember(connection, self.projection, school_id, &stream, &poison).await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    async fn standing(&self, connection: &mut PgConnection) -> Result<Standing, Error> {
        let served = served_version(connection, self.projection)
            .await?
            .ok_or(Error::NotInstalled(self.projection.name()))?;
        Ok(match served.cmp(&self.projection.version()) {
            Ordering::Equal => Standing::Ours,
            Ordering::Less => Standing::Older,
            Ordering::Greater => Standing::NotOurs,
        })
    }

    /// Applies one batch of each shard that has news, and says whether there was any to apply.
    async fn apply_news(
        &self,
        connection: &mut PgConnection,
        leases: &mut Vec<Lease>,
        shutdown: &Shutdown,
    ) -> Result<bool, Error> {
        if leases.is_empty() {
            return Ok(false);
        }
        let mut advanced = false;
        let news = self.shards_with_news(connection, leases).await?;
        if news.is_empty() {
            return Ok(false);
        }
        let watermark = feed::watermark(connection).await?;
        for shard in news {
            let Some(index) = leases.iter().position(|lease| lease.shard() == shard) else {
                continue;
            };
            if shutdown.is_requested() {
                break;
            }
            let key = CursorKey {
                projection: self.projection,
                shard,
                building: false,
            };
            let all: Vec<&Lease> = leases.iter().collect();
            let work = step(connection, key, &leases[index], watermark);
            match lease::keep_during(&self.db, &all, work).await {
                Ok(Progress::Advanced(events)) => {
                    advanced = true;
                    gauges::count_applied(self.projection, events);
                }
                Ok(Progress::CaughtUp) => {}
                Err(Error::LeaseLost) => {
                    tracing::info!(
                        projection.name = self.projection.name(),
                        shard,
                        "another worker has taken the shard over"
                    );
                    leases.swap_remove(index);
                }
                Err(error) => return Err(error),
            }
            keep(connection, leases).await?;
        }
        Ok(advanced)
    }

    async fn shards_with_news(
        &self,
        connection: &mut PgConnection,
        leases: &[Lease],
    ) -> Result<Vec<i16>, Error> {
        let shards: Vec<i16> = leases.iter().map(Lease::shard).collect();
        Ok(sqlx::query_scalar!(
            "select c.shard from projection_cursors c
             cross join lateral (
               select 1 from events e
               where e.shard = c.shard
                 and (e.epoch, e.transaction_id, e.position) > (c.epoch, c.transaction_id, c.position)
               order by e.epoch, e.transaction_id, e.position limit 1
             ) news
             where c.projection = $1 and not c.building and c.shard = any($2)",
            self.projection.name(),
            &shards,
        )
        .fetch_all(connection)
        .await?)
    }
}

/// Renews what is due and lets go of what somebody else has taken.
async fn keep(connection: &mut PgConnection, leases: &mut Vec<Lease>) -> Result<(), Error> {
    let mut kept = Vec::with_capacity(leases.len());
    for mut lease in leases.drain(..) {
        match lease.keep(connection).await {
            Ok(()) => kept.push(lease),
            Err(Error::LeaseLost) => {}
            Err(error) => return Err(error),
        }
    }
    *leases = kept;
    Ok(())
}

/// The longest pause after a failure: a database that comes back is noticed within this.
const LONGEST_FAILURE_PAUSE: Duration = Duration::from_secs(5);

/// Growing pauses after failures, without an end.
pub(crate) fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(LONGEST_FAILURE_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}
