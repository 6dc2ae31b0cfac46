//! `muster privacy rotate-keys`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use platform::database::DatabaseRole;
use platform::keyring::{add_master_key, retire_master_keys};

use crate::cli::Exit;
use crate::cli::options::{KeyOptions, StoreOptions};
use crate::cli::output::say;
use crate::cli::up::DATA_DIRECTORY;
use crate::store::KeyLocation;

/// Renews the master key, in two steps
///
/// The first step adds a master key to the key file. Every muster that reads this very file takes it into use by itself; where
/// one has a copy of the file, or gets it from `MUSTER_KEYRING`, give it the new content and start it anew: one that does not
/// know the new key takes what is sealed with it for erased. The second step, --finish, wraps all other keys by the new one
/// and takes the old ones out of the file; give that to the copies as well. From then on a copy of the database that was made before cannot be read
/// with the file any more, which is what makes an erasure reach old backups.
///
/// Keep a copy of the key file after each step. Copies of the old file still open old backups: destroy them when these are no
/// longer needed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster privacy rotate-keys               add a master key; then renew the copies of the file, if there are any
  muster privacy rotate-keys --finish      use it for everything, and forget the old ones")]
pub(super) struct RotateKeys {
    /// Take the second step
    #[arg(long, env = "MUSTER_ROTATE_FINISH")]
    finish: bool,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
}

impl RotateKeys {
    pub(super) async fn run(self) -> Result<Exit> {
        let KeyLocation::File(path) = self.keys.location(&self.store, DATA_DIRECTORY)? else {
            bail!(
                "keys that come from MUSTER_KEYRING cannot be written back: put them into a file and name it with --key-file"
            );
        };
        if self.finish {
            return self.finish(&path).await;
        }
        let version = add_master_key(&path).context("no master key was added")?;
        say(format_args!(
            "{} has master key {version} now. Bring copies of it up to date, if any muster uses one, then run this again with --finish.",
            path.display()
        ))?;
        Ok(Exit::Done)
    }

    async fn finish(&self, path: &Path) -> Result<Exit> {
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let mut connection = owner.pool().acquire().await?;
        let done = retire_master_keys(path, &mut connection).await;
        drop(connection);
        owner.pool().close().await;
        store.close().await?;
        let done =
            done.context("not everything is wrapped by the new master key; run this again")?;
        if done.unreadable > 0 {
            say(format_args!(
                "{} keys were wrapped anew, and {} cannot be unwrapped with {}: the old master keys stay in it.",
                done.rewrapped,
                done.unreadable,
                path.display()
            ))?;
            return Ok(Exit::FoundWrong);
        }
        say(format_args!(
            "{} keys were wrapped anew, and {} holds only the newest master key.",
            done.rewrapped,
            path.display()
        ))?;
        Ok(Exit::Done)
    }
}
