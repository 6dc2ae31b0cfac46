//! `muster privacy export`.

use anyhow::{Context, Result};
use clap::Args;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};

use crate::audit::school_of;
use crate::cli::Exit;
use crate::cli::options::{KeyOptions, StoreOptions};
use crate::cli::output::say;
use crate::cli::up::DATA_DIRECTORY;
use crate::privacy::{About, Wanted, about, find};

/// Prints all that a school holds about a student, as JSON: for whoever asks to see it
///
/// Names, enrolments, everything that was recorded with its remarks and reasons, commands that were refused, and who of the
/// office and the auditors looked. It also names the people who recorded it: read it before you hand it over.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  muster privacy export --school HILL --student A-1044 > a-1044.json")]
pub(super) struct Export {
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    /// Id or admission number of a student
    #[arg(long, env = "MUSTER_STUDENT", value_name = "STUDENT")]
    student: String,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
}

impl Export {
    pub(super) async fn run(self) -> Result<Exit> {
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 1).await?;
        let about = self.about(&owner).await;
        owner.pool().close().await;
        store.close().await?;
        say(serde_json::to_string_pretty(&about?)?)?;
        Ok(Exit::Done)
    }

    async fn about(&self, owner: &Database) -> Result<About> {
        let keyring = self.keys.location(&self.store, DATA_DIRECTORY)?.open()?;
        let school_id = school_of(owner, &self.school).await?;
        let wanted = Wanted::Student(self.student.clone());
        let subject = find(owner, school_id, &wanted).await?.pop();
        let student_ids = subject
            .context("the school has no such student")?
            .student_ids;
        about(
            owner,
            &keyring,
            school_id,
            &student_ids,
            Clock::system().now(),
        )
        .await
    }
}
