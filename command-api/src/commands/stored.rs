//! What the store holds of the streams and commands of a batch.

use std::collections::{HashMap, HashSet};

use domain::CommandId;
use event_store::{KnownCommand, Stream, StreamId, find_commands, load_streams};
use sqlx::PgConnection;

use super::batch::Batch;
use super::decision::Directed;
use super::rejection::Rejection;

/// What the store holds of the streams and commands of a batch.
pub(crate) struct Stored {
    /// Those of its commands that were found to have an event.
    pub(crate) known: HashMap<CommandId, KnownCommand>,
    /// The streams that its commands are for and those that hold the events of known ones.
    pub(crate) streams: HashMap<StreamId, Stream>,
}

impl Stored {
    /// Reads the streams that the commands are for, and knows the commands whose events are among theirs.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn in_own_streams(
        connection: &mut PgConnection,
        batch: &Batch,
        directed: &[Result<Directed<'_>, &Rejection>],
    ) -> sqlx::Result<Self> {
        let streams = load(connection, batch, own_streams(directed)).await?;
        let ids: HashSet<CommandId> = batch.command_ids().into_iter().collect();
        let known = streams
            .iter()
            .flat_map(|(id, stream)| stream.events.iter().map(move |event| (id, event)))
            .filter(|(_, event)| ids.contains(&event.recorded.command_id))
            .map(|(id, event)| (event.recorded.command_id, KnownCommand::of(id, event)))
            .collect();
        Ok(Self { known, streams })
    }

    /// Looks every command up, wherever its event is, and reads those streams too.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn everywhere(
        connection: &mut PgConnection,
        batch: &Batch,
        directed: &[Result<Directed<'_>, &Rejection>],
    ) -> sqlx::Result<Self> {
        let command_ids = batch.command_ids();
        let known = if command_ids.is_empty() {
            HashMap::new()
        } else {
            find_commands(connection, batch.caller.school_id, &command_ids).await?
        };
        let of_known = known.values().map(|known| known.stream.clone());
        let streams = load(connection, batch, own_streams(directed).chain(of_known)).await?;
        Ok(Self { known, streams })
    }
}

fn own_streams(directed: &[Result<Directed<'_>, &Rejection>]) -> impl Iterator<Item = StreamId> {
    directed
        .iter()
        .flatten()
        .map(|directed| directed.stream.clone())
}

async fn load(
    connection: &mut PgConnection,
    batch: &Batch,
    ids: impl Iterator<Item = StreamId>,
) -> sqlx::Result<HashMap<StreamId, Stream>> {
    let ids: Vec<StreamId> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    load_streams(connection, batch.caller.school_id, &ids).await
}
