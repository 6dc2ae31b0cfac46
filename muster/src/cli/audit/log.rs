//! `muster audit checkpoint`, `public-key`, `export` and `import`: what leaves the installation.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use event_store::log;
use platform::database::{Database, DatabaseRole};

use super::verify::{NOT_CHECKED, say_report};
use crate::audit::{checkpoints, export, import, open_or_make, public_key, school_of};
use crate::cli::Exit;
use crate::cli::options::{ClockOptions, KeyOptions, StoreOptions};
use crate::cli::output::{progress, say};
use crate::cli::up::DATA_DIRECTORY;

/// Signs how far the logs have come and prints the checkpoints, to be held by somebody outside
#[derive(Debug, Args)]
pub(super) struct Checkpoint {
    /// Login code of the school; without it, one of each school is printed
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

/// Where the store is, and what signing takes.
#[derive(Debug, Args)]
struct Signing {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
    #[command(flatten)]
    clock: ClockOptions,
}

impl Signing {
    async fn checkpoints(&self, owner: &Database, school: Option<&str>) -> Result<Vec<String>> {
        let keyring = self.keys.location(&self.store, DATA_DIRECTORY)?.open()?;
        let clock = self.clock.clock();
        let key = open_or_make(owner, &keyring, &clock).await?;
        checkpoints(owner, &key, &clock, school).await
    }
}

impl Checkpoint {
    pub(super) async fn run(self) -> Result<Exit> {
        let signing = &self.signing;
        let store = signing.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 2).await?;
        let printed = signing.checkpoints(&owner, self.school.as_deref()).await;
        owner.pool().close().await;
        store.close().await?;
        say(printed?.join("\n").trim_end())?;
        Ok(Exit::Done)
    }
}

/// Prints the key that checkpoints are checked with
///
/// Take it once, when you take the first checkpoint, and keep both: a key that somebody tells you later may be another one.
#[derive(Debug, Args)]
pub(super) struct PublicKey {
    #[command(flatten)]
    store: StoreOptions,
}

impl PublicKey {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let key = public_key(&owner).await;
        owner.pool().close().await;
        store.close().await?;
        say(
            key?.context("there is no key before the first checkpoint: `muster audit checkpoint`")?
        )?;
        Ok(Exit::Done)
    }
}

/// Writes the whole history of a school and a checkpoint to a file, a line of JSON for each event
///
/// Names of people are no part of it, and texts stay sealed.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The file to make
    file: PathBuf,
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    #[command(flatten)]
    signing: Signing,
}

impl Export {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self.signing.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 2).await?;
        let written = self.write(&owner).await;
        owner.pool().close().await;
        store.close().await?;
        say(format_args!(
            "{} events are in {}",
            written?,
            self.file.display()
        ))?;
        Ok(Exit::Done)
    }

    async fn write(&self, owner: &Database) -> Result<u64> {
        let notes = self.signing.checkpoints(owner, Some(&self.school)).await?;
        let note = notes
            .into_iter()
            .next()
            .context("the school has no events")?;
        let school_id = school_of(owner, &self.school).await?;
        let bar = progress("Exporting")?;
        let written = export(owner, school_id, note, &self.file, &bar).await;
        bar.finish_and_clear();
        written
    }
}

/// Loads an export into an empty database and verifies it there; exit code 3 names what does not fit, and nothing is kept
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file to load
    file: PathBuf,
    /// The key that the checkpoint in the file must be signed with
    #[arg(long, env = "MUSTER_AUDIT_PUBLIC_KEY", value_name = "KEY")]
    public_key: Option<log::PublicKey>,
    #[command(flatten)]
    store: StoreOptions,
}

impl Import {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self.store.location(DATA_DIRECTORY)?.visit_or_make().await?;
        crate::migrate(store.url()).await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let bar = progress("Importing")?;
        let report = import(&owner, &self.file, self.public_key.as_ref(), &bar).await;
        bar.finish_and_clear();
        owner.pool().close().await;
        store.close().await?;
        let report = report?;
        if self.public_key.is_none() {
            say(NOT_CHECKED)?;
        }
        say_report("the file", &report)
    }
}
