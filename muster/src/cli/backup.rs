//! `muster backup`.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;
use platform::clock::Clock;
use platform::database::DatabaseRole;

use super::Exit;
use super::options::StoreOptions;
use super::output::{progress, say};
use super::up::DATA_DIRECTORY;
use crate::backup::{Saved, save};
use crate::store::Store;

/// Writes a backup: the data into one folder, the keys that seal its texts into another
///
/// Whoever has only one of the two reads no remark; keep them in different places, and the key file (keys.json) and the list of
/// erasures (erasures.ndjson), which are in neither, in a third. It works beside a running muster and takes nothing away:
/// deleting old backups is yours to do.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  muster backup --to /backup/data --keys-to /safe/keys")]
pub(super) struct Backup {
    /// Folder for the data
    #[arg(long, env = "MUSTER_BACKUP_TO", value_name = "DIR")]
    to: PathBuf,
    /// Folder for the wrapped keys
    #[arg(long, env = "MUSTER_BACKUP_KEYS_TO", value_name = "DIR")]
    keys_to: PathBuf,
    #[command(flatten)]
    store: StoreOptions,
}

impl Backup {
    pub(super) async fn run(self) -> Result<Exit> {
        ensure!(
            self.to != self.keys_to,
            "the keys are to be kept apart from the data: name two folders"
        );
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let bar = progress("Saving")?;
        let saved = self.save(&store).await;
        bar.finish_and_clear();
        store.close().await?;
        let Saved { data, keys } = saved?;
        say(format_args!(
            "The data is in {}\nThe keys are in {}",
            data.display(),
            keys.display()
        ))?;
        Ok(Exit::Done)
    }

    async fn save(&self, store: &Store) -> Result<Saved> {
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let tools = self.store.tools(&owner, store, DATA_DIRECTORY).await?;
        owner.pool().close().await;
        save(&tools, &self.to, &self.keys_to, Clock::system().now()).await
    }
}
