//! The projection worker beside what else the process does.

use anyhow::{Context, Result};
use platform::database::{Database, DatabaseRole};
use platform::shutdown::Shutdown;
use projections::Worker;
use tokio::task::JoinHandle;

use crate::store::Store;

/// Two lanes for each projection, the gauges, and one to spare.
const CONNECTIONS: u32 = 6;

/// A worker that runs until it is stopped.
#[derive(Debug)]
pub(crate) struct RunningWorker {
    database: Database,
    shutdown: Shutdown,
    worker: JoinHandle<()>,
}

impl RunningWorker {
    /// Starts it. Commits of this process wake it at once; those of others it finds by polling.
    pub(crate) async fn start(store: &Store) -> Result<Self> {
        let database = store
            .connect(DatabaseRole::Worker, CONNECTIONS)
            .await
            .context("the worker cannot start")?;
        let shutdown = Shutdown::new();
        let worker =
            Worker::new(database.clone(), platform::ids::new_id()).woken_by(command_api::commits());
        let worker = tokio::spawn(worker.run(shutdown.clone()));
        Ok(Self {
            database,
            shutdown,
            worker,
        })
    }

    /// Waits until it has finished what it was at.
    pub(crate) async fn stop(self) {
        self.shutdown.request();
        if let Err(error) = self.worker.await {
            tracing::error!(%error, "the worker did not end in order");
        }
        self.database.pool().close().await;
    }
}
