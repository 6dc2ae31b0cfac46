//! One attempt at a batch: one transaction that reads, decides, appends and writes down what follows.

use std::collections::HashMap;

use domain::{Command, Instant};
use event_store::{AppendError, Appended, Head, ReadError, Stream, StreamId, Transient, append};
use platform::clock::Clock;
use platform::keyring::KeyRingError;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use sqlx::PgConnection;

use super::answer::{BatchAnswer, Findings};
use super::batch::Batch;
use super::decision::{Decisions, Directed, Grounds};
use super::devices::{Contact, write_contact};
use super::refusals::Refusals;
use super::rejection::Rejection;
use super::settings;
use super::stored::Stored;
use super::turns::{self, Turn};
use crate::facts::Facts;
use crate::{server_clock, wake_up};

/// Whether accepted commands are appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Appending {
    /// They are.
    Now,
    /// They are left for the sender to send again; everything else is decided.
    Later,
    /// Nothing at all is written, and the answer says what would become of the batch.
    Never,
}

/// Where commands are looked for that were accepted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Search {
    /// In the streams that they are for, which are read anyway. That is where a command is that was sent again, and a
    /// batch of which nothing is refused needs no more: an id that is taken elsewhere fails the append.
    OwnStreams,
    /// In the whole school.
    Everywhere,
}

/// Why an attempt came to nothing. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttemptError {
    /// The store, or the database on the way to it.
    #[error(transparent)]
    Store(#[from] AppendError),
    /// Somebody else is alone with what the batch is about.
    #[error("others are at the same registers")]
    Occupied,
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
            Self::Store(AppendError::DuplicateCommand) | Self::Occupied => true,
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
            AttemptError::Occupied => Self::new(Slug::Busy).retry_after(1),
            AttemptError::Store(_) | AttemptError::Read(_) | AttemptError::Keys(_) => {
                Self::internal(error)
            }
        }
    }
}

/// Decides a batch and, unless told otherwise, writes down what it leads to.
///
/// # Errors
/// [`AttemptError`] says whether another attempt may succeed.
pub(crate) async fn attempt(
    services: &Services,
    batch: &Batch,
    appending: Appending,
    search: Search,
    turn: Turn,
) -> Result<BatchAnswer, AttemptError> {
    let school_id = batch.caller.school_id;
    let mut transaction = services.db.school(school_id.as_uuid()).await?;
    let facts = facts(&mut transaction, batch, turn).await?;
    server_clock::check(&services.clock, facts.school.newest_recorded_at)?;
    let recorded_at = recorded_at(&services.clock, facts.school.database_clock);
    let directed = directed(batch, &facts);
    let ready = Ready {
        batch,
        facts,
        directed: &directed,
        recorded_at,
    };
    let (stored, mut decisions) = ready.decide(&mut transaction, appending, search).await?;
    if appending == Appending::Later {
        decisions.postpone();
    }
    let appended = match appending {
        Appending::Never => Vec::new(),
        Appending::Now | Appending::Later => {
            let consequences = Consequences {
                batch,
                decisions: &decisions,
                streams: &stored.streams,
                recorded_at,
            };
            let appended = consequences.write(&mut transaction).await?;
            transaction.commit().await?;
            appended
        }
    };
    if !appended.is_empty() {
        wake_up::committed();
    }
    let findings = Findings {
        batch,
        decisions: &decisions,
        known: &stored.known,
        streams: stored.streams,
        appended: &appended,
        recorded_at,
    };
    Ok(findings.answer())
}

/// What follows from a batch, ready to be written.
struct Consequences<'a> {
    batch: &'a Batch,
    decisions: &'a Decisions,
    streams: &'a HashMap<StreamId, Stream>,
    recorded_at: Instant,
}

impl Consequences<'_> {
    /// Appends the events, and writes the rows that go with them.
    async fn write(&self, connection: &mut PgConnection) -> Result<Vec<Appended>, AttemptError> {
        let (batch, decisions) = (self.batch, self.decisions);
        let school_id = batch.caller.school_id;
        let refusals = Refusals::of(batch, &decisions.verdicts)?;
        let heads: HashMap<StreamId, Head> = self
            .streams
            .iter()
            .map(|(id, stream)| (id.clone(), stream.head))
            .collect();
        let (recorded_at, events) = (self.recorded_at, &decisions.events);
        let appended = append(connection, school_id, recorded_at, &heads, events).await?;
        decisions.rolls.write(connection, school_id).await?;
        decisions.aliases.write(connection, school_id).await?;
        settings::write(connection, school_id, recorded_at, events).await?;
        refusals.write(connection, school_id, batch).await?;
        // What somebody else hands in is no contact with the device, which may hold more than the file.
        if batch.caller.submitted_by.is_none() {
            let contact = Contact {
                last_device_seq: decisions.last_device_seq,
                all_decided: decisions.all_decided(),
            };
            write_contact(connection, school_id, batch, &contact).await?;
        }
        Ok(appended)
    }
}

/// Looks the facts up when it is the batch's turn.
async fn facts(
    connection: &mut PgConnection,
    batch: &Batch,
    turn: Turn,
) -> Result<Facts, AttemptError> {
    let commands = readable(batch);
    let mut keys = turns::keys(batch.caller.school_id, &commands);
    if turn == Turn::Alone {
        turns::wait_to_be_alone(connection, &keys).await?;
        // Who is alone must not ask to take part as well: that would be refused because of those who wait.
        keys.clear();
    }
    let facts = Facts::load(connection, batch.caller, batch.device_id, &commands, keys).await?;
    if facts.school.others_welcome {
        Ok(facts)
    } else {
        Err(AttemptError::Occupied)
    }
}

/// A batch that is ready to be decided on whatever the store holds of it.
struct Ready<'a> {
    batch: &'a Batch,
    facts: Facts,
    directed: &'a [Result<Directed<'a>, &'a Rejection>],
    recorded_at: Instant,
}

impl Ready<'_> {
    /// Decides the batch, looking for its commands no further than need be.
    async fn decide(
        self,
        connection: &mut PgConnection,
        appending: Appending,
        search: Search,
    ) -> sqlx::Result<(Stored, Decisions)> {
        if (appending, search) == (Appending::Now, Search::OwnStreams) {
            let stored = Stored::in_own_streams(connection, self.batch, self.directed).await?;
            let decisions = Decisions::of(&self.grounds(&stored), self.facts.clone());
            if decisions.all_stored() {
                return Ok((stored, decisions));
            }
        }
        let stored = Stored::everywhere(connection, self.batch, self.directed).await?;
        let decisions = Decisions::of(&self.grounds(&stored), self.facts.clone());
        Ok((stored, decisions))
    }

    fn grounds<'a>(&'a self, stored: &'a Stored) -> Grounds<'a> {
        Grounds {
            batch: self.batch,
            known: &stored.known,
            directed: self.directed,
            streams: &stored.streams,
            recorded_at: self.recorded_at,
        }
    }
}

/// Events are stamped by the database's clock, which all processes share; on a made-up clock by that.
fn recorded_at(clock: &Clock, database_clock: Instant) -> Instant {
    if clock.is_simulated() {
        clock.now()
    } else {
        database_clock
    }
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
