//! The feed: every committed event once, in the order of [`Position`], however writers overlap.

use domain::{Instant, SchoolId};
use sqlx::PgConnection;

use crate::position::parse_transaction_id;
use crate::{Position, StreamId};

/// Into how many shares the schools are divided, fixed for the life of a store.
pub const SHARDS: i16 = 8;

/// The share a school belongs to, as the generated column `shard` has it.
#[must_use]
pub fn shard_of(school: SchoolId) -> i16 {
    let [.., last] = *school.as_uuid().as_bytes();
    i16::from(last) % SHARDS
}

/// Up to where the feed can be read: no transaction before it can still commit anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watermark {
    /// Epoch of the store. Of earlier epochs everything can be read: their transactions are over.
    pub epoch: i32,
    /// The oldest transaction of this epoch that was still running.
    pub transaction_id: u64,
}

impl Watermark {
    /// Whether an event at this position can be read.
    #[must_use]
    pub fn covers(&self, position: Position) -> bool {
        (position.epoch, position.transaction_id) < (self.epoch, self.transaction_id)
    }
}

/// What a read of the feed brought.
#[derive(Debug, Clone)]
pub struct FeedBatch {
    /// The events in order. The cursor moves to the position of the last one and never further.
    pub events: Vec<FeedEvent>,
    /// What the read was bounded by.
    pub watermark: Watermark,
}

/// An event as the feed shows it: enough to know which stream to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEvent {
    /// School it belongs to.
    pub school_id: SchoolId,
    /// Stream it is in.
    pub stream: StreamId,
    /// Place in the stream.
    pub sequence: i64,
    /// Stored name of the event.
    pub event_type: String,
    /// Place in the global order.
    pub position: Position,
    /// When the store took it.
    pub recorded_at: Instant,
}

/// Reads the next events of a shard after a position, at most `limit`.
///
/// Two statements, the watermark first. A transaction that is over when the watermark is taken is visible to the scan
/// that follows, so nothing below the watermark can appear later. The reverse order, or a watermark computed by a
/// volatile function inside the scan, loses events. Must run on the primary, as a role that sees every school. Isolation
/// may be READ COMMITTED or stricter: with one snapshot for both statements the same holds.
///
/// # Errors
/// When the database does not answer or a row makes no sense.
pub async fn read(
    connection: &mut PgConnection,
    shard: i16,
    after: Position,
    limit: i64,
) -> sqlx::Result<FeedBatch> {
    let watermark = watermark(connection).await?;
    let events = read_below(connection, shard, after, watermark, limit).await?;
    Ok(FeedBatch { events, watermark })
}

/// Takes the watermark now.
///
/// # Errors
/// When the database does not answer or has no store.
pub async fn watermark(connection: &mut PgConnection) -> sqlx::Result<Watermark> {
    let row = sqlx::query!(
        r#"select epoch, pg_snapshot_xmin(pg_current_snapshot())::text as "transaction_id!" from store"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Watermark {
        epoch: row.epoch,
        transaction_id: parse_transaction_id(&row.transaction_id)?,
    })
}

/// As [`read`], up to a watermark that was taken before, for readers that must come to an end although writers do not.
///
/// What is below a watermark stays as it is and ends with the end of a transaction.
///
/// # Errors
/// As [`read`].
// One range of `events_feed_idx`: cursor and watermark are both bounds of the index scan and nothing is filtered or
// sorted, so a stalled feed does not read its unreadable tail again at every poll. A test holds the plan to that.
pub async fn read_below(
    connection: &mut PgConnection,
    shard: i16,
    after: Position,
    watermark: Watermark,
    limit: i64,
) -> sqlx::Result<Vec<FeedEvent>> {
    let rows = sqlx::query!(
        r#"select school_id, aggregate_type, aggregate_id, sequence, event_type, epoch,
            transaction_id::text as "transaction_id!", position, recorded_at
        from events
        where shard = $1
            and (epoch, transaction_id, position) > ($2, $3::text::xid8, $4)
            and (epoch, transaction_id) < ($5, $6::text::xid8)
        order by epoch, transaction_id, position
        limit $7"#,
        shard,
        after.epoch,
        after.transaction_id.to_string(),
        after.position,
        watermark.epoch,
        watermark.transaction_id.to_string(),
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(FeedEvent {
                school_id: row.school_id.into(),
                stream: StreamId::from_columns(&row.aggregate_type, &row.aggregate_id)?,
                sequence: row.sequence,
                event_type: row.event_type,
                position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
                recorded_at: row.recorded_at,
            })
        })
        .collect()
}
