//! `muster up`: every role in one process.

use std::net::TcpListener;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use clap::Args;
use platform::clock::Clock;
use platform::database::DatabaseRole;
use platform::server::Services;
use platform::shutdown::Shutdown;

use super::Exit;
use super::options::{CheckpointOptions, ClockOptions, KeyOptions, ServeOptions, StoreOptions};
use super::output::say;
use super::role::{serve_until_asked_to_stop, stop_on_signal};
use crate::server::Role;
use crate::store::{KeyLocation, Store};
use crate::worker::RunningWorker;

/// The name of the data directory when none is given.
pub(super) const DATA_DIRECTORY: &str = "muster";

/// Runs everything a school needs in one process
///
/// Without a database URL it runs a PostgreSQL server of its own in the data directory, using the programs on this
/// machine or downloading them, and starts it again should it end by itself. It lays the database out, makes keys at the
/// first start, serves the APIs and keeps the read tables up to date until it is stopped (Ctrl-C).
#[derive(Debug, Args)]
pub(super) struct Up {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
    #[command(flatten)]
    clock: ClockOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    checkpoints: CheckpointOptions,
}

impl Up {
    pub(super) async fn run(self) -> Result<Exit> {
        let shutdown = stop_on_signal();
        // Before the slow things: a port that is taken is said at once.
        let listener = self.serve.listen()?;
        let keys = self.keys.location(&self.store, DATA_DIRECTORY)?;
        let store = self.store.location(DATA_DIRECTORY)?.take().await?;
        let ran = store
            .supervised(self.serve(&store, &keys, listener, &shutdown))
            .await;
        let closed = store.close().await;
        ran.and(closed).map(|()| Exit::Done)
    }

    async fn serve(
        &self,
        store: &Store,
        keys: &KeyLocation,
        listener: TcpListener,
        shutdown: &Shutdown,
    ) -> Result<()> {
        let preparing = prepare(store, keys, &self.serve, self.clock.clock());
        let services = tokio::select! {
            services = preparing => services?,
            () = shutdown.requested() => return Ok(()),
        };
        run_everything(
            store,
            services,
            listener,
            self.checkpoints.every(),
            shutdown,
        )
        .await
    }
}

/// Lays out the store and gets ready what requests need.
pub(super) async fn prepare(
    store: &Store,
    keys: &KeyLocation,
    serve: &ServeOptions,
    clock: Clock,
) -> Result<Services> {
    crate::migrate(store.url()).await?;
    store.check_cluster().await?;
    let database = store
        .connect(DatabaseRole::App, serve.connections())
        .await?;
    let keyring = keys.open_or_create(&database).await?;
    let services = Services::open(database, clock, keyring)
        .await
        .context("cannot start")?;
    Ok(command_api::with_clock_check(services)
        .with_metrics(serve.metrics()?)
        .with_trusted_proxies(serve.trusted_proxies()))
}

/// Serves both APIs and runs the worker until asked to stop.
pub(super) async fn run_everything(
    store: &Store,
    services: Services,
    listener: TcpListener,
    checkpoint_every: TimeDelta,
    shutdown: &Shutdown,
) -> Result<()> {
    let worker = RunningWorker::start(store, &services, checkpoint_every).await?;
    say(format_args!(
        "Muster is ready: http://{}/ (Ctrl-C stops it)",
        listener.local_addr()?
    ))?;
    let database = services.db.clone();
    let served = serve_until_asked_to_stop(listener, services, Role::All, shutdown).await;
    worker.stop().await;
    database.pool().close().await;
    served
}
