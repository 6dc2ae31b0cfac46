//! `muster import unsent`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::server::Services;

use super::Exit;
use super::options::{KeyOptions, StoreOptions};
use super::output::{progress, say};
use super::up::DATA_DIRECTORY;
use crate::import::unsent::{self, Findings, Keeping, Office, Summary, UnsentFile};
use crate::store::Store;

/// Hands in what a device could not send, from the file that the app saved
///
/// When a phone has no network any more, or its teacher cannot sign in, the teacher opens Sending in the app and taps Save
/// as a file. Whoever runs muster hands that file in here, in the name of somebody of the office.
///
/// Every command is decided as if the teacher's device had sent it: the marks are the teacher's, at the time of the tap,
/// with the teacher's rights; each event also says who handed it in, and has the flag `submitted_for_another`. What reached
/// the server before is recognised, so the same file can be handed in again, and the device may still send what it holds.
///
/// A file that is damaged, or of another school, is not begun: all that is wrong is said (the first 100) and the exit code
/// is 3. It is 3 as well if commands were refused; each is named with the reason, and all others are stored.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  muster import unsent ann.json --school HILL --as office --dry-run     say what would happen
  muster import unsent ann.json --school HILL --as office               hand it in")]
pub(super) struct Unsent {
    /// The file that the app saved
    file: PathBuf,
    /// Login code of the school
    #[arg(long, env = "MUSTER_SCHOOL", value_name = "CODE")]
    school: String,
    /// User name of the admin who hands the file in
    #[arg(long = "as", env = "MUSTER_IMPORT_AS", value_name = "ADMIN")]
    admin: String,
    /// Say what would happen and keep nothing
    #[arg(long, env = "MUSTER_IMPORT_DRY_RUN")]
    dry_run: bool,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    keys: KeyOptions,
}

impl Unsent {
    pub(super) async fn run(self) -> Result<Exit> {
        let bytes = unsent::read(&self.file)?;
        let file = match UnsentFile::parse(&bytes) {
            Ok(file) => file,
            Err(findings) => return self.not_begun(&findings),
        };
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let handed_in = self.hand_in(&store, &file).await;
        let closed = store.close().await;
        let outcome = handed_in?;
        closed?;
        match outcome {
            Ok(summary) => {
                say(summary.to_string().trim_end())?;
                Ok(if summary.is_complete() {
                    Exit::Done
                } else {
                    Exit::FoundWrong
                })
            }
            Err(findings) => self.not_begun(&findings),
        }
    }

    async fn hand_in(&self, store: &Store, file: &UnsentFile) -> Result<Result<Summary, Findings>> {
        store.lay_out_own().await?;
        store.check_cluster().await?;
        let database = store.connect(DatabaseRole::App, 4).await?;
        let handed_in = self.hand_in_to(&database, file).await;
        database.pool().close().await;
        handed_in
    }

    async fn hand_in_to(
        &self,
        database: &Database,
        file: &UnsentFile,
    ) -> Result<Result<Summary, Findings>> {
        let keyring = self.keys.location(&self.store, DATA_DIRECTORY)?.open()?;
        let services = Services::open(database.clone(), Clock::system(), keyring)
            .await
            .context("cannot open the store")?;
        let office = Office::find(database, &self.school, &self.admin).await?;
        if let Err(findings) = office.check(file) {
            return Ok(Err(findings));
        }
        let keeping = if self.dry_run {
            Keeping::Nothing
        } else {
            Keeping::Everything
        };
        let bar = progress("Handing in")?;
        let summary = unsent::hand_in(&services, &office, file, keeping, &bar).await;
        bar.finish_and_clear();
        summary.map(Ok)
    }

    fn not_begun(&self, findings: &Findings) -> Result<Exit> {
        say(format_args!("{}:", self.file.display()))?;
        say(findings.to_string().trim_end())?;
        say("Nothing was handed in.")?;
        Ok(Exit::FoundWrong)
    }
}
