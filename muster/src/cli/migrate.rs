//! `muster migrate`: lays out a database.

use anyhow::Result;
use clap::Args;
use platform::database::DatabaseRole;

use super::Exit;
use super::options::{KeyOptions, StoreOptions};
use super::output::say;
use super::up::DATA_DIRECTORY;
use crate::store::{KeyLocation, Store};

/// Lays out the database, or brings it up to date
///
/// Running it again changes nothing. The user of the database URL must own the database and may make roles. If a key
/// file is named that does not exist, keys for a new store are made.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self.store.location(DATA_DIRECTORY)?.visit_or_make().await?;
        let migrated = self.migrate(&store).await;
        migrated.and(store.close().await)?;
        say("The database is laid out.")?;
        Ok(Exit::Done)
    }

    async fn migrate(&self, store: &Store) -> Result<()> {
        crate::migrate(store.url()).await?;
        if let Some(file) = self.keys.named_file() {
            let database = store.connect(DatabaseRole::App, 1).await?;
            KeyLocation::File(file).open_or_create(&database).await?;
            database.pool().close().await;
        }
        Ok(())
    }
}
