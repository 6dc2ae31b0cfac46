//! `muster demo`: everything, with a made-up school in it.

use std::net::TcpListener;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use domain::Instant;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::shutdown::Shutdown;

use super::Exit;
use super::options::{CheckpointOptions, ClockOptions, KeyOptions, ServeOptions, StoreOptions};
use super::output::{progress, say};
use super::role::stop_on_signal;
use super::up::{prepare, run_everything};
use crate::demo::{self, DemoState};
use crate::store::{KeyLocation, Store, StoreLocation};

/// The name of the data directory when none is given.
const DATA_DIRECTORY: &str = "muster-demo";

/// Shows muster with a made-up school of 1,000 students and a term of history
///
/// As `muster up`, in a data directory of its own (muster-demo instead of muster). The first start imports the school
/// and sends its term through the command side, which takes a minute or two; later starts only start. It says its
/// address, the logins of a teacher, an admin and an auditor, and where its data is, and runs until Ctrl-C stops it.
#[derive(Debug, Args)]
pub(super) struct Demo {
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    checkpoints: CheckpointOptions,
    #[command(flatten)]
    clock: ClockOptions,
}

impl Demo {
    pub(super) async fn run(self) -> Result<Exit> {
        let shutdown = stop_on_signal();
        let listener = self.serve.listen()?;
        let keys = self.keys.location(&self.store, DATA_DIRECTORY)?;
        let location = self.store.location(DATA_DIRECTORY)?;
        let store = location.take().await?;
        let ran = store
            .supervised(self.show(&location, &store, &keys, listener, &shutdown))
            .await;
        let closed = store.close().await;
        ran.and(closed).map(|()| Exit::Done)
    }

    async fn show(
        &self,
        location: &StoreLocation,
        store: &Store,
        keys: &KeyLocation,
        listener: TcpListener,
        shutdown: &Shutdown,
    ) -> Result<()> {
        let clock = self.clock.clock();
        tokio::select! {
            filled = make_sure_it_is_filled(location, store, keys, &clock) => filled?,
            () = shutdown.requested() => return Ok(()),
        }
        let services = prepare(store, keys, &self.serve, clock).await?;
        say(format_args!(
            "\nUhuru Primary School, a term and today:\n\n{}\n{}",
            demo::logins()?,
            whereabouts(location)
        ))?;
        run_everything(
            store,
            services,
            listener,
            self.checkpoints.every(),
            shutdown,
        )
        .await
    }
}

/// Where the demo is, and how other commands find it.
fn whereabouts(location: &StoreLocation) -> String {
    match location {
        StoreLocation::Directory { data_dir, .. } => {
            let directory = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.clone());
            let directory = directory.display();
            let muster = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("muster"));
            let muster = muster.display();
            format!(
                "Its data is in {directory} (remove that directory to begin anew). Other commands reach it, while it runs \
                 and later:\n\n  {muster} audit verify --data-dir {directory}\n  \
                 {muster} user list --school {} --data-dir {directory}\n",
                demo::SCHOOL_CODE
            )
        }
        StoreLocation::Url(_) => format!(
            "Other commands reach it with the same database URL, such as: muster user list --school {}\n",
            demo::SCHOOL_CODE
        ),
    }
}

async fn make_sure_it_is_filled(
    location: &StoreLocation,
    store: &Store,
    keys: &KeyLocation,
    clock: &Clock,
) -> Result<()> {
    crate::migrate(store.url()).await?;
    let owner = store.connect(DatabaseRole::Owner, 2).await?;
    let state = demo::state(&owner).await?;
    let filled = match (state, location) {
        (DemoState::Filled, _) => Ok(()),
        (DemoState::Empty, _) => fill(&owner, store, keys, clock.now()).await,
        (DemoState::Unfinished, StoreLocation::Directory { data_dir, .. }) => bail!(
            "the demo in {} was interrupted while it was filled: remove that directory and start again",
            data_dir.display()
        ),
        (DemoState::Unfinished, StoreLocation::Url(_)) => {
            bail!(
                "the demo in this database was interrupted while it was filled: give an empty database"
            )
        }
        (DemoState::NotADemo, _) => bail!(
            "this store holds a school that is no demo: give another data directory or database"
        ),
    };
    owner.pool().close().await;
    filled
}

async fn fill(owner: &Database, store: &Store, keys: &KeyLocation, now: Instant) -> Result<()> {
    let database = store.connect(DatabaseRole::App, 8).await?;
    let keyring = keys.open_or_create(&database).await?;
    let bar = progress("Making a term of history")?;
    let filled = demo::fill(owner, &database, &keyring, now, &bar).await;
    database.pool().close().await;
    filled?;
    bar.set_message("read tables");
    let worker = store.connect(DatabaseRole::Worker, 2).await?;
    let projected = projections::step_all(&worker).await;
    worker.pool().close().await;
    bar.finish_and_clear();
    projected?;
    Ok(())
}
