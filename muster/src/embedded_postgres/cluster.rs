//! Makes the cluster, once.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::directory::{DataDirectory, make_private, write_private};
use super::server::Durability;

/// The superuser of the cluster; muster's pools leave its rights at once by `set role`.
pub(super) const SUPERUSER: &str = "postgres";

/// The major version that made the cluster, or None before there is one.
pub(super) fn version(directory: &DataDirectory) -> Result<Option<u32>> {
    let path = directory.cluster().join("PG_VERSION");
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let version = text
        .trim()
        .parse()
        .with_context(|| format!("{} is not a version", path.display()))?;
    Ok(Some(version))
}

/// Makes the cluster if there is none. It is made beside its place and renamed into it, so that one which was
/// interrupted is never mistaken for a whole one.
pub(super) async fn initialise(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: Option<&Account>,
    durability: Durability,
) -> Result<()> {
    if directory.cluster().exists() {
        return Ok(());
    }
    tracing::info!(directory = %directory.cluster().display(), "making a PostgreSQL cluster");
    let unfinished = directory.postgres().join("cluster.unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished).context("cannot clear away an unfinished cluster")?;
    }
    let password = new_password(durability);
    // Kept before the rename: a cluster always has its password.
    directory.keep_password(&password)?;
    let password_file = directory.postgres().join("password.new");
    write_private(&password_file, password.expose_secret())?;
    if let Some(account) = account {
        account.own(&password_file)?;
    }
    let outcome = run_initdb(
        directory,
        binaries,
        account,
        durability,
        &unfinished,
        &password_file,
    )
    .await;
    std::fs::remove_file(&password_file)?;
    outcome?;
    make_socket_directory(directory, account)?;
    std::fs::rename(&unfinished, directory.cluster())
        .context("cannot put the new cluster in its place")
}

fn make_socket_directory(directory: &DataDirectory, account: Option<&Account>) -> Result<()> {
    if let Some(socket_directory) = directory.socket_directory() {
        make_private(&socket_directory)?;
        if let Some(account) = account {
            account.own(&socket_directory)?;
        }
    }
    Ok(())
}

fn new_password(durability: Durability) -> SecretString {
    match durability {
        Durability::Durable => SecretString::from(hex::encode(platform::ids::random::<24>())),
        Durability::Ephemeral => SecretString::from("none"),
    }
}

async fn run_initdb(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: Option<&Account>,
    durability: Durability,
    cluster: &Path,
    password_file: &Path,
) -> Result<()> {
    let mut command = Command::new(binaries.program("initdb"));
    command
        .arg("--pgdata")
        .arg(cluster)
        .arg("--pwfile")
        .arg(password_file)
        .args([
            "--username",
            SUPERUSER,
            "--encoding",
            "UTF8",
            "--locale",
            locale(),
        ])
        .arg(match durability {
            Durability::Durable => "--auth=scram-sha-256",
            Durability::Ephemeral => "--auth=trust",
        })
        .current_dir(directory.postgres())
        .stdin(Stdio::null());
    if durability == Durability::Ephemeral {
        command.arg("--no-sync");
    }
    if let Some(account) = account {
        account.apply(&mut command);
    }
    let output = command.output().await.context("cannot run initdb")?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        bail!(
            "initdb could not make a cluster in {}: {}",
            cluster.display(),
            one_line(&text)
        );
    }
    Ok(())
}

/// Letters of every alphabet, and an order that is the same on every machine.
fn locale() -> &'static str {
    if cfg!(target_os = "linux") {
        "C.UTF-8"
    } else {
        "C"
    }
}

/// The first thing a program complained about.
fn one_line(text: &str) -> &str {
    text.lines()
        .find(|line| line.contains("error") || line.contains("FATAL"))
        .or(text.lines().next())
        .unwrap_or("no reason given")
}
