//! `muster privacy export`.

use anyhow::{Context, Result};
use clap::Args;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::keyring::KeyRing;

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
        let told = self.tell(&owner).await;
        owner.pool().close().await;
        store.close().await?;
        let (about, unreadable) = told?;
        say(serde_json::to_string_pretty(&about)?)?;
        if unreadable == 0 {
            return Ok(Exit::Done);
        }
        eprintln!(
            "{unreadable} keys of the store cannot be opened with this key file, so texts may be missing that nobody has erased: \
             put the right key file in its place and export again"
        );
        Ok(Exit::FoundWrong)
    }

    /// Also answers how many keys cannot be opened.
    async fn tell(&self, owner: &Database) -> Result<(About, u64)> {
        let keyring = self.keys.location(&self.store, DATA_DIRECTORY)?.open()?;
        let about = self.about(owner, &keyring).await?;
        let mut connection = owner.pool().acquire().await?;
        Ok((about, keyring.count_unreadable(&mut connection).await?))
    }

    async fn about(&self, owner: &Database, keyring: &KeyRing) -> Result<About> {
        let school_id = school_of(owner, &self.school).await?;
        let wanted = Wanted::Student(self.student.clone());
        let subject = find(owner, school_id, &wanted).await?.pop();
        let student_ids = subject
            .context("the school has no such student")?
            .student_ids;
        about(
            owner,
            keyring,
            school_id,
            &student_ids,
            Clock::system().now(),
        )
        .await
    }
}
