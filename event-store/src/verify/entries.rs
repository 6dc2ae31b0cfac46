//! Events and leaves as they are stored, whatever somebody made of them, in pages and in order.

use std::collections::VecDeque;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::EventName;
use super::filing::{Filed, is_filed};
use crate::Position;

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const EPOCH_OF_POSTGRESQL: i64 = 946_684_800_000_000;

/// PostgreSQL names no row so.
const BEFORE_ANY_ROW: &str = "(0,0)";

/// Rows in a page.
const PAGE: i64 = 2_000;

/// An event as it is stored: what is hashed, the hash, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// School it belongs to.
    pub school_id: Uuid,
    /// Kind of the stream's aggregate.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: String,
    /// Place in the stream.
    pub sequence: i64,
    /// Stored name of the event.
    pub event_type: String,
    /// Version of its shape.
    pub event_version: String,
    /// The payload's bytes.
    pub payload: String,
    /// The metadata's bytes.
    pub metadata: String,
    /// Place in the global order.
    pub position: Position,
    /// Command that caused it.
    pub command_id: Uuid,
    /// In microseconds since 1970; none if the time is no moment.
    pub occurred_at: Option<i64>,
    /// As `occurred_at`.
    pub raw_occurred_at: Option<i64>,
    /// As `occurred_at`.
    pub recorded_at: Option<i64>,
    /// Whose command it is.
    pub actor_id: Uuid,
    /// From which device.
    pub device_id: Option<Uuid>,
    /// The hash that was stored.
    pub hash: Vec<u8>,
    /// Whether readers find it where its content belongs: under its class, its student and its school's share.
    pub is_filed: bool,
}

impl Event {
    /// What to call it.
    #[must_use]
    pub fn name(&self) -> EventName {
        EventName {
            aggregate_type: self.aggregate_type.clone(),
            aggregate_id: self.aggregate_id.clone(),
            sequence: self.sequence,
            command_id: self.command_id,
        }
    }
}

/// A leaf of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLeaf {
    /// Which of the school's logs.
    pub epoch: i32,
    /// Place in the log, from 0.
    pub index: u64,
    /// What it is the leaf of.
    pub content: LeafContent,
    /// The stored hashes, if the store is what is checked.
    pub nodes: Option<Vec<u8>>,
}

/// What a leaf is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafContent {
    /// The event of this command.
    Event(Uuid),
    /// A restore: the head of the log before.
    Restored(String),
}

/// The events of a school in the order of the feed, and of those that somebody has put into one place in any order. So a page
/// ends at a row and not at a place.
pub(super) struct Events {
    school: SchoolId,
    read_to: Position,
    /// The last row that was read, as PostgreSQL names it: good for the transaction, which sees one moment.
    row: String,
    page: VecDeque<Event>,
    is_last_page: bool,
}

impl Events {
    pub(super) fn of(school: SchoolId) -> Self {
        Self {
            school,
            read_to: Position::LOWEST,
            row: BEFORE_ANY_ROW.to_owned(),
            page: VecDeque::new(),
            is_last_page: false,
        }
    }

    pub(super) async fn next(
        &mut self,
        connection: &mut PgConnection,
    ) -> sqlx::Result<Option<Event>> {
        if self.page.is_empty() && !self.is_last_page {
            self.page = self.read_page(connection).await?.into();
            self.is_last_page = i64::try_from(self.page.len()).is_ok_and(|rows| rows < PAGE);
        }
        Ok(self.page.pop_front())
    }

