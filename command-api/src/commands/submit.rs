//! A batch from beginning to end, with or without HTTP.

use domain::{Actor, Instant, Role, SchoolId};
use event_store::{Transient, with_retry};
use platform::problem::{Problem, Slug};
use platform::server::Services;

use super::answer::{BatchAnswer, Outcome};
use super::attempt::{Appending, Search, attempt};
use super::batch::Batch;
use super::claim;
use super::dense;
use super::envelope::Envelope;
use super::sealing::SealError;
use super::sent::SentCommand;
use super::turns::Turn;

/// Who sends a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    /// Their school.
    pub school_id: SchoolId,
    /// Who they are and what they may do.
    pub actor: Actor,
}

impl From<platform::auth::Caller> for Sender {
    fn from(caller: platform::auth::Caller) -> Self {
        Self {
            school_id: caller.school_id.into(),
            actor: Actor {
                id: caller.user_id.into(),
                role: role(caller.role),
            },
        }
    }
}

/// Decides every command of a batch and stores what was accepted. `received_at` is when the request's headers arrived.
///
/// Sent again, a batch changes nothing and is told the same, except that effects are those of now.
///
/// # Errors
/// Nothing has changed then: `forbidden` for auditors and for a claim by anybody but the office, `invalid-field` for a claim
/// about nobody, `too-many-commands`, `malformed`, `server-clock`, `busy`, or what is wrong with the server itself.
pub async fn submit(
    services: &Services,
    sender: &Sender,
    envelope: Envelope,
    received_at: Instant,
) -> Result<BatchAnswer, Problem> {
    let batch = read(services, sender, envelope, received_at).await?;
    decide_and_store(services, &batch).await
}

/// Decides a single command that no device keeps, and stores it if it is accepted. It is answered for by its request: a
/// command that is not accepted is the request's own problem, its fields those of the body.
///
/// # Errors
/// As those of [`submit`], or why the command is not accepted.
pub(crate) async fn submit_one(
    services: &Services,
    sender: &Sender,
    command: SentCommand,
    received_at: Instant,
) -> Result<(), Problem> {
    let caller = claim::caller(services, sender, None, received_at).await?;
    let batch = Batch::of_one(services, caller, command).await?;
    let answer = decide_and_store(services, &batch).await?;
    match answer.results.into_iter().next() {
        Some(result) => match (result.outcome, result.problem) {
            (Outcome::Accepted | Outcome::Duplicate, _) => Ok(()),
            (Outcome::Rejected, Some(problem)) => Err(problem),
            (Outcome::Rejected, None) | (Outcome::Retry, _) => {
                Err(Problem::new(Slug::Busy).retry_after(1))
            }
        },
        None => Err(Slug::Internal.into()),
    }
}

async fn decide_and_store(services: &Services, batch: &Batch) -> Result<BatchAnswer, Problem> {
    let mut way = (Search::OwnStreams, Turn::WithOthers);
    let tried = with_retry(|| {
        // What failed the first attempt may be a command whose event is in another stream, or somebody who was quicker.
        let (search, turn) = std::mem::replace(&mut way, (Search::Everywhere, Turn::Alone));
        attempt(services, batch, Appending::Now, search, turn)
    })
    .await;
    let answer = match tried {
        Err(error) if error.is_transient() => {
            tracing::warn!(%error, "a batch lost too many races; its sender is asked to send it again");
            attempt(
                services,
                batch,
                Appending::Later,
                Search::Everywhere,
                Turn::Alone,
            )
            .await
        }
        outcome => outcome,
    }?;
    count(&answer);
    Ok(answer)
}

/// Decides every command of a batch as [`submit`] would now, and stores nothing: neither events nor refusals. Only keys for
/// the texts are made where there were none.
///
/// # Errors
/// As those of [`submit`].
pub async fn rehearse(
    services: &Services,
    sender: &Sender,
    envelope: Envelope,
    received_at: Instant,
) -> Result<BatchAnswer, Problem> {
    let batch = read(services, sender, envelope, received_at).await?;
    let mut turn = Turn::WithOthers;
    let answer = with_retry(|| {
        let turn = std::mem::replace(&mut turn, Turn::Alone);
        attempt(services, &batch, Appending::Never, Search::Everywhere, turn)
    })
    .await?;
    Ok(answer)
}

async fn read(
    services: &Services,
    sender: &Sender,
    envelope: Envelope,
    received_at: Instant,
) -> Result<Batch, Problem> {
    envelope.check()?;
    let caller = claim::caller(services, sender, envelope.claimed_by, received_at).await?;
    let envelope = dense::written_out(services, &caller, envelope).await?;
    Ok(Batch::read(services, caller, envelope).await?)
}

fn role(role: platform::auth::Role) -> Role {
    match role {
        platform::auth::Role::Teacher => Role::Teacher,
        platform::auth::Role::Admin => Role::Admin,
        platform::auth::Role::Auditor => Role::Auditor,
    }
}

fn count(answer: &BatchAnswer) {
    for result in &answer.results {
        metrics::counter!("muster_commands_total", "outcome" => result.outcome.as_str())
            .increment(1);
    }
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        use event_store::ReadError;
        use platform::keyring::KeyRingError;
        match error {
            SealError::Database(error)
            | SealError::Exception(ReadError::Database(error))
            | SealError::Keys(KeyRingError::Database(error)) => error.into(),
            SealError::Exception(_) | SealError::Keys(_) => Self::internal(error),
        }
    }
}
