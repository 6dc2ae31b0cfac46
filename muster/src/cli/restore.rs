//! `muster restore`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use platform::database::DatabaseRole;
use platform::keyring::KeyRing;

use super::Exit;
use super::options::{KeyOptions, LedgerOptions, StoreOptions};
use super::output::{progress, say};
use super::up::DATA_DIRECTORY;
use crate::backup::{Dumps, put_back, take_into_use};
use crate::privacy::{Erasure, Ledger};
use crate::store::Store;

/// Puts a backup into an empty database and makes it the store that goes on
///
/// Students who were erased since the backup are erased again, from the erasure ledger; only then can the store be served. Devices
/// see that it was restored and send again what they keep of the last 30 days, so that what the backup lacks comes back from
/// them. Put the key file back first: it is in no backup of the data.
///
/// Without a dump, it does the same for a database that was put back by other means.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster restore muster-20261123T020000Z.data.dump --keys muster-20261123T020000Z.keys.dump --erasures erasures.ndjson
  muster restore --erasures erasures.ndjson          PostgreSQL was put back to a moment, or a replica promoted")]
pub(super) struct Restore {
    /// The dump of the data
    data: Option<PathBuf>,
    /// The dump of the keys; without it every remark and reason reads as erased
    #[arg(
        long,
        env = "MUSTER_RESTORE_KEYS",
        value_name = "FILE",
        requires = "data"
    )]
    keys: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerOptions,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    key_file: KeyOptions,
}

impl Restore {
    pub(super) async fn run(self) -> Result<Exit> {
        let ledger = self.ledger.ledger(&self.store, DATA_DIRECTORY)?;
        let erasures = self.erasures(&ledger)?;
        let keyring = self
            .key_file
            .location(&self.store, DATA_DIRECTORY)?
            .open()
            .context("put the key file back first")?;
        let location = self.store.location(DATA_DIRECTORY)?;
        let store = match self.data {
            // Into a place of which nobody else makes anything meanwhile.
            Some(_) => location.take().await?,
            None => location.visit().await?,
        };
        let bar = progress("Restoring")?;
        let restored = self.restore(&store, &erasures, &keyring).await;
        bar.finish_and_clear();
        store.close().await?;
        let (epoch, erased, unreadable) = restored?;
        say(format_args!(
            "The store is restored, in epoch {epoch}. Students erased again, from {}: {erased}.",
            ledger.path().display()
        ))?;
        if !ledger.path().exists() {
            say(
                "There is no such file. Whoever was erased since the backup is back: if there was anybody, find the erasure ledger \
                 and run `muster restore --erasures FILE`.",
            )?;
        } else if self.ledger.is_named() {
            say("Go on with this ledger: name it to `muster privacy erase` as well.")?;
        }
        if unreadable > 0 {
            say(format_args!(
                "{unreadable} keys of it cannot be opened with this key file: texts under them read as erased, and what they \
                 would sign is not signed. Put back the key file of the time of the backup, and run `muster restore` again \
                 without a dump."
            ))?;
            return Ok(Exit::FoundWrong);
        }
        Ok(Exit::Done)
    }

    /// Before anything is put back: what cannot be erased again must not come back.
    fn erasures(&self, ledger: &Ledger) -> Result<Vec<Erasure>> {
        ensure!(
            ledger.path().exists() || !self.ledger.is_named(),
            "there is no erasure ledger {}: nothing was restored",
            ledger.path().display()
        );
        ledger.read()
    }

    /// Answers the epoch, how many students are erased, and how many keys cannot be opened.
    async fn restore(
        &self,
        store: &Store,
        erasures: &[Erasure],
        keyring: &KeyRing,
    ) -> Result<(i32, usize, u64)> {
        let owner = store.connect(DatabaseRole::Owner, 2).await?;
        if let Some(data) = &self.data {
            let tools = self.store.tools(&owner, store, DATA_DIRECTORY).await?;
            let dumps = Dumps {
                data: data.clone(),
                keys: self.keys.clone(),
            };
            put_back(&owner, &tools, &dumps).await?;
        }
        let (epoch, erased) = take_into_use(store.url(), &owner, erasures).await?;
        let unreadable = keyring
            .count_unreadable(&mut *owner.pool().acquire().await?)
            .await?;
        owner.pool().close().await;
        Ok((epoch, erased, unreadable))
    }
}
