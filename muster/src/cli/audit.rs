//! `muster audit`: what auditors check.

use anyhow::Result;
use clap::{Args, Subcommand};
use platform::database::DatabaseRole;
use secrecy::SecretString;

use super::Exit;
use super::options::StoreOptions;
use super::output::{progress, say};
use super::up::DATA_DIRECTORY;
use crate::audit::{Replayed, SchoolReport, replay, verify};

/// Checks that history was not rewritten and that what is served follows from it
///
/// Both checks work beside a running muster, and on its data directory while it is stopped.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Computes every chain of hashes anew; exit code 3 names the first event that does not fit
    Verify {
        #[command(flatten)]
        store: StoreOptions,
    },
    /// Projects all events anew in an empty database and compares the read tables row by row; exit code 3 if they differ
    ///
    /// Every stream is also read a second time, by the published postgres-es, and must say the same.
    Replay {
        /// An empty database to replay into; without it one is made beside the store's and dropped afterwards
        #[arg(
            long,
            env = "MUSTER_AUDIT_INTO",
            hide_env_values = true,
            value_name = "URL"
        )]
        into: Option<SecretString>,
        #[command(flatten)]
        store: StoreOptions,
    },
}

impl Audit {
    pub(super) async fn run(self) -> Result<Exit> {
        match self.action {
            Action::Verify { store } => verify_chains(&store).await,
            Action::Replay { into, store } => replay_store(into.as_ref(), &store).await,
        }
    }
}

async fn verify_chains(options: &StoreOptions) -> Result<Exit> {
    let store = options.location(DATA_DIRECTORY)?.visit().await?;
    let owner = store.connect(DatabaseRole::Owner, 2).await?;
    let bar = progress("Verifying")?;
    let verified = verify(&owner, &bar).await;
    bar.finish_and_clear();
    owner.pool().close().await;
    store.close().await?;
    let reports = verified?;
    for report in &reports {
        say_report(report)?;
    }
    let broken = reports
        .iter()
        .any(|school| school.report.first_break.is_some());
    Ok(if broken { Exit::FoundWrong } else { Exit::Done })
}

fn say_report(school: &SchoolReport) -> Result<()> {
    let name = school
        .code
        .clone()
        .unwrap_or_else(|| school.school_id.to_string());
    let report = &school.report;
    match &report.first_break {
        None => say(format_args!(
            "{name}: {} events in {} streams fit their chains",
            report.events, report.streams
        )),
        Some(found) => say(format_args!(
            "{name}: {found} (position {})",
            found.position
        )),
    }
}

async fn replay_store(into: Option<&SecretString>, options: &StoreOptions) -> Result<Exit> {
    let store = options.location(DATA_DIRECTORY)?.visit().await?;
    let bar = progress("Replaying")?;
    let replayed = replay(store.url(), into, &bar).await;
    bar.finish_and_clear();
    store.close().await?;
    let Replayed {
        comparison,
        events,
        overtaken,
    } = replayed?;
    for difference in &comparison.told {
        say(difference)?;
    }
    say(format_args!(
        "{events} events replayed, {} rows and streams compared, {} differences",
        comparison.rows, comparison.differences
    ))?;
    if comparison.differences == 0 {
        return Ok(Exit::Done);
    }
    if overtaken {
        say(
            "Events were appended meanwhile, so the differences prove nothing: replay again while nobody writes.",
        )?;
    }
    Ok(Exit::FoundWrong)
}
