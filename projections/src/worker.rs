//! The worker: follows the feed until it is told to stop, and survives whatever happens to the database.

use std::sync::Arc;
use std::time::Duration;

use event_store::feed::SHARDS;
use platform::database::Database;
use platform::shutdown::Shutdown;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::Error;
use crate::gauges;
use crate::install::install;
use crate::lane::{Lane, pauses};
use crate::projection::Projection;
use crate::stopped;

/// Lanes of each projection. A lane works on its shards one after the other, on one connection.
const LANES: i16 = 2;

/// How often the gauges are set.
const GAUGES_EVERY: Duration = Duration::from_secs(5);

/// Tells the worker of the same process that there are new events, so that it need not wait for its next look. A hint:
/// nothing depends on it.
#[derive(Debug, Clone)]
pub struct WakeHandle(Arc<[Notify]>);

impl WakeHandle {
    /// Says that there are new events. Cheap, and saying it often is the same as saying it once.
    pub fn wake(&self) {
        for lane in self.0.iter() {
            lane.notify_one();
        }
    }
}

/// Follows the feed for every projection. Several workers share the work by leases: what one holds, the others leave.
///
/// Its pool should allow two connections a projection and two more, for gauges and a rebuild.
#[derive(Debug)]
pub struct Worker {
    db: Database,
    holder: Uuid,
    wake: WakeHandle,
    commits: Option<watch::Receiver<u64>>,
}

impl Worker {
    /// A worker on a pool of [`DatabaseRole::Worker`](platform::database::DatabaseRole). `holder` is its name in leases,
    /// different from every other worker's.
    pub fn new(db: Database, holder: Uuid) -> Self {
        let lanes = Projection::ALL.len() * usize::from(LANES.unsigned_abs());
        Self {
            db,
            holder,
            wake: WakeHandle((0..lanes).map(|_| Notify::new()).collect()),
            commits: None,
        }
    }

    /// The same worker, woken up whenever this count of the process's commits changes.
    #[must_use]
    pub fn woken_by(self, commits: watch::Receiver<u64>) -> Self {
        Self {
            commits: Some(commits),
            ..self
        }
    }

    /// What wakes the worker up.
    pub fn wake_handle(&self) -> WakeHandle {
        self.wake.clone()
    }

    /// Works until the shutdown is requested, then gives its leases back.
    pub async fn run(self, shutdown: Shutdown) {
        self.install(&shutdown).await;
        let mut tasks = JoinSet::new();
        for (index, (projection, first)) in lanes().enumerate() {
            let shards = (first..SHARDS).step_by(usize::from(LANES.unsigned_abs()));
            let lane = Lane::new(
                self.db.clone(),
                projection,
                shards.collect(),
                self.holder,
                (self.wake.clone(), index),
            );
            tasks.spawn(lane.run(shutdown.clone()));
        }
        if let Some(commits) = self.commits {
            tasks.spawn(pass_on(commits, self.wake, shutdown.clone()));
        }
        tasks.spawn(set_gauges(self.db, shutdown));
        tasks.join_all().await;
    }

    async fn install(&self, shutdown: &Shutdown) {
        let mut pauses = pauses();
        while let Err(error) = self.try_to_install().await {
            report(&error, "the read tables could not be made yet");
            let pause = pauses.next().unwrap_or_default();
            if timeout(pause, shutdown.requested()).await.is_ok() {
                return;
            }
        }
    }
}

impl Worker {
    /// A program that starts may be able to do what the one before it could not: a stopped rebuild gets another chance.
    async fn try_to_install(&self) -> Result<(), Error> {
        install(&self.db).await?;
        let mut connection = self.db.pool().acquire().await?;
        stopped::forget(&mut connection).await
    }
}

impl WakeHandle {
    pub(crate) async fn woken(&self, lane: usize) {
        if let Some(notify) = self.0.get(lane) {
            notify.notified().await;
        }
    }
}

fn lanes() -> impl Iterator<Item = (Projection, i16)> {
    Projection::ALL
        .into_iter()
        .flat_map(|projection| (0..LANES).map(move |lane| (projection, lane)))
}

/// Commits that come together wake the worker once.
async fn pass_on(mut commits: watch::Receiver<u64>, wake: WakeHandle, shutdown: Shutdown) {
    loop {
        tokio::select! {
            changed = commits.changed() => match changed {
                Ok(()) => wake.wake(),
                Err(_) => return,
            },
            () = shutdown.requested() => return,
        }
    }
}

async fn set_gauges(db: Database, shutdown: Shutdown) {
    loop {
        if let Err(error) = gauges::refresh(&db).await {
            report(&error, "the gauges could not be set");
        }
        if timeout(GAUGES_EVERY, shutdown.requested()).await.is_ok() {
            return;
        }
    }
}

/// Logs what a worker survives.
pub(crate) fn report(error: &Error, what: &'static str) {
    tracing::warn!(error = error.chain(), "{what}");
}
