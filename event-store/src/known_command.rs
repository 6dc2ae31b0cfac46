//! Commands that were accepted before.

use std::collections::HashMap;

use domain::{CommandId, Flag, Instant, SchoolId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Position, StreamEvent, StreamId};

/// What the store knows of an accepted command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCommand {
    /// Stream its event is in.
    pub stream: StreamId,
    /// Place of the event in the stream.
    pub sequence: i64,
    /// Whose it is.
    pub actor_id: UserId,
    /// The keyed hash of its content, see [`fingerprint`](crate::fingerprint()).
    pub fingerprint: [u8; 32],
    /// The effective time, fixed by the first acceptance.
    pub occurred_at: Instant,
    /// What was remarkable about it, as far as this program knows the words: a flag that only a newer one knows is left
    /// out, because whether a command is known must not depend on it.
    pub flags: Vec<Flag>,
    /// Place of the event in the global order.
    pub position: Position,
}

impl KnownCommand {
    /// The command behind an event that was read with its stream.
    #[must_use]
    pub fn of(stream: &StreamId, event: &StreamEvent) -> Self {
        Self {
            stream: stream.clone(),
            sequence: event.sequence,
            actor_id: event.recorded.actor_id,
            fingerprint: event.fingerprint,
            occurred_at: event.recorded.occurred_at,
            flags: event.flags.clone(),
            position: event.position,
        }
    }
}

/// Finds those of the commands that the school's store has accepted before.
///
/// # Errors
/// When the database does not answer or a row makes no sense.
pub async fn find_commands(
    connection: &mut PgConnection,
    school: SchoolId,
    ids: &[CommandId],
) -> sqlx::Result<HashMap<CommandId, KnownCommand>> {
    let ids: Vec<Uuid> = ids.iter().map(CommandId::as_uuid).collect();
    let rows = sqlx::query!(
        r#"select command_id, aggregate_type, aggregate_id, sequence, actor_id, fingerprint, occurred_at, flags,
            epoch, transaction_id::text as "transaction_id!", position
        from events
        where school_id = $1 and command_id = any($2)"#,
        school.as_uuid(),
        &ids
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let known = KnownCommand {
                stream: StreamId::from_columns(&row.aggregate_type, &row.aggregate_id)?,
                sequence: row.sequence,
                actor_id: row.actor_id.into(),
                fingerprint: fingerprint(row.fingerprint)?,
                occurred_at: row.occurred_at,
                flags: row
                    .flags
                    .iter()
                    .filter_map(|flag| flag.parse().ok())
                    .collect(),
                position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
            };
            Ok((row.command_id.into(), known))
        })
        .collect()
}

/// The table holds no other length.
fn fingerprint(bytes: Vec<u8>) -> sqlx::Result<[u8; 32]> {
    bytes.try_into().map_err(|bytes: Vec<u8>| {
        sqlx::Error::Decode(format!("{} bytes where 32 are meant", bytes.len()).into())
    })
}
