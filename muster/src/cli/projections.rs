//! `muster projections`: the worker, and what can be asked of it.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use platform::database::{Database, DatabaseRole};
use projections::{HeldStream, Projection, rebuild, retry, status};

use super::Exit;
use super::options::{CheckpointOptions, StoreOptions};
use super::output::{progress, say};
use super::role::{RoleOptions, serve_until_asked_to_stop, stop_on_signal};
use super::up::DATA_DIRECTORY;
use crate::server::Role;
use crate::worker::RunningWorker;

/// Keeps the read tables up to date; with a command, looks after them
///
/// Any number of workers can run on one store: they divide the schools among themselves, and what a dead one had is taken
/// over within ten seconds.
#[derive(Debug, Args)]
pub(super) struct Projections {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    role: RoleOptions,
    #[command(flatten)]
    checkpoints: CheckpointOptions,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Shows how far each projection has come, and what is held; exit code 3 if something is
    Status {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Fills read tables anew from all events, while the old ones go on serving
    Rebuild {
        /// attendance or rolls; without a name, all of them
        name: Option<Projection>,
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Tries again what could not be applied; exit code 3 if it still cannot
    Retry {
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl Projections {
    /// Whether it runs until it is stopped.
    pub(super) fn is_server(&self) -> bool {
        self.action.is_none()
    }

    pub(super) async fn run(self) -> Result<Exit> {
        match self.action {
            Some(action) => action.run().await,
            None => run_worker(&self.role, &self.checkpoints).await,
        }
    }
}

async fn run_worker(role: &RoleOptions, checkpoints: &CheckpointOptions) -> Result<Exit> {
    let shutdown = stop_on_signal();
    let listener = role.serve.listen()?;
    let store = role.store.location(DATA_DIRECTORY)?.visit().await?;
    let work = async {
        let services = role.services(&store).await?;
        let worker = RunningWorker::start(&store, &services, checkpoints.every()).await?;
        let served =
            serve_until_asked_to_stop(listener, services, Role::Projections, &shutdown).await;
        worker.stop().await;
        served
    };
    let served = store.supervised(work).await;
    served.and(store.close().await).map(|()| Exit::Done)
}

impl Action {
    fn store(&self) -> &StoreOptions {
        match self {
            Self::Status { store } | Self::Rebuild { store, .. } | Self::Retry { store } => store,
        }
    }

    async fn run(&self) -> Result<Exit> {
        let store = self.store().location(DATA_DIRECTORY)?.visit().await?;
        let worker = store.connect(DatabaseRole::Worker, 3).await?;
        let done = match self {
            Self::Status { .. } => show_status(&worker).await,
            Self::Rebuild { name, .. } => rebuild_tables(&worker, *name).await,
            Self::Retry { .. } => retry_held(&worker).await,
        };
        worker.pool().close().await;
        let closed = store.close().await;
        let exit = done?;
        closed.map(|()| exit)
    }
}

async fn show_status(worker: &Database) -> Result<Exit> {
    let status = status(worker)
        .await
        .context("cannot read where the projections stand")?;
    for version in &status.versions {
        say(format_args!(
            "{} version {}",
            version.projection, version.version
        ))?;
        for shard in status
            .shards
            .iter()
            .filter(|shard| shard.projection == version.projection)
        {
            let rebuilding = if shard.building { " (rebuild)" } else { "" };
            let worked_on = if shard.holder.is_some() {
                "worked on"
            } else {
                "nobody works on it"
            };
            say(format_args!(
                "  shard {}{rebuilding}: {} events behind ({:.1} s), {worked_on}",
                shard.shard,
                shard.lag(),
                shard.lag_seconds
            ))?;
        }
    }
    if let Some(stall) = &status.stall {
        let culprit = stall
            .culprit
            .as_ref()
            .map_or_else(|| "nobody to be seen".to_owned(), ToString::to_string);
        say(format_args!(
            "The feed has been held back for {:.1} s by {culprit}.",
            stall.seconds
        ))?;
    }
    for held in &status.held {
        say_held(held)?;
    }
    Ok(if status.held.is_empty() {
        Exit::Done
    } else {
        Exit::FoundWrong
    })
}

async fn rebuild_tables(worker: &Database, name: Option<Projection>) -> Result<Exit> {
    let chosen: Vec<Projection> = name.map_or_else(|| Projection::ALL.to_vec(), |name| vec![name]);
    let bar = progress("Rebuilding")?;
    bar.set_length(chosen.len() as u64);
    for projection in chosen {
        bar.set_message(projection.name());
        let rebuilt = rebuild(worker, projection).await?;
        bar.inc(1);
        bar.suspend(|| {
            say(format_args!(
                "{}: rebuilt from {} events",
                projection.name(),
                rebuilt.events
            ))
        })?;
    }
    bar.finish_and_clear();
    Ok(Exit::Done)
}

async fn retry_held(worker: &Database) -> Result<Exit> {
    let retried = retry(worker)
        .await
        .context("cannot try the held streams again")?;
    say(format_args!(
        "{} streams go on, {} are still held.",
        retried.released.len(),
        retried.still_held.len()
    ))?;
    for held in &retried.still_held {
        say_held(held)?;
    }
    for held in &retried.restarted {
        say(format_args!("the rebuild {} starts again", held.projection))?;
    }
    Ok(if retried.still_held.is_empty() {
        Exit::Done
    } else {
        Exit::FoundWrong
    })
}

fn say_held(held: &HeldStream) -> Result<()> {
    say(format_args!(
        "held: {} of school {} stops at event {}: {}",
        held.stream, held.school_id, held.sequence, held.reason
    ))
}
