//! Checking the chains of a school against what is stored.

use std::fmt;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{HashedFields, event_hash};
use crate::{Head, Position, RoleSeesTooLittle, sight};

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const EPOCH_OF_POSTGRESQL: i64 = 946_684_800_000_000;

/// Events in a page.
const PAGE: i64 = 1_000;

/// What a check of the chains found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Events that fit.
    pub events: u64,
    /// Streams they are in.
    pub streams: u64,
    /// The first event that does not fit, by stream and sequence; the check stops there.
    pub first_break: Option<Break>,
}

/// An event that does not fit into its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// Kind of its aggregate.
    pub aggregate_type: String,
    /// Its aggregate as stored, which need not be an id if somebody changed it.
    pub aggregate_id: String,
    /// Its place in the stream.
    pub sequence: i64,
    /// Its place in the global order.
    pub position: Position,
    /// What is wrong.
    pub reason: BreakReason,
}

/// What is wrong with an event in its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakReason {
    /// The events from here to the one found are missing.
    Missing {
        /// The sequence that should have come.
        expected: i64,
    },
    /// Its content, or the event before it, is not what was hashed.
    Changed,
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stream = format_args!("{}/{}", self.aggregate_type, self.aggregate_id);
        match self.reason {
            BreakReason::Missing { expected } => write!(
                formatter,
                "{stream}: event {expected} is missing, event {} follows",
                self.sequence
            ),
            BreakReason::Changed => write!(
                formatter,
                "{stream}: event {} or its predecessor is not what was recorded",
                self.sequence
            ),
        }
    }
}

/// Why the chains could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Events are hidden from the role, so what it would find says nothing.
    #[error(transparent)]
    RoleSeesTooLittle(#[from] RoleSeesTooLittle),
    /// The database failed.
    #[error("the events could not be read")]
    Database(#[from] sqlx::Error),
}

/// Computes every chain of the school anew and compares.
///
/// # Errors
/// When the database does not answer, or not all events of the school are shown to the role. What does not fit is no
/// error but in the report.
pub async fn verify(
    connection: &mut PgConnection,
    school: SchoolId,
) -> Result<Report, VerifyError> {
    sight::of_school(connection, school).await??;
    let mut walk = Walk::default();
    loop {
        let page = read_page(connection, school, &walk).await?;
        let is_last = i64::try_from(page.len()).is_ok_and(|events| events < PAGE);
        for row in page {
            if let Some(reason) = walk.step(&row) {
                walk.report.first_break = Some(Break {
                    position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
                    aggregate_type: row.aggregate_type,
                    aggregate_id: row.aggregate_id,
                    sequence: row.sequence,
                    reason,
                });
                return Ok(walk.report);
            }
        }
        if is_last {
            return Ok(walk.report);
        }
    }
}

/// What is hashed, as it is stored. The times come as the bytes of their number, because a changed one may be beyond what
/// a calendar knows.
struct ChainedRow {
    school_id: Uuid,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    metadata: String,
    epoch: i32,
    transaction_id: String,
    position: i64,
    command_id: Uuid,
    occurred_at: Vec<u8>,
    raw_occurred_at: Vec<u8>,
    recorded_at: Vec<u8>,
    actor_id: Uuid,
    device_id: Option<Uuid>,
    hash: Vec<u8>,
}

/// Where the check stands.
#[derive(Default)]
struct Walk {
    aggregate_type: String,
    aggregate_id: String,
    head: Head,
    report: Report,
}

impl Walk {
    /// Goes on to an event, or says why it does not fit.
    fn step(&mut self, row: &ChainedRow) -> Option<BreakReason> {
        let same_stream =
            self.aggregate_type == row.aggregate_type && self.aggregate_id == row.aggregate_id;
        if !same_stream {
            self.aggregate_type.clone_from(&row.aggregate_type);
            self.aggregate_id.clone_from(&row.aggregate_id);
            self.head = Head::default();
            self.report.streams += 1;
        }
        let expected = self.head.sequence + 1;
        if row.sequence != expected {
            return Some(BreakReason::Missing { expected });
        }
        let Some(hash) = hash_of(row, &self.head.hash).filter(|hash| hash.as_slice() == row.hash)
        else {
            return Some(BreakReason::Changed);
        };
        self.head = Head {
            sequence: row.sequence,
            hash,
        };
        self.report.events += 1;
        None
    }
}

/// None when an aggregate id is no id or a time no moment: we never hashed such a thing, so somebody changed it.
fn hash_of(row: &ChainedRow, previous: &[u8; 32]) -> Option<[u8; 32]> {
    let fields = HashedFields {
        school_id: row.school_id,
        aggregate_type: &row.aggregate_type,
        aggregate_id: Uuid::parse_str(&row.aggregate_id).ok()?,
        sequence: row.sequence,
        event_type: &row.event_type,
        event_version: &row.event_version,
        command_id: row.command_id,
        actor_id: row.actor_id,
        device_id: row.device_id,
        occurred_at: microseconds(&row.occurred_at)?,
        raw_occurred_at: microseconds(&row.raw_occurred_at)?,
        recorded_at: microseconds(&row.recorded_at)?,
        payload: row.payload.as_bytes(),
        metadata: row.metadata.as_bytes(),
    };
    Some(event_hash(previous, &fields))
}

/// A time in microseconds since 1970 from PostgreSQL's own bytes of it.
fn microseconds(bytes: &[u8]) -> Option<i64> {
    i64::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH_OF_POSTGRESQL)
}

async fn read_page(
    connection: &mut PgConnection,
    school: SchoolId,
    walk: &Walk,
) -> sqlx::Result<Vec<ChainedRow>> {
    sqlx::query_as!(
        ChainedRow,
        r#"select school_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
            payload::text as "payload!", metadata::text as "metadata!",
            epoch, transaction_id::text as "transaction_id!", position, command_id,
            timestamptz_send(occurred_at) as "occurred_at!", timestamptz_send(raw_occurred_at) as "raw_occurred_at!",
            timestamptz_send(recorded_at) as "recorded_at!", actor_id, device_id, hash
        from events
        where school_id = $1 and (aggregate_type, aggregate_id, sequence) > ($2, $3, $4)
        order by aggregate_type, aggregate_id, sequence
        limit $5"#,
        school.as_uuid(),
        walk.aggregate_type,
        walk.aggregate_id,
        walk.head.sequence,
        PAGE
    )
    .fetch_all(connection)
    .await
}
