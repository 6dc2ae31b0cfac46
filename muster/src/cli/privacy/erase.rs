//! `muster privacy erase`.

use anyhow::{Result, bail};
use chrono::NaiveDate;
use clap::Args;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};

use super::forget::forget;
use crate::audit::school_of;
use crate::cli::Exit;
use crate::cli::options::{LedgerOptions, StoreOptions};
use crate::cli::output::say;
use crate::cli::up::DATA_DIRECTORY;
use crate::privacy::{Ledger, Subject, Wanted, find};

/// Forgets a student, or all who left before a day: for good, nobody can bring it back
///
/// The name, the admission number and every remark and reason about the student are gone, in the office's screens, in exports
/// and in every backup that is made from now on. What remains is that somebody without a name was present or absent. An
/// import that names the student again changes nothing of that, and remarks that a phone still sends are kept sealed under a
/// key that nobody has.
///
/// Backups that were made before still hold it all. The erasure ledger, which has ids only, is kept outside the database so
/// that `muster restore` erases again; keep a copy of it with the key file. What printed on paper, downloaded or written
/// about a class instead of a student is out of reach. docs/DEPLOYMENT.md says more.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster privacy erase --school HILL --student A-1044                   say who it would be
  muster privacy erase --school HILL --student A-1044 --yes             forget this student
  muster privacy erase --school HILL --left-before 2021-08-01 --yes     forget all who had left by then")]
pub(super) struct Erase {
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    /// Id or admission number of a student
    #[arg(
        long,
        env = "MUSTER_STUDENT",
        value_name = "STUDENT",
        required_unless_present = "left_before"
    )]
    student: Option<String>,
    /// All students whose enrolments had ended by this day
    #[arg(
        long,
        env = "MUSTER_LEFT_BEFORE",
        value_name = "DATE",
        conflicts_with = "student"
    )]
    left_before: Option<NaiveDate>,
    /// Do it; without this nothing is changed
    #[arg(long, env = "MUSTER_ERASE_YES")]
    yes: bool,
    #[command(flatten)]
    ledger: LedgerOptions,
    #[command(flatten)]
    store: StoreOptions,
}

impl Erase {
    pub(super) async fn run(self) -> Result<Exit> {
        let ledger = self.ledger.ledger(&self.store, DATA_DIRECTORY)?;
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let done = self.erase(&owner, &ledger).await;
        owner.pool().close().await;
        store.close().await?;
        done
    }

    async fn erase(&self, owner: &Database, ledger: &Ledger) -> Result<Exit> {
        let school_id = school_of(owner, &self.school).await?;
        let subjects = find(owner, school_id, &self.wanted()?).await?;
        for subject in &subjects {
            say(in_words(subject))?;
        }
        if !self.yes && !subjects.is_empty() {
            say("Nothing was changed. This cannot be undone: add --yes to forget them.")?;
            return Ok(Exit::Done);
        }
        forget(owner, ledger, school_id, &subjects).await?;
        Ok(Exit::Done)
    }

    fn wanted(&self) -> Result<Wanted> {
        match (&self.student, self.left_before) {
            (Some(student), None) => Ok(Wanted::Student(student.clone())),
            // Enrolments end in days to come: a mistyped year would be everybody.
            (None, Some(day)) if day > Clock::system().now().date_naive() => {
                bail!("{day} is to come: name a day by which they had left")
            }
            (None, Some(day)) => Ok(Wanted::LeftBefore(day)),
            _ => bail!("name either --student or --left-before"),
        }
    }
}

fn in_words(subject: &Subject) -> String {
    let number = subject.admission_number.as_deref();
    let ids: Vec<String> = subject
        .student_ids
        .iter()
        .map(ToString::to_string)
        .collect();
    format!(
        "{}, {}, {}",
        subject.name,
        number.unwrap_or("no admission number"),
        ids.join(" and ")
    )
}
