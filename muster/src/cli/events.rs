//! `muster events`: care of the events.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use event_store::store::reseat;
use platform::database::DatabaseRole;

use super::Exit;
use super::options::StoreOptions;
use super::output::say;
use super::up::DATA_DIRECTORY;

/// Looks after the events themselves, once after a backup was restored
#[derive(Debug, Args)]
pub(super) struct Events {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes the events of a restored backup readable in their order, once after a restore or a promotion
    ///
    /// Nothing that was recorded changes. Devices see that the store was restored and send again what they keep of the
    /// last 30 days, so that what the backup lacks comes back from them.
    Reseat {
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl Events {
    pub(super) async fn run(self) -> Result<Exit> {
        let Action::Reseat { store } = self.action;
        let store = store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let mut connection = owner.pool().acquire().await?;
        let epoch = reseat(&mut connection)
            .await
            .context("cannot reseat the events");
        drop(connection);
        owner.pool().close().await;
        store.close().await?;
        say(format_args!("The store is in epoch {} now.", epoch?))?;
        Ok(Exit::Done)
    }
}
