//! A store as a command finds it: the database, wherever it is, and the keys.

mod keys;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use event_store::store::check_cluster;
use platform::database::{Database, DatabaseRole};
use secrecy::SecretString;

use crate::embedded_postgres::{self, EmbeddedPostgres, Settings};
pub(crate) use keys::KeyLocation;

/// Where a store is.
#[derive(Debug, Clone)]
pub(crate) enum StoreLocation {
    /// On somebody's PostgreSQL.
    Url(SecretString),
    /// On a server of our own.
    Directory {
        /// The data directory.
        data_dir: PathBuf,
        /// The server's programs, if the caller insists.
        binaries: Option<PathBuf>,
    },
}

/// A store that can be connected to.
#[derive(Debug)]
pub(crate) struct Store {
    url: SecretString,
    /// The server, if this process started or adopted it.
    server: Option<EmbeddedPostgres>,
    is_embedded: bool,
}

impl StoreLocation {
    /// Takes the store for this process: a server of our own is started, and no other muster may be using it.
    pub(crate) async fn take(&self) -> Result<Store> {
        match self {
            Self::Url(url) => Ok(Store {
                url: url.clone(),
                server: None,
                is_embedded: false,
            }),
            Self::Directory { data_dir, binaries } => {
                let settings = Settings {
                    data_dir: data_dir.clone(),
                    binaries: binaries.clone(),
                };
                let server = EmbeddedPostgres::start(&settings).await?;
                Ok(Store {
                    url: server.url(),
                    server: Some(server),
                    is_embedded: true,
                })
            }
        }
    }

    /// As [`visit_or_make`](Self::visit_or_make), for who would find nothing in a new store.
    pub(crate) async fn visit(&self) -> Result<Store> {
        if let Self::Directory { data_dir, .. } = self
            && !embedded_postgres::exists(data_dir)
        {
            bail!(
                "there is no store in {}: name its directory with --data-dir, or its database with --database-url \
                 (`muster up`, `demo`, `migrate` and `import` make a new one)",
                data_dir.display()
            );
        }
        self.visit_or_make().await
    }

    /// Reaches the store for a while: the server of a running `muster up` is used beside it, else one is started.
    pub(crate) async fn visit_or_make(&self) -> Result<Store> {
        if let Self::Directory { data_dir, .. } = self
            && let Some(url) = embedded_postgres::running(data_dir).await?
        {
            return Ok(Store {
                url,
                server: None,
                is_embedded: true,
            });
        }
        self.take().await
    }
}

impl Store {
    /// Where to connect.
    pub(crate) fn url(&self) -> &SecretString {
        &self.url
    }

    /// A store of our own is laid out by whoever comes first; one on somebody's PostgreSQL by `muster migrate`.
    pub(crate) async fn lay_out_own(&self) -> Result<()> {
        if self.is_embedded {
            crate::migrate(&self.url).await
        } else {
            Ok(())
        }
    }

    /// A pool of connections.
    pub(crate) async fn connect(&self, role: DatabaseRole, connections: u32) -> Result<Database> {
        Database::connect(&self.url, role, connections)
            .await
            .context("cannot connect to the database")
    }

    /// Refuses a store whose history belongs to another cluster.
    pub(crate) async fn check_cluster(&self) -> Result<()> {
        let worker = self.connect(DatabaseRole::Worker, 1).await?;
        let mut connection = worker
            .pool()
            .acquire()
            .await
            .context("cannot connect to the database")?;
        let checked = check_cluster(&mut connection).await;
        drop(connection);
        worker.pool().close().await;
        Ok(checked?)
    }

    /// Does the work while the server of our own is kept running, and fails when that is hopeless.
    pub(crate) async fn supervised<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(server) = &self.server else {
            return work.await;
        };
        tokio::select! {
            done = work => done,
            error = server.supervise() => Err(error),
        }
    }

    /// Lets go of the store, stopping the server if it is ours.
    pub(crate) async fn close(self) -> Result<()> {
        match self.server {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }
}
