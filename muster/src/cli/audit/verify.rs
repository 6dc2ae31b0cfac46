//! `muster audit verify`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;
use event_store::log::{Checkpoint, PublicKey};
use event_store::verify::{Report, Restored};
use platform::database::DatabaseRole;

use crate::audit::{verify, verify_file};
use crate::cli::Exit;
use crate::cli::options::StoreOptions;
use crate::cli::output::{progress, say};
use crate::cli::up::DATA_DIRECTORY;

/// Computes every chain and every log anew; exit code 3 names the first event that does not fit
///
/// The exit code is 3 as well when a restore, although declared, lost what a checkpoint that you hold was signed of.
///
/// With a checkpoint that was held outside, a history that was cut off or rewritten as a whole is found too. With --file an
/// export is checked, and no database is needed.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// File with checkpoints that were held outside; they must be signed with the public key
    #[arg(
        long,
        env = "MUSTER_AUDIT_CHECKPOINT",
        value_name = "FILE",
        requires = "public_key"
    )]
    checkpoint: Option<PathBuf>,
    /// The installation's public key, as `muster audit public-key` printed it when the checkpoint was taken
    #[arg(long, env = "MUSTER_AUDIT_PUBLIC_KEY", value_name = "KEY")]
    public_key: Option<PublicKey>,
    /// An export to check instead of a store
    #[arg(long, env = "MUSTER_AUDIT_FILE", value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOptions,
}

/// Of a file that is taken without a key.
pub(super) const NOT_CHECKED: &str =
    "No --public-key is given, so who signed the checkpoint in the file was not checked.";

impl Verify {
    pub(super) async fn run(self) -> Result<Exit> {
        let held = self.held()?;
        ensure!(
            self.public_key.is_none() || self.checkpoint.is_some() || self.file.is_some(),
            "--public-key is for what was held outside: name it with --checkpoint FILE or --file FILE. The checkpoints in the \
             store are signed by who runs the store"
        );
        if let Some(file) = &self.file {
            let (school_id, report) = verify_file(file, &held, self.public_key.as_ref())?;
            if self.public_key.is_none() {
                say(NOT_CHECKED)?;
            }
            return say_report(&school_id.to_string(), &report);
        }
        let store = self.store.location(DATA_DIRECTORY)?.visit().await?;
        let owner = store.connect(DatabaseRole::Owner, 2).await?;
        let bar = progress("Verifying")?;
        let verified = verify(&owner, &held, &bar).await;
        bar.finish_and_clear();
        owner.pool().close().await;
        store.close().await?;
        let mut exit = Exit::Done;
        let verified = verified?;
        if verified.is_empty() {
            say("There is nothing to verify: the store has no events and no checkpoints.")?;
        }
        for school in verified {
            let name = school.code.unwrap_or_else(|| school.school_id.to_string());
            if say_report(&name, &school.report)? == Exit::FoundWrong {
                exit = Exit::FoundWrong;
            }
        }
        Ok(exit)
    }

    /// The checkpoints that were held, with their signatures checked.
    fn held(&self) -> Result<Vec<Checkpoint>> {
        let (Some(path), Some(key)) = (&self.checkpoint, &self.public_key) else {
            return Ok(Vec::new());
        };
        let notes = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let held =
            Checkpoint::read_all(&notes).with_context(|| format!("in {}", path.display()))?;
        for checkpoint in &held {
            checkpoint
                .check(key)
                .with_context(|| format!("the checkpoint of {}", checkpoint.head.origin))?;
        }
        Ok(held)
    }
}

/// Says what was found in a school, and whether that is wrong.
pub(super) fn say_report(name: &str, report: &Report) -> Result<Exit> {
    for restored in &report.restored {
        say(format_args!("{name}: {}", restoration(restored)))?;
    }
    if let Some(fault) = &report.fault {
        say(format_args!("{name}: {fault}"))?;
        return Ok(Exit::FoundWrong);
    }
    say(format_args!(
        "{name}: {} events in {} streams fit their chains, {} of them are in the log; checkpoints that it agrees with: {}; \
         events that none of them covers yet: {}",
        report.events,
        report.streams,
        report.events - report.pending,
        report.checkpoints,
        report.uncovered + report.pending
    ))?;
    if report.restored.iter().any(Restored::lost) {
        Ok(Exit::FoundWrong)
    } else {
        Ok(Exit::Done)
    }
}

fn restoration(restored: &Restored) -> String {
    let Restored { from, had, proven } = restored;
    let told = format!(
        "restored to {} of {had} leaves of {}",
        from.size, from.origin
    );
    if !restored.lost() {
        return told;
    }
    let lost = format!(
        "{told}; leaves {} to {} were lost by that",
        from.size,
        had - 1
    );
    if *proven == from.size {
        return lost;
    }
    format!(
        "{lost}, and with them the proof that leaves {proven} to {} are those that your checkpoint of {had} was signed of",
        from.size - 1
    )
}
