//! Starts, adopts and stops the server process.

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
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
/// A free port can be taken between the question and the start; and the backends of a server that was killed first finish
/// the statement they are at, which the time limits of the connections that serve and project keep below this.
const LONGEST_HINDRANCE: Duration = Duration::from_secs(120);
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);
/// How often an adopted server, whose end nobody reports to us, is looked at.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// What the server promises of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It is on the disk.
    Durable,
    /// Nothing: for tests.
    Ephemeral,
}

/// Where a running server is, and how to sign in.
#[derive(Debug, Clone)]
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

/// What it takes to run the server of a directory.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) directory: DataDirectory,
    pub(super) binaries: Binaries,
    pub(super) account: Option<Account>,
    pub(super) durability: Durability,
}

/// A server that this muster stops when it ends.
#[derive(Debug)]
pub(super) struct Server {
    program: Program,
    address: Address,
    process: i32,
    /// None if the server was adopted.
    child: Option<Child>,
    /// It has been stopped, or has ended by itself: nothing is to be done any more.
    over: bool,
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
    pub(super) async fn start(program: Program) -> Result<Self> {
        if let Some(file) = living(&program.directory)? {
            tracing::info!(
                process = file.process,
                "adopting the PostgreSQL server that outlived its muster"
            );
            if let Some(server) = Self::adopt(&program, file).await? {
                return Ok(server);
            }
        }
        Self::launch(&program, None).await
    }

    /// Starts it again, where it was, after it has ended.
    pub(super) async fn restart(&mut self) -> Result<()> {
        *self = Self::launch(&self.program, Some(self.address.port)).await?;
        Ok(())
    }

    async fn launch(program: &Program, port: Option<u16>) -> Result<Self> {
        remove_stale_file(&program.directory)?;
        let began = Instant::now();
        while began.elapsed() < LONGEST_HINDRANCE {
            let mut server = Self::spawn(program, port.map_or_else(free_port, Ok)?)?;
            if server.wait_until_ready().await? {
                return Ok(server);
            }
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        bail!(
            "the PostgreSQL server does not start: {}",
            last_words(&program.directory)
        )
    }

    fn spawn(program: &Program, port: u16) -> Result<Self> {
        let address = Address {
            port,
            password: program.directory.password()?,
        };
        let child = spawn(program, port)?;
        let process = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .context("the PostgreSQL server did not start")?;
        Ok(Self {
            program: program.clone(),
            address,
            process,
            child: Some(child),
            over: false,
        })
    }

    /// None if the server was on its way out and has ended.
    async fn adopt(program: &Program, found: PostmasterFile) -> Result<Option<Self>> {
        let began = Instant::now();
        while began.elapsed() < LONGEST_START {
            let Some(file) =
                living(&program.directory)?.filter(|file| file.process == found.process)
            else {
                return Ok(None);
            };
            if let (Some(port), true) = (file.port, file.ready) {
                return Ok(Some(Self {
                    program: program.clone(),
                    address: Address {
                        port,
                        password: program.directory.password()?,
                    },
                    process: file.process,
                    child: None,
                    over: false,
                }));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the PostgreSQL server (process {}) neither starts nor ends",
            found.process
        )
    }

    /// False if another attempt may succeed: the port was taken meanwhile, or backends of a killed server still end.
    async fn wait_until_ready(&mut self) -> Result<bool> {
        let began = Instant::now();
        while began.elapsed() < LONGEST_START {
            if self.is_gone()? {
                self.over = true;
                let words = last_words(&self.program.directory);
                if words.contains("could not create any TCP/IP sockets")
                    || words.contains("is still in use")
                {
                    return Ok(false);
                }
                bail!("the PostgreSQL server ended at once: {words}");
            }
            let file = PostmasterFile::read(&self.program.directory.cluster())?;
            if file.is_some_and(|file| file.process == self.process && file.ready) {
                return Ok(true);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!(
            "the PostgreSQL server did not get ready within {} minutes",
            LONGEST_START.as_secs() / 60
        )
    }

    /// Waits until the server ends without having been asked to, and tells how it did.
    pub(super) async fn ended(&mut self) -> Result<String> {
        let how = match &mut self.child {
            Some(child) => child.wait().await?.to_string(),
            None => {
                while !self.is_gone()? {
                    tokio::time::sleep(WATCH_EVERY).await;
                }
                "no status: an earlier muster had started it".to_owned()
            }
        };
        self.over = true;
        Ok(how)
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn log(&self) -> PathBuf {
        self.program.directory.log()
    }

    /// Ends the server and waits until it is gone.
    pub(super) async fn stop(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.over, true) {
            return Ok(());
        }
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
            None => Ok(!process_exists(self.process) || living(&self.program.directory)?.is_none()),
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
        if self.over {
            return;
        }
        self.signal(match self.program.durability {
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

fn spawn(program: &Program, port: u16) -> Result<Child> {
    let directory = &program.directory;
    let log = open_log(directory)?;
    let mut command = Command::new(program.binaries.program("postgres"));
    command.arg("-D").arg(directory.cluster());
    for (name, value) in settings(directory, program.durability, port) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
        .current_dir(directory.postgres())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // Away from the terminal's group: Ctrl-C reaches muster, which then stops the server in order.
        .process_group(0);
    if let Some(account) = &program.account {
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
