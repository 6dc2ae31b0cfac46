//! The real executable as a process of its own, to be started, killed and started again.

use std::fs::Permissions;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use tokio::process::{Child, Command};

use crate::caller::Caller;

/// How long a role may take until it is ready, or to end when asked.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Connects to the PostgreSQL that a muster has in its data directory, as whoever owns its tables.
///
/// # Errors
/// It is not running.
pub async fn connect(data_dir: &Path) -> Result<PgConnection> {
    let url = muster::embedded_postgres::running(data_dir)
        .await?
        .context("PostgreSQL is not running")?;
    let mut connection = PgConnection::connect(url.expose_secret()).await?;
    sqlx::raw_sql("set search_path = public, read; set timezone = 'UTC'")
        .execute(&mut connection)
        .await?;
    Ok(connection)
}

/// A running `muster`, killed when this value is dropped.
#[derive(Debug)]
pub struct MusterProcess {
    child: Child,
    log: PathBuf,
    /// Where it answers: `http://127.0.0.1:1234`.
    pub address: String,
}

impl MusterProcess {
    /// Starts `muster` with these arguments and environment, and a port of its own. It logs to a file in `directory`.
    ///
    /// # Errors
    /// The executable was not built, or cannot be started.
    pub fn spawn(
        directory: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let port = free_port()?;
        let log = directory.join(format!(
            "muster-{}-{port}.log",
            arguments.first().copied().unwrap_or_default()
        ));
        let output = std::fs::File::create(&log)?;
        let child = Command::new(executable()?)
            .args(arguments)
            .args(["--port", &port.to_string()])
            .env_remove("DATABASE_URL")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start muster")?;
        Ok(Self {
            child,
            log,
            address: format!("http://127.0.0.1:{port}"),
        })
    }

    /// Runs `muster` with these arguments to its end.
    ///
    /// # Errors
    /// It fails; the message is what it said.
    pub async fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
        let output = Self::output(arguments, environment).await?;
        let said = |bytes| String::from_utf8_lossy(bytes).into_owned();
        ensure!(
            output.status.success(),
            "muster {arguments:?}: {}",
            said(&output.stderr)
        );
        Ok(said(&output.stdout))
    }

    /// Runs `muster` with these arguments to whatever end.
    ///
    /// # Errors
    /// The executable was not built, or cannot be started.
    pub async fn output(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Output> {
        let mut command = Command::new(executable()?);
        command
            .args(arguments)
            .env_remove("DATABASE_URL")
            .envs(environment.iter().copied())
            .stdin(Stdio::null());
        Ok(command.output().await?)
    }

    /// Waits until the process says that it is ready.
    ///
    /// # Errors
    /// It ended, or did not get ready in time; the message holds the end of its log.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let asking = Caller::anonymous(&self.address, &self.address);
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                bail!("muster ended ({status}): {}", self.last_words());
            }
            if asking
                .get_outside("/readyz")
                .await
                .is_ok_and(|answer| answer.status == 200)
            {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("muster does not get ready: {}", self.last_words())
    }

    /// Kills the process as `kill -9` does, and waits until it is gone.
    ///
    /// # Errors
    /// It could not be killed.
    pub async fn kill_nine(&mut self) -> Result<()> {
        self.child.kill().await.context("cannot kill muster")
    }

    /// Asks the process to end, and waits until it has.
    ///
    /// # Errors
    /// It does not end, or not in order.
    pub async fn stop(mut self) -> Result<()> {
        let process = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .context("muster has ended already")?;
        kill(Pid::from_raw(process), Signal::SIGTERM)?;
        let status = tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .context("muster does not end")??;
        ensure!(
            status.success(),
            "muster ended with {status}: {}",
            self.last_words()
        );
        Ok(())
    }

    fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// Lets everybody enter a directory: as root, PostgreSQL runs as another user, who has to reach its files below it.
///
/// # Errors
/// The directory is not ours.
pub fn open_to_the_server_account(directory: &Path) -> Result<()> {
    Ok(std::fs::set_permissions(
        directory,
        Permissions::from_mode(0o755),
    )?)
}

/// Beside the running test: `target/debug/deps/system-…` has `target/debug/muster` above it.
fn executable() -> Result<PathBuf> {
    let running = std::env::current_exe()?;
    let found = running
        .ancestors()
        .skip(1)
        .map(|directory| directory.join("muster"))
        .find(|path| path.is_file());
    found.context("target/debug/muster is missing: cargo build --package muster")
}

/// The system hands out other ports before it hands out this one again; if somebody takes it nevertheless, muster says
/// so and ends.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
