//! A private PostgreSQL server for the school with one computer.
//!
//! The cluster lives in `<data directory>/postgres`, listens on the loopback address and a socket of its own, and asks
//! for a generated password that is kept beside it in a file only its owner can read. Reading order: [`binaries`] finds
//! the server's programs, [`download`] fetches them if there are none, [`directory`] lays out and locks the data
//! directory, [`cluster`] makes the cluster once, [`server`] starts, adopts and stops the process, [`supervision`] starts it
//! again when it ends by itself.

mod account;
mod binaries;
mod cluster;
mod directory;
mod download;
mod postmaster_file;
mod server;
mod supervision;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use secrecy::SecretString;
use sqlx::{Connection, PgConnection};
use tokio::sync::Mutex;

use account::Account;
use binaries::Binaries;
use directory::{DataDirectory, DirectoryLock};
use server::{Address, Durability, Program, Server};

/// The database inside the cluster that holds a store.
pub const DATABASE: &str = "muster";

/// Where the cluster lives and which programs run it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory of muster; the cluster is `postgres` inside it.
    pub data_dir: PathBuf,
    /// The directory of `postgres` and `initdb`, if the caller insists on one.
    pub binaries: Option<PathBuf>,
}

/// A running server that belongs to this process until [`EmbeddedPostgres::stop`].
#[derive(Debug)]
pub struct EmbeddedPostgres {
    address: Address,
    server: Mutex<Server>,
    // Declared after the server: the directory is free only when the server is gone.
    _lock: DirectoryLock,
}

impl EmbeddedPostgres {
    /// Starts the server of a data directory, making the cluster first if there is none. A server that outlived its
    /// muster is adopted. The data survives power loss: every commit is flushed.
    ///
    /// # Errors
    /// Another muster uses the directory; no suitable server programs; the server does not come up.
    pub async fn start(settings: &Settings) -> Result<Self> {
        Self::open(settings, Durability::Durable).await
    }

    /// Starts a throw-away server for tests in an empty directory: nothing is flushed, anyone on this machine may
    /// connect, and dropping it stops it at once.
    ///
    /// # Errors
    /// As [`EmbeddedPostgres::start`].
    pub async fn ephemeral(directory: &Path) -> Result<Self> {
        let settings = Settings {
            data_dir: directory.to_owned(),
            binaries: None,
        };
        Self::open(&settings, Durability::Ephemeral).await
    }

    async fn open(settings: &Settings, durability: Durability) -> Result<Self> {
        let account = Account::for_server()?;
        let directory = DataDirectory::prepare(&settings.data_dir, account.as_ref())?;
        let lock = DirectoryLock::acquire(&directory)?;
        let binaries = find_or_download(settings, &directory).await?;
        cluster::initialise(&directory, &binaries, account.as_ref(), durability).await?;
        let server = Server::start(Program {
            directory,
            binaries,
            account,
            durability,
        })
        .await?;
        create_database(server.address()).await?;
        Ok(Self {
            address: server.address().clone(),
            server: Mutex::new(server),
            _lock: lock,
        })
    }

    /// Where to connect for the database [`DATABASE`], password included.
    #[must_use]
    pub fn url(&self) -> SecretString {
        self.address.url(DATABASE)
    }

    /// Where to connect for any database of the cluster, password included.
    #[must_use]
    pub fn database_url(&self, database: &str) -> SecretString {
        self.address.url(database)
    }

    /// Watches the server and starts it again, at the same address, whenever it ends by itself. What was committed is
    /// there again; connections are not. Ends only when it gives up, with the reason.
    pub async fn supervise(&self) -> anyhow::Error {
        supervision::supervise(&mut *self.server.lock().await).await
    }

    /// Stops the server cleanly: open transactions are rolled back, everything committed is flushed.
    ///
    /// # Errors
    /// The server does not end within a minute.
    pub async fn stop(self) -> Result<()> {
        self.server.into_inner().stop().await
    }
}

/// Where to connect if the server of this data directory is running now, under whichever muster.
///
/// # Errors
/// The directory cannot be read.
pub async fn running(data_dir: &Path) -> Result<Option<SecretString>> {
    let Some(directory) = DataDirectory::existing(data_dir) else {
        return Ok(None);
    };
    Ok(Server::find(&directory)
        .await?
        .map(|address| address.url(DATABASE)))
}

/// Whether the data directory has a cluster, running or not.
pub fn exists(data_dir: &Path) -> bool {
    DataDirectory::existing(data_dir)
        .is_some_and(|directory| directory.cluster().join("PG_VERSION").is_file())
}

/// The directory of PostgreSQL's programs of this major version, on this machine or downloaded for a data directory; None if
/// only the search path is left.
pub(crate) async fn programs(version: u32, data_dir: Option<&Path>) -> Option<PathBuf> {
    let downloads = data_dir
        .and_then(DataDirectory::existing)
        .map(|directory| directory.downloads())
        .unwrap_or_default();
    let found = binaries::find(None, &downloads, Some(version))
        .await
        .ok()??;
    found.directory
}

async fn find_or_download(settings: &Settings, directory: &DataDirectory) -> Result<Binaries> {
    let wanted = cluster::version(directory)?;
    let downloaded = directory.downloads();
    match binaries::find(settings.binaries.as_deref(), &downloaded, wanted).await? {
        Some(found) => Ok(found),
        None => download::fetch(&downloaded, wanted).await,
    }
}

async fn create_database(address: &Address) -> Result<()> {
    use secrecy::ExposeSecret;
    let url = address.url("postgres");
    let mut connection = PgConnection::connect(url.expose_secret())
        .await
        .context("the embedded PostgreSQL server does not accept our password")?;
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut connection)
            .await?;
    if !exists {
        sqlx::raw_sql("create database muster")
            .execute(&mut connection)
            .await?;
    }
    connection.close().await?;
    Ok(())
}
