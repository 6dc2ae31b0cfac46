//! Options that several commands share.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::TimeDelta;
use clap::Args;
use nix::unistd::{Uid, User};
use platform::clock::Clock;
use platform::database::Database;
use platform::server::{MetricsAccess, TrustedProxy, install_metrics};
use secrecy::SecretString;

use crate::backup::PostgresTools;
use crate::privacy::Ledger;
use crate::store::{KeyLocation, Store, StoreLocation};

/// Where the store is.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where the data is")]
pub(super) struct StoreOptions {
    /// PostgreSQL to use instead of a server of muster's own; `DATABASE_URL` is honoured as well
    #[arg(
        long,
        env = "MUSTER_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL"
    )]
    database_url: Option<SecretString>,
    /// What other programs call the same
    #[arg(
        long,
        env = "DATABASE_URL",
        hide = true,
        hide_env_values = true,
        value_name = "URL"
    )]
    plain_database_url: Option<SecretString>,
    /// Where muster keeps its own PostgreSQL and its keys [default: /var/lib/muster for root, else
    /// ~/.local/share/muster; the demo's is muster-demo in the same place]
    #[arg(long, env = "MUSTER_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Directory with the programs of a PostgreSQL server (15 or newer), if the ones on this machine are not to be used
    #[arg(long, env = "MUSTER_PG_BIN", value_name = "DIR")]
    pg_bin: Option<PathBuf>,
}

impl StoreOptions {
    /// Where the store is; `name` is the data directory's, when none was given.
    pub(super) fn location(&self, name: &str) -> Result<StoreLocation> {
        Ok(
            match self
                .database_url
                .as_ref()
                .or(self.plain_database_url.as_ref())
            {
                Some(url) => StoreLocation::Url(url.clone()),
                None => StoreLocation::Directory {
                    data_dir: self.data_dir(name)?,
                    binaries: self.pg_bin.clone(),
                },
            },
        )
    }

    /// PostgreSQL's programs for dumps of the store.
    pub(super) async fn tools(
        &self,
        owner: &Database,
        store: &Store,
        name: &str,
    ) -> Result<PostgresTools> {
        let data_dir = self.data_dir(name).ok();
        PostgresTools::find(owner, store.url(), self.pg_bin.clone(), data_dir.as_deref()).await
    }

    fn data_dir(&self, name: &str) -> Result<PathBuf> {
        if let Some(directory) = &self.data_dir {
            return Ok(directory.clone());
        }
        let user = Uid::effective();
        if user.is_root() {
            return Ok(PathBuf::from("/var/lib").join(name));
        }
        let user =
            User::from_uid(user)?.context("this user has no home directory: give --data-dir")?;
        Ok(user.dir.join(".local/share").join(name))
    }
}

/// Where the keys are that are not in the database.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where the data is")]
pub(super) struct KeyOptions {
    /// File with the keys that seal texts and sign tokens [default: keys.json in the data directory]
    #[arg(long, env = "MUSTER_KEY_FILE", value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// The content of such a file, for places where secrets are handed over as variables
    #[arg(
        long,
        env = "MUSTER_KEYRING",
        hide_env_values = true,
        value_name = "JSON"
    )]
    keyring: Option<SecretString>,
}

impl KeyOptions {
    pub(super) fn location(&self, store: &StoreOptions, name: &str) -> Result<KeyLocation> {
        Ok(match (&self.keyring, &self.key_file) {
            (Some(content), _) => KeyLocation::Content(content.clone()),
            (None, Some(path)) => KeyLocation::File(path.clone()),
            (None, None) => KeyLocation::File(store.data_dir(name)?.join("keys.json")),
        })
    }

    /// The file that was named, if one was.
    pub(super) fn named_file(&self) -> Option<PathBuf> {
        self.key_file.clone().filter(|_| self.keyring.is_none())
    }
}

/// Where it is written down who was erased.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where the data is")]
pub(super) struct LedgerOptions {
    /// File with the erasure ledger, to be kept outside the backups of the data [default: erasures.ndjson in the data
    /// directory]
    #[arg(long, env = "MUSTER_ERASURES", value_name = "FILE")]
    erasures: Option<PathBuf>,
}

impl LedgerOptions {
    /// Whether a file was named.
    pub(super) fn is_named(&self) -> bool {
        self.erasures.is_some()
    }

    pub(super) fn ledger(&self, store: &StoreOptions, name: &str) -> Result<Ledger> {
        Ok(Ledger::at(match &self.erasures {
            Some(path) => path.clone(),
            None => store.data_dir(name)?.join("erasures.ndjson"),
        }))
    }
}

/// The clock, which is the machine's unless a demo or a test says otherwise.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "For demos and tests")]
pub(super) struct ClockOptions {
    /// A made-up time and how fast it goes, such as 2026-11-24T08:00:00Z@1; only with a demo or test store
    #[arg(long, env = "MUSTER_CLOCK", value_name = "TIME@RATE")]
    clock: Option<Clock>,
}

impl ClockOptions {
    pub(super) fn clock(&self) -> Clock {
        self.clock.clone().unwrap_or_else(Clock::system)
    }
}

/// How requests are taken.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "How requests are taken")]
pub(super) struct ServeOptions {
    /// Port to listen on
    #[arg(long, env = "MUSTER_PORT", default_value_t = 8080)]
    port: u16,
    /// Address to listen on; 0.0.0.0 lets other machines in
    #[arg(
        long,
        visible_alias = "bind",
        env = "MUSTER_LISTEN",
        default_value = "127.0.0.1",
        value_name = "ADDRESS"
    )]
    listen: IpAddr,
    /// Lets other machines read /metrics with this bearer token; this machine needs none
    #[arg(
        long,
        env = "MUSTER_METRICS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    metrics_token: Option<SecretString>,
    /// Address or network of a proxy in front, such as 172.18.0.0/16, whose X-Forwarded headers are believed; several
    /// with commas between; those on this machine always are
    #[arg(
        long = "trusted-proxy",
        env = "MUSTER_TRUSTED_PROXY",
        value_delimiter = ',',
        value_name = "NETWORK"
    )]
    trusted_proxies: Vec<TrustedProxy>,
    /// Connections to the database for requests
    #[arg(long, env = "MUSTER_CONNECTIONS", default_value_t = 16, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(2..))]
    connections: u32,
}

impl ServeOptions {
    pub(super) fn listen(&self) -> Result<TcpListener> {
        let address = SocketAddr::new(self.listen, self.port);
        TcpListener::bind(address).with_context(|| {
            format!("cannot listen on {address}: choose another one with --port or --listen")
        })
    }

    pub(super) fn connections(&self) -> u32 {
        self.connections
    }

    pub(super) fn trusted_proxies(&self) -> Vec<TrustedProxy> {
        self.trusted_proxies.clone()
    }

    pub(super) fn metrics(&self) -> Result<MetricsAccess> {
        let handle = install_metrics().context("metrics cannot be collected")?;
        Ok(MetricsAccess::new(handle, self.metrics_token.clone()))
    }
}

/// How the logs of the schools are signed.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Proof for auditors")]
pub(super) struct CheckpointOptions {
    /// After how many minutes a log that has grown is signed again
    #[arg(
        long,
        env = "MUSTER_CHECKPOINT_MINUTES",
        default_value_t = 10,
        value_name = "MINUTES",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    checkpoint_minutes: u16,
}

impl CheckpointOptions {
    pub(super) fn every(&self) -> TimeDelta {
        TimeDelta::minutes(self.checkpoint_minutes.into())
    }
}