    /// The times come as the bytes of their number, because a changed one may be beyond what a calendar knows.
    async fn read_page(&mut self, connection: &mut PgConnection) -> sqlx::Result<Vec<Event>> {
        let rows = sqlx::query!(
            r#"select school_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
                payload::text as "payload!", metadata::text as "metadata!",
                epoch, transaction_id::text as "transaction_id!", position, command_id,
                timestamptz_send(occurred_at) as "occurred_at!", timestamptz_send(raw_occurred_at) as "raw_occurred_at!",
                timestamptz_send(recorded_at) as "recorded_at!", actor_id, device_id, hash,
                shard as "shard!", class_id, student_id, ctid::text as "row!"
            from events
            where school_id = $1
                and (epoch, transaction_id, position, ctid) > ($2, $3::text::xid8, $4, $5::text::tid)
            order by epoch, transaction_id, position, ctid
            limit $6"#,
            self.school.as_uuid(),
            self.read_to.epoch,
            self.read_to.transaction_id.to_string(),
            self.read_to.position,
            self.row,
            PAGE
        )
        .fetch_all(&mut *connection)
        .await?;
        if let Some(last) = rows.last() {
            self.read_to = Position::from_columns(last.epoch, &last.transaction_id, last.position)?;
            self.row.clone_from(&last.row);
        }
        let events = rows.into_iter().map(|row| {
            let filed = Filed {
                school_id: row.school_id,
                shard: row.shard,
                class_id: row.class_id.as_deref(),
                student_id: row.student_id.as_deref(),
            };
            Ok(Event {
                is_filed: filed.certainly_by(&row.event_type, &row.payload),
                school_id: row.school_id,
                aggregate_type: row.aggregate_type,
                aggregate_id: row.aggregate_id,
                sequence: row.sequence,
                event_type: row.event_type,
                event_version: row.event_version,
                payload: row.payload,
                metadata: row.metadata,
                position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
                command_id: row.command_id,
                occurred_at: microseconds(&row.occurred_at),
                raw_occurred_at: microseconds(&row.raw_occurred_at),
                recorded_at: microseconds(&row.recorded_at),
                actor_id: row.actor_id,
                device_id: row.device_id,
                hash: row.hash,
            })
        });
        let mut events: Vec<Event> = events.collect::<sqlx::Result<_>>()?;
        for event in events.iter_mut().filter(|event| !event.is_filed) {
            event.is_filed = is_filed(connection, event.school_id, event.command_id).await?;
        }
        Ok(events)
    }
}

/// A time in microseconds since 1970 from PostgreSQL's own bytes of it.
fn microseconds(bytes: &[u8]) -> Option<i64> {
    i64::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH_OF_POSTGRESQL)
}

/// The leaves of a school's logs, one log after the other.
pub(super) struct Leaves {
    school: SchoolId,
    read_to: (i32, i64),
    page: VecDeque<LogLeaf>,
    is_last_page: bool,
}

impl Leaves {
    pub(super) fn of(school: SchoolId) -> Self {
        Self {
            school,
            read_to: (i32::MIN, i64::MIN),
            page: VecDeque::new(),
            is_last_page: false,
        }
    }

    pub(super) async fn next(
        &mut self,
        connection: &mut PgConnection,
    ) -> sqlx::Result<Option<LogLeaf>> {
        if self.page.is_empty() && !self.is_last_page {
            self.page = self.read_page(connection).await?.into();
            self.is_last_page = i64::try_from(self.page.len()).is_ok_and(|rows| rows < PAGE);
            if let Some(last) = self.page.back() {
                self.read_to = (last.epoch, i64::try_from(last.index).unwrap_or(i64::MAX));
            }
        }
        Ok(self.page.pop_front())
    }

    async fn read_page(&self, connection: &mut PgConnection) -> sqlx::Result<Vec<LogLeaf>> {
        let rows = sqlx::query!(
            r#"select log_epoch, leaf_index, command_id, restored_from, nodes
            from log_leaves
            where school_id = $1 and (log_epoch, leaf_index) > ($2, $3)
            order by log_epoch, leaf_index
            limit $4"#,
            self.school.as_uuid(),
            self.read_to.0,
            self.read_to.1,
            PAGE
        )
        .fetch_all(connection)
        .await?;
        let leaves = rows.into_iter().map(|row| LogLeaf {
            epoch: row.log_epoch,
            // None has less than 0, and that is no place in any log.
            index: u64::try_from(row.leaf_index).unwrap_or(u64::MAX),
            content: match row.command_id {
                Some(command_id) => LeafContent::Event(command_id),
                None => LeafContent::Restored(row.restored_from.unwrap_or_default()),
            },
            nodes: Some(row.nodes),
        });
        Ok(leaves.collect())
    }
}
