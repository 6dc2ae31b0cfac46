//! Starts, adopts and stops the server process.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::{ExposeSecret, SecretString};
use tokio::process::{Child, Command};

use super::account::Account;
use super::binaries::Binaries;
use super::cluster::SUPERUSER;
use super::directory::DataDirectory;
use super::postmaster_file::{PostmasterFile, process_exists};

/// How often the server's state is looked at while it starts or stops.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Recovery after a crash replays what was not yet in the tables, which can take minutes.
const LONGEST_START: Duration = Duration::from_secs(600);
const LONGEST_STOP: Duration = Duration::from_secs(60);
/// A free port can be taken between the question and the start; the backends of a server that was killed need a moment
/// to notice and end.
const ATTEMPTS: u32 = 20;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// What the server promises of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It is on the disk.
    Durable,
    /// Nothing: for tests.
    Ephemeral,
}

/// Where a running server is, and how to sign in.
#[derive(Debug)]
pub(super) struct Address {
    port: u16,
    password: SecretString,
}

impl Address {
    pub(super) fn url(&self, database: &str) -> SecretString {
        let password = self.password.expose_secret();
        SecretString::from(format!(
            "postgres://{SUPERUSER}:{password}@127.0.0.1:{}/{database}",
            self.port
        ))
    }
}

/// A server that this muster stops when it ends.
#[derive(Debug)]
pub(super) struct Server {
    directory: DataDirectory,
    durability: Durability,
    address: Address,
    process: i32,
    /// None if the server was adopted.
    child: Option<Child>,
    stopped: bool,
}

impl Server {
    /// The server of this directory if it runs and accepts connections.
    pub(super) async fn find(directory: &DataDirectory) -> Result<Option<Address>> {
        let Some(file) = living(directory)? else {
            return Ok(None);
        };
        match file.port {
            Some(port) if file.ready => Ok(Some(Address {
                port,
                password: directory.password()?,
            })),
            _ => Ok(None),
        }
    }

