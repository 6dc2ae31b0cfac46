//! Unsent work of a device, handed in by the office: what the app saves as a file when the device has no network or its
//! owner cannot sign in any more.
//!
//! Reading order: [`UnsentFile`] is what the app writes, [`Office`] says who hands it in, [`hand_in`] sends it the way that
//! every command goes, and [`Summary`] tells what became of it.

mod file;
mod finding;
mod names;
mod office;
mod summary;

use anyhow::{Context, Result, anyhow};
use command_api::{
    CommandResult, DeviceReport, Envelope, MAX_COMMANDS, Outcome, Sender, rehearse, submit,
};
use domain::{Actor, Role};
use indicatif::ProgressBar;
use platform::server::Services;
use serde_json::Value;

pub use file::{UnsentCommand, UnsentFile, read};
pub use finding::Findings;
pub use office::Office;
pub use summary::{Refused, Summary};

use names::Names;

/// Whether what is handed in is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// It is.
    Everything,
    /// A dry run: everything is decided and nothing kept.
    Nothing,
}

/// Hands a file in as the office, in the name of the person it is from; `progress` counts commands.
///
/// # Errors
/// The database fails, or the server may take nothing now. What was stored before that stays stored.
pub async fn hand_in(
    services: &Services,
    office: &Office,
    file: &UnsentFile,
    keeping: Keeping,
    progress: &ProgressBar,
) -> Result<Summary> {
    progress.set_length(file.commands.len() as u64);
    let sender = Sender {
        school_id: office.school_id,
        actor: Actor {
            id: office.admin_id,
            role: Role::Admin,
        },
    };
    let mut results = Vec::new();
    for commands in batches(&file.commands) {
        let envelope = envelope(services, file, commands);
        let now = services.clock.now();
        let answer = match keeping {
            Keeping::Everything => submit(services, &sender, envelope, now).await,
            Keeping::Nothing => rehearse(services, &sender, envelope, now).await,
        };
        let answer = answer.map_err(|problem| anyhow!("{problem}")).context(
            "not all of the file was handed in; do it again: what is stored is known then",
        )?;
        results.extend(answer.results);
        progress.inc(commands.len() as u64);
    }
    let refused = refused(services, office, file, &results).await?;
    let count = |outcome| {
        let such = results.iter().filter(|result| result.outcome == outcome);
        such.count()
    };
    Ok(Summary {
        person: office.name_of(file.actor_id).unwrap_or_default().to_owned(),
        accepted: count(Outcome::Accepted),
        known: count(Outcome::Duplicate),
        undecided: count(Outcome::Retry),
        refused,
        dry_run: keeping == Keeping::Nothing,
    })
}

/// The commands in their order, in batches of a size that is taken, none of which mixes stamps of two clocks.
fn batches(commands: &[UnsentCommand]) -> impl Iterator<Item = &[UnsentCommand]> {
    commands
        .chunk_by(|one, next| one.is_corrected == next.is_corrected)
        .flat_map(|of_one_clock| of_one_clock.chunks(MAX_COMMANDS))
}

/// A batch as the device would send it. Stamps that the device corrected are by the server's clock, so they are sent now.
/// The others are by the device's own clock, of which the time of the export tells all there is to know: if that is in
/// the future, the clock is ahead.
fn envelope(services: &Services, file: &UnsentFile, commands: &[UnsentCommand]) -> Envelope {
    let is_corrected = commands.first().is_some_and(|first| first.is_corrected);
    Envelope {
        device_id: file.device_id,
        sent_at: if is_corrected {
            services.clock.now()
        } else {
            file.exported_at
        },
        clock: None,
        device: Some(DeviceReport {
            app_version: Some(file.app_version.clone()),
            ..DeviceReport::default()
        }),
        claimed_by: Some(file.actor_id),
        commands: commands
            .iter()
            .map(|unsent| unsent.command.clone().into())
            .collect(),
        marks: Vec::new(),
    }
}

/// The refused commands in words.
async fn refused(
    services: &Services,
    office: &Office,
    file: &UnsentFile,
    results: &[CommandResult],
) -> Result<Vec<Refused>> {
    let refused: Vec<(usize, &Value, &CommandResult)> = (1..)
        .zip(file.commands.iter().zip(results))
        .filter(|(_, (_, result))| result.outcome == Outcome::Rejected)
        .map(|(number, (unsent, result))| (number, &unsent.command, result))
        .collect();
    let commands: Vec<&Value> = refused.iter().map(|(_, command, _)| *command).collect();
    let names = Names::of(&services.db, office.school_id, &commands).await?;
    let in_words = refused
        .into_iter()
        .map(|(number, command, result)| Refused {
            number,
            command: names.describe(command),
            problem: result
                .problem
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        });
    Ok(in_words.collect())
}
