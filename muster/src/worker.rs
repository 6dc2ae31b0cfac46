//! The projection worker and the notary beside what else the process does.

use anyhow::{Context, Result};
use chrono::TimeDelta;
use platform::database::{Database, DatabaseRole};
use platform::server::Services;
use platform::shutdown::Shutdown;
use projections::Worker;
use tokio::task::JoinHandle;

use crate::notary::Notary;
use crate::store::Store;

/// Two lanes for each projection, the gauges, two for the notary, and one to spare.
const CONNECTIONS: u32 = 8;

/// A worker that runs until it is stopped.
#[derive(Debug)]
pub(crate) struct RunningWorker {
    database: Database,
    shutdown: Shutdown,
    worker: JoinHandle<()>,
    notary: JoinHandle<()>,
}

impl RunningWorker {
    /// Starts it. Commits of this process wake it at once; those of others it finds by polling. A log that grows gets a
    /// checkpoint after `checkpoint_every`.
    pub(crate) async fn start(
        store: &Store,
        services: &Services,
        checkpoint_every: TimeDelta,
    ) -> Result<Self> {
        let database = store
            .connect(DatabaseRole::Worker, CONNECTIONS)
            .await
            .context("the worker cannot start")?;
        let shutdown = Shutdown::new();
        let worker =
            Worker::new(database.clone(), platform::ids::new_id()).woken_by(command_api::commits());
        let worker = tokio::spawn(worker.run(shutdown.clone()));
        let notary = Notary {
            database: database.clone(),
            keyring: services.keyring.clone(),
            clock: services.clock.clone(),
            every: checkpoint_every,
        };
        let notary = tokio::spawn(notary.run(shutdown.clone()));
        Ok(Self {
            database,
            shutdown,
            worker,
            notary,
        })
    }

    /// Waits until it has finished what it was at.
    pub(crate) async fn stop(self) {
        self.shutdown.request();
        for task in [self.worker, self.notary] {
            if let Err(error) = task.await {
                tracing::error!(%error, "the worker did not end in order");
            }
        }
        self.database.pool().close().await;
    }
}
