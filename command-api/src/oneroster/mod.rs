//! The roster, from OneRoster CSV files of version 1.1 or 1.2.
//!
//! A run is read and checked as a whole, everything that is wrong is said at once, and only then is anything written:
//! one transaction a school, so that a run that was interrupted goes on where it stopped. The files say what is so; the
//! import appends the events that lead there from what the store says. The same files a second time therefore change
//! nothing. Reading order: `read` (cells), `check` (whether they fit together), `roster` (what comes of it), `write`.

mod check;
mod finding;
mod known;
mod one_line;
mod origin;
mod own;
mod past;
mod read;
mod roster;
mod summary;
mod unused_roles;
mod write;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use chrono_tz::Tz;
use domain::SchoolId;
use platform::clock::Clock;
use platform::database::Database;

pub use finding::{Finding, Findings};
pub use one_line::one_line;
pub use origin::{Origin, SentFile};
pub(crate) use past::{PastOutcome, remember_refused};
pub use read::{FilesError, RosterFiles};
pub use summary::{ImportCounts, RollChanges, RowChanges, SchoolSummary, Summary};
pub use unused_roles::UnusedRoles;
pub use write::import_user;
pub(crate) use write::is_another_import;

use known::Known;
use own::Own;
use read::Records;
use roster::SchoolRoster;
use write::Writing;

/// Whether the end dates of the files belong to what they end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    /// Which of the schools in the files.
    pub wanted: Wanted,
    /// The time zone of the schools; schools that are there keep theirs without it.
    pub time_zone: Option<Tz>,
    /// How the files' end dates are meant.
    pub end_dates: EndDates,
    /// Check and count, and keep nothing.
    pub dry_run: bool,
    /// Whose import it is.
    pub origin: Origin,
}

/// Which of the schools in the files are imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Every one.
    All,
    /// The one with this identifier or sourcedId.
    Named(String),
    /// One that is in the store already. What the files say of others is left alone, and the store is not asked about them.
    Own(SchoolId),
}

/// How far an import is: it is about to write a school.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// How many schools are done.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// The name of the one that is next.
    pub school: &'a str,
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

/// Imports a roster; `progress` is told before each school.
///
/// # Errors
/// No school has the identifier asked for, or the database fails. Schools that were imported
/// before the failure stay imported.
pub async fn import(
    store: Store<'_>,
    files: &RosterFiles,
    options: &Options,
    mut progress: impl FnMut(Progress<'_>),
) -> Result<Outcome> {
    let mut findings = Findings::default();
    let Some((manifest, mut records)) = read::read(files, &mut findings) else {
        return Ok(Outcome::Refused(findings.sorted()));
    };
    let mut other_schools = 0;
    let own = match options.wanted {
        Wanted::Own(school_id) => Some(own::find(store.database, school_id).await?),
        Wanted::All | Wanted::Named(_) => None,
    };
    if let Some(own) = &own {
        other_schools = own.keep_only(&mut records);
        if findings.is_empty() && own.is_missing(&manifest, &records) {
            own.say_missing(&mut findings);
            return Ok(Outcome::Refused(findings));
        }
    }
    let known = look_up(store.database, &records, own.as_ref()).await?;
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
    keep_wanted(&mut schools, &options.wanted)?;
    let writing = Writing {
        database: store.database,
        clock: store.clock,
        fingerprint_key: store.fingerprint_key,
        time_zone: options.time_zone,
        dry_run: options.dry_run,
        origin: &options.origin,
    };
    let mut summary = Summary {
        schools: Vec::new(),
        unused_roles: UnusedRoles::count(&records),
        other_schools,
        dry_run: options.dry_run,
    };
    for (done, school) in schools.iter().enumerate() {
        progress(Progress {
            done,
            of: schools.len(),
            school: &school.name,
        });
        let written = write::write(writing, school).await;
        summary
            .schools
            .push(written.with_context(|| format!("cannot import {}", school.name))?);
    }
    Ok(Outcome::Imported(summary))
}

fn keep_wanted(schools: &mut Vec<SchoolRoster>, wanted: &Wanted) -> Result<()> {
    match wanted {
        Wanted::All => {}
        Wanted::Own(school_id) => schools.retain(|school| school.school_id == *school_id),
        Wanted::Named(wanted) => {
            schools.retain(|school| school.code == *wanted || school.org == *wanted);
            if schools.is_empty() {
                bail!("no school of these files has the identifier or sourcedId {wanted}");
            }
        }
    }
    Ok(())
}

/// What the store knows of every org that any file mentions, or of the one that is imported.
async fn look_up(database: &Database, records: &Records, own: Option<&Own>) -> Result<Known> {
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
        .filter(|_| own.is_none())
        .chain(own.map(|own| own.org.as_str()))
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
