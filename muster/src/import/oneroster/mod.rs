//! The roster, from OneRoster CSV files of version 1.1 or 1.2.
//!
//! A run is read and checked as a whole, everything that is wrong is said at once, and only then is anything written:
//! one transaction a school, so that a run that was interrupted goes on where it stopped. The files say what is so; the
//! import appends the events that lead there from what the store says. The same files a second time therefore change
//! nothing. Reading order: `read` (cells), `check` (whether they fit together), `roster` (what comes of it), `write`.

mod check;
mod finding;
mod known;
mod read;
mod roster;
mod summary;
mod unused_roles;
mod write;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use chrono_tz::Tz;
use indicatif::ProgressBar;
use platform::clock::Clock;
use platform::database::Database;

pub use finding::{Finding, Findings};
pub use read::RosterFiles;
pub use summary::{RollChanges, RowChanges, SchoolSummary, Summary};
pub use unused_roles::UnusedRoles;
pub use write::import_user;

use known::Known;
use read::Records;
use write::Writing;

/// Whether the end dates of the files belong to what they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum EndDates {
    /// The end date is the first day after, as the standard says.
    #[default]
    Exclusive,
    /// The end date is the last day, as some systems write it.
    Inclusive,
}

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only the school with this identifier or sourcedId.
    pub school: Option<String>,
    /// The time zone of the schools; schools that are there keep theirs without it.
    pub time_zone: Option<Tz>,
    /// How the files' end dates are meant.
    pub end_dates: EndDates,
    /// Check and count, and keep nothing.
    pub dry_run: bool,
}

/// The store that is imported into.
#[derive(Debug, Clone, Copy)]
pub struct Store<'a> {
    /// Its database, as the role that serves requests.
    pub database: &'a Database,
    /// The time, for a demo or test; a system clock leaves it to the database.
    pub clock: &'a Clock,
    /// The key of the fingerprints of commands.
    pub fingerprint_key: &'a [u8; 32],
}

/// What became of a run.
#[derive(Debug)]
pub enum Outcome {
    /// The store says what the files say, unless it was a dry run.
    Imported(Summary),
    /// The files are wrong and nothing was written.
    Refused(Findings),
}

/// Imports a roster; `progress` counts schools.
///
/// # Errors
/// No school has the identifier asked for, or the database fails. Schools that were imported
/// before the failure stay imported.
pub async fn import(
    store: Store<'_>,
    files: &RosterFiles,
    options: &Options,
    progress: &ProgressBar,
) -> Result<Outcome> {
    let mut findings = Findings::default();
    let Some((manifest, records)) = read::read(files, &mut findings) else {
        return Ok(Outcome::Refused(findings.sorted()));
    };
    let known = look_up(store.database, &records).await?;
    let mut schools = check::check(
        &records,
        &manifest,
        &known,
        options.end_dates,
        &mut findings,
    );
    if !findings.is_empty() {
        return Ok(Outcome::Refused(findings.sorted()));
    }
    if let Some(wanted) = &options.school {
        schools.retain(|school| school.code == *wanted || school.org == *wanted);
        if schools.is_empty() {
            bail!("no school of these files has the identifier or sourcedId {wanted}");
        }
    }
    let writing = Writing {
        database: store.database,
        clock: store.clock,
        fingerprint_key: store.fingerprint_key,
        time_zone: options.time_zone,
        dry_run: options.dry_run,
    };
    progress.set_length(schools.len() as u64);
    let mut summary = Summary {
        schools: Vec::new(),
        unused_roles: UnusedRoles::count(&records),
        dry_run: options.dry_run,
    };
    for school in &schools {
        progress.set_message(school.name.clone());
        let written = write::write(writing, school).await;
        summary
            .schools
            .push(written.with_context(|| format!("cannot import {}", school.name))?);
        progress.inc(1);
    }
    Ok(Outcome::Imported(summary))
}

/// What the store knows of every org that any file mentions.
async fn look_up(database: &Database, records: &Records) -> Result<Known> {
    let orgs: BTreeSet<&str> = records
        .orgs
        .iter()
        .filter(|org| org.is_school == Some(true))
        .map(|org| &org.sourced_id)
        .chain(records.classes.iter().map(|class| &class.school))
        .chain(records.users.iter().flat_map(|user| &user.orgs))
        .chain(records.roles.iter().map(|role| &role.org))
        .chain(records.enrolments.iter().map(|row| &row.school))
        .map(String::as_str)
        .collect();
    let codes = records
        .orgs
        .iter()
        .filter(|org| org.is_active_school())
        .map(check::code_of);
    Known::load(database, orgs.into_iter(), codes)
        .await
        .context("cannot look up what the store holds")
}
