//! The sequencer: every event gets its leaf, once, in the order of the feed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::{CommandId, SchoolId};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::event_leaf;
use super::open::{OpenLog, open};
use crate::Position;
use crate::feed::{self, SHARDS};
use crate::store::identity;

/// Events that get their leaves in one transaction.
const BATCH: i64 = 2_000;

/// Gives their leaves to the next events of a shard, and answers to how many.
///
/// Any number of sequencers may be at work: who moves a shard's cursor holds its lock until the leaves are committed, and another one waits for that.
///
/// # Errors
/// When the database does not answer, or a log lacks nodes.
pub async fn sequence(connection: &mut PgConnection, shard: i16) -> sqlx::Result<usize> {
    // Looking costs nothing; taking the lock costs a transaction id.
    let seen = read_cursor(connection, shard).await?;
    if scan(connection, shard, seen, 1).await?.is_empty() {
        return Ok(0);
    }
    let mut transaction = connection.begin().await?;
    let cursor = lock_cursor(&mut transaction, shard).await?;
    let events = scan(&mut transaction, shard, cursor, BATCH).await?;
    let Some(last) = events.last() else {
        return Ok(0);
    };
    let (end, number) = (last.position()?, events.len());
    append_leaves(&mut transaction, events).await?;
    move_cursor(&mut transaction, shard, end).await?;
    transaction.commit().await?;
    Ok(number)
}

/// Gives their leaves to all events that can be read now, and answers to how many.
///
/// # Errors
/// As [`sequence`].
pub async fn sequence_all(connection: &mut PgConnection) -> sqlx::Result<usize> {
    let mut sequenced = 0;
    for shard in 0..SHARDS {
        loop {
            let batch = sequence(connection, shard).await?;
            if batch == 0 {
                break;
            }
            sequenced += batch;
        }
    }
    Ok(sequenced)
}

/// What of an event is in the log.
struct Row {
    school_id: Uuid,
    command_id: Uuid,
    hash: Vec<u8>,
    epoch: i32,
    transaction_id: String,
    position: i64,
}

impl Row {
    fn position(&self) -> sqlx::Result<Position> {
        Position::from_columns(self.epoch, &self.transaction_id, self.position)
    }
}

/// The watermark first, as in [`feed::read`].
async fn scan(
    connection: &mut PgConnection,
    shard: i16,
    after: Position,
    limit: i64,
) -> sqlx::Result<Vec<Row>> {
    let watermark = feed::watermark(connection).await?;
    sqlx::query_as!(
        Row,
        r#"select school_id, command_id, hash, epoch, transaction_id::text as "transaction_id!", position
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
    .await
}

/// Up to where events have their leaves.
pub(crate) async fn read_cursor(
    connection: &mut PgConnection,
    shard: i16,
) -> sqlx::Result<Position> {
    let row = sqlx::query!(
        r#"select epoch, transaction_id::text as "transaction_id!", position from log_cursors where shard = $1"#,
        shard
    )
    .fetch_one(connection)
    .await?;
    Position::from_columns(row.epoch, &row.transaction_id, row.position)
}

/// Waits while another sequencer has it.
async fn lock_cursor(connection: &mut PgConnection, shard: i16) -> sqlx::Result<Position> {
    let row = sqlx::query!(
        r#"select epoch, transaction_id::text as "transaction_id!", position from log_cursors where shard = $1
        for update"#,
        shard
    )
    .fetch_one(connection)
    .await?;
    Position::from_columns(row.epoch, &row.transaction_id, row.position)
}

async fn move_cursor(connection: &mut PgConnection, shard: i16, to: Position) -> sqlx::Result<()> {
    sqlx::query!(
        "update log_cursors set epoch = $2, transaction_id = $3::text::xid8, position = $4 where shard = $1",
        shard,
        to.epoch,
        to.transaction_id.to_string(),
        to.position
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Leaves as columns, to be inserted by one statement.
#[derive(Default)]
struct Leaves {
    school_ids: Vec<Uuid>,
    epochs: Vec<i32>,
    indexes: Vec<i64>,
    command_ids: Vec<Uuid>,
    nodes: Vec<Vec<u8>>,
}

impl Leaves {
    fn push(&mut self, school: SchoolId, command: CommandId, log: &mut OpenLog, hash: &[u8; 32]) {
        let index = i64::try_from(log.tree.size()).unwrap_or(i64::MAX);
        let nodes = log.tree.append(event_leaf(school, command, hash));
        self.school_ids.push(school.as_uuid());
        self.epochs.push(log.epoch);
        self.indexes.push(index);
        self.command_ids.push(command.as_uuid());
        self.nodes.push(nodes.concat());
    }

    async fn insert(&self, connection: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into log_leaves (school_id, log_epoch, leaf_index, command_id, nodes)
            select * from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::uuid[], $5::bytea[])",
            &self.school_ids,
            &self.epochs,
            &self.indexes,
            &self.command_ids,
            &self.nodes
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn append_leaves(connection: &mut PgConnection, events: Vec<Row>) -> sqlx::Result<()> {
    // Read under the lock: a reseat takes it too, and what comes after it belongs into the new log.
    let store = identity(connection).await?;
    let mut logs: HashMap<Uuid, OpenLog> = HashMap::new();
    let mut leaves = Leaves::default();
    for event in events {
        let school = event.school_id.into();
        if let Entry::Vacant(unopened) = logs.entry(event.school_id) {
            unopened.insert(open(connection, school, store).await?);
        }
        let hash = event.hash.try_into().map_err(|hash: Vec<u8>| {
            sqlx::Error::Decode(format!("a hash of {} bytes", hash.len()).into())
        })?;
        if let Some(log) = logs.get_mut(&event.school_id) {
            leaves.push(school, event.command_id.into(), log, &hash);
        }
    }
    leaves.insert(connection).await
}
