//! Replay: the whole history in feed order. It ends with everything or with an error.

mod lane;

use std::cmp::Reverse;

use async_stream::try_stream;
use domain::SchoolId;
use futures::Stream;
use sqlx::PgConnection;

use crate::feed::{self, SHARDS, shard_of};
use crate::{Position, ReadError, RoleSeesTooLittle, StoredEvent, sight};
use lane::Lane;

/// Why a replay stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// An event could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Events are hidden from the role, so what it would read is not everything.
    #[error(transparent)]
    RoleSeesTooLittle(#[from] RoleSeesTooLittle),
    /// Events that were there when the replay began were not found when it came to them.
    #[error("the replay ended at {reached}, before the end seen at its start, {end}")]
    EndedEarly {
        /// The last event that was found.
        reached: Position,
        /// The last event that was there at the start.
        end: Position,
    },
}

impl From<sqlx::Error> for ReplayError {
    fn from(error: sqlx::Error) -> Self {
        Self::Read(error.into())
    }
}

/// Every event of a school after a position, as readable when the replay begins. Needs a role that sees
/// the school.
///
/// The stream ends without an error only after the last event that was readable at its start.
pub fn school(
    connection: &mut PgConnection,
    school: SchoolId,
    after: Position,
) -> impl Stream<Item = Result<StoredEvent, ReplayError>> + Send {
    replay(
        connection,
        Some(school),
        vec![Lane::of_school(shard_of(school), school, after)],
    )
}

/// Every event of every school after a position, as [`school`] does. Needs a role that sees every school.
pub fn all(
    connection: &mut PgConnection,
    after: Position,
) -> impl Stream<Item = Result<StoredEvent, ReplayError>> + Send {
    replay(
        connection,
        None,
        (0..SHARDS)
            .map(|shard| Lane::of_all(shard, after))
            .collect(),
    )
}

/// Merges the shards: each is read in pages by its own index range, and the event that is next over all is handed out.
/// The statements are short and nothing is held between them, so a long replay holds nothing back.
fn replay(
    connection: &mut PgConnection,
    school: Option<SchoolId>,
    mut lanes: Vec<Lane>,
) -> impl Stream<Item = Result<StoredEvent, ReplayError>> + Send {
    try_stream! {
        match school {
            Some(school) => sight::of_school(connection, school).await??,
            None => sight::of_every_school(connection).await??,
        }
        let watermark = feed::watermark(connection).await?;
        for lane in &mut lanes {
            lane.find_end(connection, watermark).await?;
        }
        loop {
            for lane in &mut lanes {
                lane.refill(connection, watermark).await?;
            }
            let next = lanes
                .iter_mut()
                .filter(|lane| lane.next_position().is_some())
                .max_by_key(|lane| Reverse(lane.next_position()));
            let Some(row) = next.and_then(Lane::take) else {
                break;
            };
            yield StoredEvent::try_from(row).map_err(ReadError::from)?;
        }
    }
}
