//! `muster import`.

use std::path::PathBuf;

use anyhow::Result;
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use platform::clock::Clock;
use platform::database::DatabaseRole;

use super::Exit;
use super::import_unsent::Unsent;
use super::options::{KeyOptions, StoreOptions};
use super::output::{progress, say};
use super::up::DATA_DIRECTORY;
use crate::import::oneroster::{
    self, EndDates, Options, Origin, Outcome, Progress, RosterFiles, SentFile, Wanted,
};
use crate::store::Store;

/// Imports schools, classes and people from the files of other systems, and unsent work from those of devices
#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Oneroster(OneRoster),
    Unsent(Unsent),
}

impl Import {
    pub(super) async fn run(self) -> Result<Exit> {
        match self.source {
            Source::Oneroster(command) => command.run().await,
            Source::Unsent(command) => command.run().await,
        }
    }
}

/// Imports schools, classes, students and teachers from OneRoster CSV files, version 1.1 or 1.2
///
/// Read are manifest.csv, orgs.csv, academicSessions.csv, classes.csv, users.csv, enrollments.csv and, in version 1.2,
/// roles.csv; other files are left alone. Every org of type school becomes a school, whose login code is its identifier.
///
/// All files are checked first; if anything is wrong, all of it is said (the first 100, and how many more), each with its
/// file, row and column, nothing is written, and the exit code is 3. The same files a second time change nothing; files
/// with changes date the changes. Classes, people and enrolments that are missing from a bulk file end today, from a delta
/// file nothing; terms and subjects stay, since registers of the past refer to them.
///
/// Registers need students and teachers. People in other roles of OneRoster are counted and left out; a role that OneRoster
/// does not have is an error, unless it begins with ext: as roles of one's own do. Teachers get accounts without a
/// password: give them one with `muster user reset-password`. An account that the files or somebody else closed is not opened
/// again by the files, but by that command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster import oneroster roster.zip --dry-run                      say what would happen
  muster import oneroster roster/ --time-zone Africa/Nairobi        a new school, and its time zone
  muster import oneroster roster/ --school HILL                     one school of a district")]
struct OneRoster {
    /// A folder with the CSV files, or a zip archive of them
    path: PathBuf,
    /// Import only the school with this identifier or sourcedId
    #[arg(long, env = "MUSTER_IMPORT_SCHOOL", value_name = "IDENTIFIER")]
    school: Option<String>,
    /// Say what would change and keep nothing
    #[arg(long, env = "MUSTER_IMPORT_DRY_RUN")]
    dry_run: bool,
    /// Time zone of the schools, such as Africa/Nairobi; a new school without one gets UTC, a known one keeps its own
    #[arg(long, env = "MUSTER_IMPORT_TIME_ZONE", value_name = "TZ")]
    time_zone: Option<Tz>,
    /// Whether end dates are the first day after (exclusive, as the standard says) or the last day (inclusive)
    #[arg(long, env = "MUSTER_IMPORT_END_DATES", value_enum, default_value_t)]
    end_dates: DatesThatEnd,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
}

/// How the files' end dates are meant
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum DatesThatEnd {
    /// The end date is the first day after, as the standard says
    #[default]
    Exclusive,
    /// The end date is the last day, as some systems write it
    Inclusive,
}

impl From<DatesThatEnd> for EndDates {
    fn from(dates: DatesThatEnd) -> Self {
        match dates {
            DatesThatEnd::Exclusive => Self::Exclusive,
            DatesThatEnd::Inclusive => Self::Inclusive,
        }
    }
}

impl OneRoster {
    async fn run(self) -> Result<Exit> {
        let files = RosterFiles::open(&self.path)?;
        let store = self.store.location(DATA_DIRECTORY)?.visit_or_make().await?;
        let imported = self.import(&store, &files).await;
        let closed = store.close().await;
        let outcome = imported?;
        closed?;
        match outcome {
            Outcome::Imported(summary) => {
                say(summary.to_string().trim_end())?;
                Ok(Exit::Done)
            }
            Outcome::Refused(findings) => {
                say(findings.to_string().trim_end())?;
                say("Nothing was imported: put this right and try again.")?;
                Ok(Exit::FoundWrong)
            }
        }
    }

    async fn import(&self, store: &Store, files: &RosterFiles) -> Result<Outcome> {
        store.lay_out_own().await?;
        store.check_cluster().await?;
        let database = store.connect(DatabaseRole::App, 2).await?;
        let keyring = self
            .keys
            .location(&self.store, DATA_DIRECTORY)?
            .open_or_create(&database)
            .await?;
        let options = Options {
            wanted: self.school.clone().map_or(Wanted::All, Wanted::Named),
            time_zone: self.time_zone,
            end_dates: self.end_dates.into(),
            dry_run: self.dry_run,
            origin: Origin {
                user: None,
                file: SentFile::at(&self.path)?,
            },
        };
        let target = oneroster::Store {
            database: &database,
            clock: &Clock::system(),
            fingerprint_key: keyring.fingerprint_key(),
        };
        let bar = progress("Importing")?;
        let show = |Progress { done, of, school }: Progress<'_>| {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
            bar.set_message(school.to_owned());
        };
        let outcome = oneroster::import(target, files, &options, show).await;
        bar.finish_and_clear();
        database.pool().close().await;
        outcome
    }
}
