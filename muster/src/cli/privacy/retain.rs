//! `muster privacy retain`.

use anyhow::{Result, bail};
use clap::{Args, value_parser};
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use uuid::Uuid;

use super::forget::forget;
use crate::audit::school_of;
use crate::cli::Exit;
use crate::cli::options::{LedgerOptions, StoreOptions};
use crate::cli::output::say;
use crate::cli::up::DATA_DIRECTORY;
use crate::privacy::{Ledger, Wanted, find, first_day_kept, keep, retention_of};

/// Keeps so many years of what reports show, and forgets the students who left before them
///
/// Registers, excuses and sign-offs from before the month in which it was so many years ago go out of the reports and screens, and students
/// whose enrolments had ended by then are forgotten, as by `muster privacy erase`. Events stay, without names and with texts
/// that nobody can open: the proof that nobody rewrote them needs every one. An auditor still sees registers as they stood.
///
/// Nothing of it happens by itself: run it once a month, without --years to keep the school to what it has decided.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster privacy retain --school HILL                    say what the school keeps, and what would go
  muster privacy retain --school HILL --years 7 --yes    keep seven years from now on
  muster privacy retain --school HILL --yes              once a month: let go what has grown older since")]
pub(super) struct Retain {
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    /// How many years to keep; without it, as many as were said last
    #[arg(long, env = "MUSTER_RETAIN_YEARS", value_parser = value_parser!(i16).range(1..=100))]
    years: Option<i16>,
    /// Do it; without this nothing is changed
    #[arg(long, env = "MUSTER_RETAIN_YES")]
    yes: bool,
    #[command(flatten)]
    ledger: LedgerOptions,
    #[command(flatten)]
    store: StoreOptions,
}

impl Retain {
    pub(super) async fn run(self) -> Result<Exit> {
        let ledger = self.ledger.ledger(&self.store, DATA_DIRECTORY)?;
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let done = self.retain(&owner, &ledger).await;
        owner.pool().close().await;
        store.close().await?;
        done
    }

    async fn retain(&self, owner: &Database, ledger: &Ledger) -> Result<Exit> {
        let school_id = school_of(owner, &self.school).await?;
        let set = retention_of(owner, school_id).await?;
        match set {
            None => say("The school keeps everything so far.")?,
            Some(set) => say(format_args!(
                "The school keeps {} years. Reports begin with {}.",
                set.years, set.kept_from
            ))?,
        }
        let Some(years) = self.years.or(set.map(|set| set.years)) else {
            if self.yes {
                bail!("say how many years to keep: --years");
            }
            return Ok(Exit::Done);
        };
        let now = Clock::system().now();
        let Some(first_day) = first_day_kept(now.date_naive(), years) else {
            bail!("so long ago there is no day");
        };
        let subjects = find(owner, school_id, &Wanted::LeftBefore(first_day)).await?;
        if !self.yes {
            say(format_args!(
                "To keep {years} years is to let go all before {first_day}, and to forget {} students who had left by then. Nothing was \
                 changed: add --yes to do it. It cannot be undone.",
                subjects.len()
            ))?;
            return Ok(Exit::Done);
        }
        self.let_go(owner, ledger, school_id, years).await?;
        forget(owner, ledger, school_id, &subjects).await?;
        Ok(Exit::Done)
    }

    async fn let_go(
        &self,
        owner: &Database,
        ledger: &Ledger,
        school_id: Uuid,
        years: i16,
    ) -> Result<()> {
        // What cannot be written down is not begun.
        ledger.read()?;
        let kept = keep(owner, school_id, years, Clock::system().now()).await?;
        say(format_args!(
            "Reports begin with {}: {} registers went out of them.",
            kept.kept_from, kept.registers
        ))
    }
}
