//! One attempt at a batch: one transaction that reads, decides, appends and writes down what follows.

use std::collections::HashMap;

use domain::{Command, CommandId};
use event_store::{
    AppendError, Head, KnownCommand, ReadError, Stream, StreamId, Transient, append, find_commands,
    load_streams,
};
use platform::clock::Clock;
use platform::keyring::KeyRingError;
use platform::problem::Problem;
use platform::server::Services;

use super::answer::{BatchAnswer, Findings};
use super::batch::Batch;
use super::decision::{Decisions, Directed, Grounds};
use super::devices::{Contact, write_contact};
use super::refusals::Refusals;
use super::rejection::Rejection;
use crate::facts::{Facts, SchoolFacts};
use crate::{server_clock, wake_up};

/// Whether accepted commands are appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appending {
    /// They are.
    Now,
    /// They are left for the sender to send again; everything else is decided.
    Later,
}

/// Why an attempt came to nothing. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttemptError {
    /// The store, or the database on the way to it.
    #[error(transparent)]
    Store(#[from] AppendError),
    /// A stream cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A refused command cannot be sealed.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// The server must not take anything now.
    #[error(transparent)]
    Refused(#[from] Problem),
}

impl From<sqlx::Error> for AttemptError {
    fn from(error: sqlx::Error) -> Self {
        AppendError::from(error).into()
    }
}

impl Transient for AttemptError {
    /// A command that somebody else has just appended is known at the next attempt.
    fn is_transient(&self) -> bool {
        match self {
            Self::Store(AppendError::DuplicateCommand) => true,
            Self::Store(error) => error.is_transient(),
            Self::Read(_) | Self::Keys(_) | Self::Refused(_) => false,
        }
    }
}

impl From<AttemptError> for Problem {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::Store(AppendError::Database(error) | AppendError::Retryable(error)) => {
                error.into()
            }
            AttemptError::Read(ReadError::Database(error)) => error.into(),
            AttemptError::Refused(problem) => problem,
            AttemptError::Store(_) | AttemptError::Read(_) | AttemptError::Keys(_) => {
                Self::internal(error)
            }
        }
    }
}

/// Decides a batch and, unless told otherwise, appends what it leads to.
///
/// # Errors
/// [`AttemptError`] says whether another attempt may succeed.
pub(crate) async fn attempt(
    services: &Services,
    batch: &Batch,
    appending: Appending,
) -> Result<BatchAnswer, AttemptError> {
    let school_id = batch.caller.school_id;
    let mut transaction = services.db.school(school_id.as_uuid()).await?;
    let school = SchoolFacts::load(&mut transaction, school_id, batch.device_id).await?;
    server_clock::check(&services.clock, school.newest_recorded_at)?;
    let recorded_at = recorded_at(&services.clock, &school);
    let known = known_commands(&mut transaction, batch).await?;
    let facts = Facts::load(&mut transaction, batch.caller, school, &readable(batch)).await?;
    let directed = directed(batch, &facts);
    let streams = streams(&mut transaction, batch, &known, &directed).await?;
    let grounds = Grounds {
        batch,
        known: &known,
        directed: &directed,
        streams: &streams,
        recorded_at,
    };
    let mut decisions = Decisions::of(&grounds, facts);
    if appending == Appending::Later {
        decisions.postpone();
    }
    let refusals = Refusals::of(batch, &decisions.verdicts)?;
    let heads: HashMap<StreamId, Head> = streams
        .iter()
        .map(|(id, stream)| (id.clone(), stream.head))
        .collect();
    let events = &decisions.events;
    let appended = append(&mut transaction, school_id, recorded_at, &heads, events).await?;
    decisions.rolls.write(&mut transaction, school_id).await?;
    refusals.write(&mut transaction, school_id, batch).await?;
    let contact = Contact {
        last_device_seq: decisions.last_device_seq,
        all_decided: decisions.all_decided(),
    };
    write_contact(&mut transaction, school_id, batch, &contact).await?;
    transaction.commit().await?;
    if !appended.is_empty() {
        wake_up::committed();
    }
    let findings = Findings {
        batch,
        decisions: &decisions,
        known: &known,
        streams,
        appended: &appended,
        recorded_at,
    };
    Ok(findings.answer())
}

/// Events are stamped by the database's clock, which all processes share; on a made-up clock by that.
fn recorded_at(clock: &Clock, school: &SchoolFacts) -> domain::Instant {
    if clock.is_simulated() {
        clock.now()
    } else {
        school.database_clock
    }
}

async fn known_commands(
    connection: &mut sqlx::PgConnection,
    batch: &Batch,
) -> sqlx::Result<HashMap<CommandId, KnownCommand>> {
    let command_ids = batch.command_ids();
    if command_ids.is_empty() {
        return Ok(HashMap::new());
    }
    find_commands(connection, batch.caller.school_id, &command_ids).await
}

fn readable(batch: &Batch) -> Vec<&Command> {
    let requests = batch
        .commands
        .iter()
        .filter_map(|candidate| candidate.identified.as_ref().ok()?.request.as_ref().ok());
    requests.map(|request| &request.command).collect()
}

/// Which stream each command is for, once a class's only subject is left out.
fn directed<'a>(batch: &'a Batch, facts: &Facts) -> Vec<Result<Directed<'a>, &'a Rejection>> {
    let school_id = batch.caller.school_id;
    batch
        .commands
        .iter()
        .map(|candidate| {
            let request = candidate.identified.as_ref()?.request.as_ref()?;
            let command = facts.in_canonical_form(request.command.clone());
            let stream = StreamId::new(command.aggregate_type(), command.aggregate_id(school_id));
            Ok(Directed {
                request,
                command,
                stream,
            })
        })
        .collect()
}

/// The streams that commands are for and those that hold the events of known ones.
async fn streams(
    connection: &mut sqlx::PgConnection,
    batch: &Batch,
    known: &HashMap<CommandId, KnownCommand>,
    directed: &[Result<Directed<'_>, &Rejection>],
) -> sqlx::Result<HashMap<StreamId, Stream>> {
    let mut ids: Vec<StreamId> = directed
        .iter()
        .flatten()
        .map(|directed| directed.stream.clone())
        .chain(known.values().map(|known| known.stream.clone()))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    load_streams(connection, batch.caller.school_id, &ids).await
}
