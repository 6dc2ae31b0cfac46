//! Whether history is what was recorded: every chain is computed anew, every leaf of the log is held against its event, and
//! both against signed checkpoints.
//!
//! Everything is read once, in the order of the feed. What has to be remembered is the head of each stream.

mod entries;
mod fault;
mod filing;
mod walk;

pub use entries::{Event, LeafContent, LogLeaf};
pub use fault::{EventName, Fault};
pub use walk::{Report, Restored, Walk};

use domain::SchoolId;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::feed::shard_of;
use crate::log::{Checkpoint, PublicKey, kept_checkpoints, read_cursor};
use crate::store::identity;
use crate::{RoleSeesTooLittle, sight};
use entries::{Events, Leaves};

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Events are hidden from the role, so what it would find says nothing.
    #[error(transparent)]
    RoleSeesTooLittle(#[from] RoleSeesTooLittle),
    /// The database failed.
    #[error("the events could not be read")]
    Database(#[from] sqlx::Error),
}

/// Checks a school's events, its logs and the checkpoints it keeps, and that the logs are those of `held`: checkpoints of
/// the school that somebody kept outside.
///
/// The signatures of `held` are for the caller to check, with a key that does not come from here. The connection must not be
/// in a transaction.
///
/// # Errors
/// When the database does not answer, or not all events of the school are shown to the role. What does not fit is no
/// error but in the report.
pub async fn verify(
    connection: &mut PgConnection,
    school: SchoolId,
    held: &[Checkpoint],
) -> Result<Report, VerifyError> {
    let mut moment = connection
        .begin_with("begin isolation level repeatable read, read only")
        .await?;
    verify_at_one_moment(&mut moment, school, held).await
}

/// As [`verify`], in a transaction that sees the store as of one moment. It may take long and holds nothing back: a
/// transaction that only reads has no id.
///
/// # Errors
/// As [`verify`].
pub async fn verify_at_one_moment(
    connection: &mut PgConnection,
    school: SchoolId,
    held: &[Checkpoint],
) -> Result<Report, VerifyError> {
    sight::of_school(connection, school).await??;
    let store = identity(connection).await?;
    let mut walk = Walk::new(store.store_id, school);
    for checkpoint in held {
        walk.hold(checkpoint.head.clone());
    }
    if let Err(fault) = expect_kept(connection, school, &mut walk).await? {
        return Ok(walk.found(fault));
    }
    let mut leaves = Leaves::of(school);
    let mut events = Events::of(school);
    while let Some(leaf) = leaves.next(connection).await? {
        let event = match leaf.content {
            LeafContent::Restored(_) => None,
            LeafContent::Event(_) => events.next(connection).await?,
        };
        let step = match (&leaf.content, event) {
            (LeafContent::Event(command_id), Some(event)) if event.command_id == *command_id => {
                walk.logged(&leaf, &event)
            }
            (LeafContent::Event(command_id), event) => match walk.is_next(&leaf) {
                Ok(()) => Err(odd_one(connection, &walk, &leaf, *command_id, event).await?),
                damaged => damaged,
            },
            (LeafContent::Restored(from), _) => walk.restored(&leaf, from),
        };
        if let Err(fault) = step {
            return Ok(walk.found(fault));
        }
    }
    let logged_to = read_cursor(connection, shard_of(school)).await?;
    while let Some(event) = events.next(connection).await? {
        let step = if event.position > logged_to {
            walk.pending(&event)
        } else {
            Err(Fault::EventUnlogged(event.name()))
        };
        if let Err(fault) = step {
            return Ok(walk.found(fault));
        }
    }
    Ok(walk.finish())
}

/// The checkpoints that the store keeps must be signed with its own key, and say what the logs say.
async fn expect_kept(
    connection: &mut PgConnection,
    school: SchoolId,
    walk: &mut Walk,
) -> Result<Result<(), Fault>, VerifyError> {
    let key = sqlx::query_scalar!("select public_key from log_key")
        .fetch_optional(&mut *connection)
        .await?;
    let key = key.and_then(|key| PublicKey::from_bytes(&key).ok());
    for note in kept_checkpoints(connection, Some(school)).await? {
        let checkpoint = match Checkpoint::read(&note) {
            Ok(checkpoint) => checkpoint,
            Err(error) => return Ok(Err(Fault::CheckpointDamaged(error.to_string()))),
        };
        let is_signed = key
            .as_ref()
            .is_some_and(|key| checkpoint.check(key).is_ok());
        if !is_signed {
            return Ok(Err(Fault::NotSigned(checkpoint.head)));
        }
        walk.expect(checkpoint.head);
    }
    Ok(Ok(()))
}

/// The event that comes next is not the one the leaf is of: which of them is odd?
async fn odd_one(
    connection: &mut PgConnection,
    walk: &Walk,
    leaf: &LogLeaf,
    command_id: Uuid,
    next: Option<Event>,
) -> sqlx::Result<Fault> {
    let next_command = next.as_ref().map(|event| event.command_id);
    let known = sqlx::query!(
        r#"select
            exists (select from events where school_id = $1 and command_id = $2) as "leaf_has_event!",
            exists (select from log_leaves where school_id = $1 and command_id = $3::uuid) as "event_has_leaf!""#,
        walk.school().as_uuid(),
        command_id,
        next_command
    )
    .fetch_one(connection)
    .await?;
    let origin = walk.origin(leaf.epoch);
    Ok(match next {
        Some(event) if known.leaf_has_event && !known.event_has_leaf => {
            Fault::EventInserted(event.name())
        }
        Some(event) if known.leaf_has_event => Fault::EventMoved(event.name()),
        Some(_) | None => Fault::EventMissing {
            command_id,
            origin,
            leaf: leaf.index,
        },
    })
}
