//! `muster command-api` and `muster query-api`: one role a process, for the district with many machines.

use std::net::TcpListener;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use platform::database::DatabaseRole;
use platform::server::Services;
use platform::shutdown::{Shutdown, signal};

use super::Exit;
use super::options::{ClockOptions, KeyOptions, ServeOptions, StoreOptions};
use super::up::DATA_DIRECTORY;
use crate::server::{Role, build_role};
use crate::store::Store;

/// What a role needs.
#[derive(Debug, Args)]
pub(super) struct RoleOptions {
    #[command(flatten)]
    pub(super) store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
    #[command(flatten)]
    clock: ClockOptions,
    #[command(flatten)]
    pub(super) serve: ServeOptions,
}

impl RoleOptions {
    /// Gets ready what requests need, on a store that `muster migrate` has laid out.
    pub(super) async fn services(&self, store: &Store) -> Result<Services> {
        store.check_cluster().await?;
        let keyring = self.keys.location(&self.store, DATA_DIRECTORY)?.open()?;
        let database = store
            .connect(DatabaseRole::App, self.serve.connections())
            .await?;
        let services = Services::open(database, self.clock.clock(), keyring)
            .await
            .context("cannot start")?;
        Ok(services
            .with_metrics(self.serve.metrics()?)
            .with_trusted_proxies(self.serve.trusted_proxies()))
    }

    async fn run(&self, role: Role) -> Result<Exit> {
        let shutdown = stop_on_signal();
        let listener = self.serve.listen()?;
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let served = store
            .supervised(self.serve(&store, listener, role, &shutdown))
            .await;
        served.and(store.close().await).map(|()| Exit::Done)
    }

    async fn serve(
        &self,
        store: &Store,
        listener: TcpListener,
        role: Role,
        shutdown: &Shutdown,
    ) -> Result<()> {
        let services = self.services(store).await?;
        let services = if role == Role::CommandApi {
            command_api::with_clock_check(services)
        } else {
            services
        };
        serve_until_asked_to_stop(listener, services, role, shutdown).await
    }
}

/// Serves commands and sign-in only
///
/// Any number of these can run on one store, which `muster migrate` has laid out.
#[derive(Debug, Args)]
pub(super) struct CommandApi {
    #[command(flatten)]
    role: RoleOptions,
}

impl CommandApi {
    pub(super) async fn run(self) -> Result<Exit> {
        self.role.run(Role::CommandApi).await
    }
}

/// Serves registers, reports and history only
///
/// Any number of these can run on one store, which `muster migrate` has laid out.
#[derive(Debug, Args)]
pub(super) struct QueryApi {
    #[command(flatten)]
    role: RoleOptions,
}

impl QueryApi {
    pub(super) async fn run(self) -> Result<Exit> {
        self.role.run(Role::QueryApi).await
    }
}

/// A request to stop that is made when the operating system asks for the end.
pub(super) fn stop_on_signal() -> Shutdown {
    let shutdown = Shutdown::new();
    let asked = shutdown.clone();
    tokio::spawn(async move {
        if let Err(error) = signal().await {
            tracing::error!(%error, "signals cannot be listened to: muster can only be killed");
            return;
        }
        asked.request();
    });
    shutdown
}

/// Serves until asked to stop, then lets running requests finish.
pub(super) async fn serve_until_asked_to_stop(
    listener: TcpListener,
    services: Services,
    role: Role,
    shutdown: &Shutdown,
) -> Result<()> {
    let server = build_role(listener, services, role, shutdown.clone()).context("cannot serve")?;
    let handle = server.handle();
    let mut serving = tokio::spawn(server);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = shutdown.requested() => {
            handle.stop(true).await;
            serving.await
        }
    };
    ended
        .map_err(|error| anyhow!(error))
        .and_then(|served| Ok(served?))
        .context("the server failed")
}
