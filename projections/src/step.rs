//! One batch of one shard: events are read, rows are written and the cursor moves, all in one transaction.

use domain::SchoolId;
use event_store::Position;
use event_store::feed::{self, Watermark};
use sqlx::{Connection, PgConnection};

use crate::cursor::{self, CursorKey};
use crate::error::Error;
use crate::held;
use crate::lease::Lease;
use crate::poison::{self, Poison};
use crate::stream::{self, TouchedStream};

/// Events in a batch of a projection that is served: little to wait for, little to lose when a lease is.
const SERVED_BATCH: i64 = 1_000;

/// Events in a batch of a rebuild: still a short transaction.
const BUILDING_BATCH: i64 = 4_000;

/// Every statement of a batch looks rows up in the order of an index. While a table has no statistics, as in the first
/// minutes of a store or of a rebuild, the planner would rather collect all that is left of the feed and sort it.
const BEGIN: &str = "begin; set local enable_bitmapscan = off";

/// As [`BEGIN`], with the tables that a rebuild fills.
const BEGIN_BUILDING: &str =
    "begin; set local enable_bitmapscan = off; set local search_path = public, read_next";

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// This many events were read and applied.
    Advanced(u64),
    /// There was nothing to read.
    CaughtUp,
}

/// The largest batch that is gone through stream by stream: that takes several round trips for each.
const BY_STREAM: i64 = 64;

/// In which portions a batch is applied.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Portion {
    /// All streams of a school with the same statements.
    School,
    /// One stream after the other, to find those that cannot be applied.
    Stream,
}

/// Applies the next batch below a watermark, or the half of it, and so on, until poison is in one that is short enough to be searched stream
/// by stream. Nothing has happened unless the answer is `Ok`.
///
/// # Errors
/// [`Error::LeaseLost`] when the shard must be given up, [`Error::RebuildStopped`] when a rebuild meets poison.
pub(crate) async fn step(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
    watermark: Watermark,
) -> Result<Progress, Error> {
    let mut limit = if key.building {
        BUILDING_BATCH
    } else {
        SERVED_BATCH
    };
    loop {
        let result = apply_batch(connection, key, lease, (watermark, limit), Portion::School).await;
        match result {
            Err(error) if error.is_poison() && limit > BY_STREAM => limit /= 2,
            Err(error) if error.is_poison() => break,
            result => return result,
        }
    }
    apply_batch(connection, key, lease, (watermark, limit), Portion::Stream).await
}

async fn apply_batch(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
    (watermark, limit): (Watermark, i64),
    portion: Portion,
) -> Result<Progress, Error> {
    let begin = if key.building { BEGIN_BUILDING } else { BEGIN };
    let mut transaction = connection.begin_with(begin).await?;
    let from = cursor::read(&mut transaction, key).await?;
    let events = feed::read_below(&mut transaction, key.shard, from, watermark, limit).await?;
    let Some(last) = events.last() else {
        transaction.rollback().await?;
        return Ok(Progress::CaughtUp);
    };
    for (school_id, streams) in stream::touched(key.projection, &events) {
        apply_school(
            &mut transaction,
            key,
            school_id,
            streams,
            last.position,
            portion,
        )
        .await?;
    }
    cursor::advance(&mut transaction, key, lease, from, last.position).await?;
    transaction.commit().await?;
    Ok(Progress::Advanced(events.len() as u64))
}

async fn apply_school(
    connection: &mut PgConnection,
    key: CursorKey,
    school_id: SchoolId,
    mut streams: Vec<TouchedStream>,
    until: Position,
    portion: Portion,
) -> Result<(), Error> {
    if !key.building {
        held::keep_waiting(connection, key.projection, school_id, &mut streams).await?;
    }
    let mut loaded = stream::load(connection, school_id, &streams, until).await?;
    if portion == Portion::School {
        key.projection.apply(connection, school_id, &loaded).await?;
    }
    for (touched, stream) in streams.iter().zip(&mut loaded) {
        let poison = match portion {
            Portion::School => stream.unreadable.take(),
            Portion::Stream => {
                let first = touched.first_sequence;
                poison::apply_up_to(connection, key.projection, school_id, stream, first).await?
            }
        };
        if let Some(poison) = poison {
            set_aside(connection, key, school_id, touched, poison).await?;
        }
    }
    Ok(())
}

async fn set_aside(
    connection: &mut PgConnection,
    key: CursorKey,
    school_id: SchoolId,
    stream: &TouchedStream,
    poison: Poison,
) -> Result<(), Error> {
    if key.building {
        return Err(Error::RebuildStopped {
            projection: key.projection.name(),
            school_id,
            stream: stream.id.clone(),
            sequence: poison.sequence,
            reason: poison.reason,
        });
    }
    held::hold(connection, key.projection, school_id, &stream.id, &poison).await
}