    /// Adopts the server if it still runs, else starts it.
    pub(super) async fn start(
        directory: DataDirectory,
        binaries: &Binaries,
        account: Option<&Account>,
        durability: Durability,
    ) -> Result<Self> {
        if let Some(file) = living(&directory)? {
            tracing::info!(
                process = file.process,
                "adopting the PostgreSQL server that outlived its muster"
            );
            if let Some(server) = Self::adopt(&directory, file, durability).await? {
                return Ok(server);
            }
        }
        remove_stale_file(&directory)?;
        for _ in 0..ATTEMPTS {
            let port = free_port()?;
            let child = spawn(&directory, binaries, account, durability, port)?;
            if let Some(server) =
                Self::wait_until_ready(&directory, child, port, durability).await?
            {
                return Ok(server);
            }
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        bail!(
            "the PostgreSQL server does not start: {}",
            last_words(&directory)
        )
    }

    /// None if the server was on its way out and has ended.
    async fn adopt(
        directory: &DataDirectory,
        found: PostmasterFile,
        durability: Durability,
    ) -> Result<Option<Self>> {
        let began = Instant::now();
        while began.elapsed() < LONGEST_START {
            let Some(file) = living(directory)?.filter(|file| file.process == found.process) else {
                return Ok(None);
            };
            if let (Some(port), true) = (file.port, file.ready) {
                let address = Address {
                    port,
                    password: directory.password()?,
                };
                return Ok(Some(Self {
                    directory: directory.clone(),
                    durability,
                    address,
                    process: file.process,
                    child: None,
                    stopped: false,
                }));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the PostgreSQL server (process {}) neither starts nor ends",
            found.process
        )
    }

    /// None if another attempt may succeed: the port was taken meanwhile, or backends of a killed server still end.
    async fn wait_until_ready(
        directory: &DataDirectory,
        mut child: Child,
        port: u16,
        durability: Durability,
    ) -> Result<Option<Self>> {
        let process = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .context("the PostgreSQL server did not start")?;
        let began = Instant::now();
        while began.elapsed() < LONGEST_START {
            if let Some(status) = child.try_wait()? {
                let words = last_words(directory);
                if words.contains("could not create any TCP/IP sockets")
                    || words.contains("is still in use")
                {
                    return Ok(None);
                }
                bail!("the PostgreSQL server ended at once ({status}): {words}");
            }
            let ready = PostmasterFile::read(&directory.cluster())?
                .is_some_and(|file| file.process == process && file.ready);
            if ready {
                let address = Address {
                    port,
                    password: directory.password()?,
                };
                return Ok(Some(Self {
                    directory: directory.clone(),
                    durability,
                    address,
                    process,
                    child: Some(child),
                    stopped: false,
                }));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the PostgreSQL server did not get ready within {} minutes",
            LONGEST_START.as_secs() / 60
        )
    }

    pub(super) fn url(&self, database: &str) -> SecretString {
        self.address.url(database)
    }

    /// Ends the server and waits until it is gone.
    pub(super) async fn stop(&mut self) -> Result<()> {
        self.stopped = true;
        self.signal(Signal::SIGINT);
        let began = Instant::now();
        while began.elapsed() < LONGEST_STOP {
            if self.is_gone()? {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the PostgreSQL server (process {}) did not stop within a minute",
            self.process
        )
    }

    fn is_gone(&mut self) -> Result<bool> {
        match &mut self.child {
            Some(child) => Ok(child.try_wait()?.is_some()),
            None => Ok(!process_exists(self.process) || living(&self.directory)?.is_none()),
        }
    }

    fn signal(&self, signal: Signal) {
        if let Err(error) = kill(Pid::from_raw(self.process), signal) {
            tracing::debug!(%error, process = self.process, "the PostgreSQL server was gone already");
        }
    }
}

impl Drop for Server {
    /// The way out of a test that failed: whoever ends in order calls `stop`.
    fn drop(&mut self) {
        if self.stopped {
            return;
        }
        self.signal(match self.durability {
            Durability::Durable => Signal::SIGINT,
            Durability::Ephemeral => Signal::SIGQUIT,
        });
        let began = Instant::now();
        while began.elapsed() < LONGEST_STOP && !self.is_gone().unwrap_or(true) {
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// What the server of this directory says of itself, if it is alive.
fn living(directory: &DataDirectory) -> Result<Option<PostmasterFile>> {
    let cluster = directory.cluster();
    Ok(PostmasterFile::read(&cluster)?.filter(|file| file.is_alive(&cluster)))
}

/// PostgreSQL checks the number in a file that a crash left behind, but takes any process of the same user for a
/// server. It is removed only if the number belongs to another program: a dead server's file is its own affair.
fn remove_stale_file(directory: &DataDirectory) -> Result<()> {
    let cluster = directory.cluster();
    if let Some(file) = PostmasterFile::read(&cluster)?
        && process_exists(file.process)
        && !file.is_alive(&cluster)
    {
        std::fs::remove_file(cluster.join("postmaster.pid"))
            .context("cannot remove a stale postmaster.pid")?;
    }
    Ok(())
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .context("no free port on the loopback address")?;
    Ok(listener.local_addr()?.port())
}

fn spawn(
    directory: &DataDirectory,
    binaries: &Binaries,
    account: Option<&Account>,
    durability: Durability,
    port: u16,
) -> Result<Child> {
    let log = open_log(directory)?;
    let mut command = Command::new(binaries.program("postgres"));
    command.arg("-D").arg(directory.cluster());
    for (name, value) in settings(directory, durability, port) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
        .current_dir(directory.postgres())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // Away from the terminal's group: Ctrl-C reaches muster, which then stops the server in order.
        .process_group(0);
    if let Some(account) = account {
        account.apply(&mut command);
    }
    command
        .spawn()
        .context("cannot start the PostgreSQL server")
}

fn settings(
    directory: &DataDirectory,
    durability: Durability,
    port: u16,
) -> Vec<(&'static str, String)> {
    let socket_directory = directory
        .socket_directory()
        .map_or_else(String::new, |path| format!("\"{}\"", path.display()));
    let mut settings = vec![
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        ("unix_socket_directories", socket_directory),
        ("logging_collector", "off".to_owned()),
        ("timezone", "UTC".to_owned()),
        ("jit", "off".to_owned()),
    ];
    let promised = match durability {
        Durability::Durable => "on",
        Durability::Ephemeral => "off",
    };
    settings.extend(
        ["fsync", "synchronous_commit", "full_page_writes"].map(|name| (name, promised.to_owned())),
    );
    if durability == Durability::Ephemeral {
        settings.push(("max_connections", "400".to_owned()));
        // For tests of what a forgotten two-phase commit does to the feed.
        settings.push(("max_prepared_transactions", "8".to_owned()));
    }
    settings
}

/// The log of this run; the one before is kept beside it.
fn open_log(directory: &DataDirectory) -> Result<File> {
    let path = directory.log();
    if path.exists() {
        std::fs::rename(&path, path.with_extension("log.before"))?;
    }
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn last_words(directory: &DataDirectory) -> String {
    let text = std::fs::read_to_string(directory.log()).unwrap_or_default();
    let fatal: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("FATAL") || line.contains("PANIC"))
        .collect();
    match fatal.last() {
        Some(line) => (*line).to_owned(),
        None => text.lines().last().unwrap_or("it said nothing").to_owned(),
    }
}
