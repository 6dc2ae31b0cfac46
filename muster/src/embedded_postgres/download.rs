//! Fetches server programs when the machine has none.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use postgresql_embedded::{PostgreSQL, Settings, VersionReq};

use super::binaries::{self, Binaries};

const RELEASES: &str = "https://github.com/theseus-rs/postgresql-binaries";
/// What is fetched for a new cluster.
const NEW_CLUSTER_VERSION: u32 = 17;

/// Downloads the wanted major version into `<downloads>/<version>`.
///
/// # Errors
/// No network, or the archive is damaged; the message says what to install instead.
pub(super) async fn fetch(downloads: &Path, wanted: Option<u32>) -> Result<Binaries> {
    let version = wanted.unwrap_or(NEW_CLUSTER_VERSION);
    tracing::info!(
        version,
        "no PostgreSQL server found on this machine: downloading one"
    );
    install(downloads, version).await.with_context(|| {
        format!(
            "no PostgreSQL server ({}) was found and none could be downloaded: install one \
             (on Debian: apt install postgresql), or name its programs with MUSTER_PG_BIN, or give --database-url",
            wanted.map_or_else(
                || format!("version {} or newer", binaries::OLDEST_VERSION),
                |version| format!("version {version}, which made this data directory")
            )
        )
    })?;
    match binaries::find(None, downloads, Some(version)).await? {
        Some(found) => Ok(found),
        None => bail!("the downloaded PostgreSQL server does not run on this machine"),
    }
}

async fn install(downloads: &Path, version: u32) -> Result<()> {
    // Only the programs are wanted, the cluster is made by us: a data directory that looks initialised is left alone.
    let decoy = downloads.join("not-a-cluster");
    std::fs::create_dir_all(&decoy)?;
    std::fs::write(decoy.join("postgresql.conf"), "")?;
    let settings = Settings {
        releases_url: RELEASES.to_owned(),
        version: VersionReq::parse(&format!("={version}"))?,
        installation_dir: downloads.to_owned(),
        password_file: decoy.join("password"),
        data_dir: decoy.clone(),
        host: "127.0.0.1".to_owned(),
        port: 0,
        username: "postgres".to_owned(),
        password: String::new(),
        temporary: false,
        timeout: Some(Duration::from_secs(600)),
        configuration: HashMap::new(),
        trust_installation_dir: false,
        socket_dir: None,
    };
    let outcome = PostgreSQL::new(settings).setup().await;
    std::fs::remove_dir_all(&decoy)?;
    Ok(outcome?)
}
