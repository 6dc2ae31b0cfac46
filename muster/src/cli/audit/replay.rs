//! `muster audit replay`.

use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use clap::Args;
use platform::clock::Clock;
use secrecy::SecretString;

use crate::audit::{Extent, Replayed, replay};
use crate::cli::Exit;
use crate::cli::options::StoreOptions;
use crate::cli::output::{progress, say};
use crate::cli::up::DATA_DIRECTORY;

/// Makes all that follows from events anew in an empty database and compares it row by row; exit code 3 if it differs
///
/// That is the read tables, and what is written beside the events: enrolments, policies, calendars, merged students.
/// Every stream is also read a second time, by the published postgres-es, and must say the same. With --as-of the database
/// is left with the read tables as they would have stood at that moment, for whoever wants to look into them.
#[derive(Debug, Args)]
pub(super) struct Replay {
    /// An empty database to replay into; without it one is made beside the store's and dropped afterwards
    #[arg(
        long,
        env = "MUSTER_AUDIT_INTO",
        hide_env_values = true,
        value_name = "URL"
    )]
    into: Option<SecretString>,
    /// Replay only what was recorded by this moment, such as 2026-11-24T08:00:00Z; nothing is compared with what is served
    #[arg(
        long,
        env = "MUSTER_AUDIT_AS_OF",
        value_name = "TIME",
        requires = "into"
    )]
    as_of: Option<DateTime<Utc>>,
    #[command(flatten)]
    store: StoreOptions,
}

impl Replay {
    pub(super) async fn run(self) -> Result<Exit> {
        if let Some(moment) = self.as_of {
            ensure!(
                moment <= Clock::system().now(),
                "{moment} is to come: name a moment that is over"
            );
        }
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let bar = progress("Replaying")?;
        let extent = match (&self.into, self.as_of) {
            (Some(target), Some(moment)) => Extent::AsOf(target, moment),
            (target, _) => Extent::Everything(target.as_ref()),
        };
        let replayed = replay(store.url(), extent, &bar).await;
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
}
