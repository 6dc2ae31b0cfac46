//! The one query behind the pages and the stream of events.

use std::fmt;

use chrono::{DateTime, Utc};
use event_store::Position;
use event_store::feed::Watermark;
use sqlx::PgConnection;
use uuid::Uuid;

use super::event_filter::{About, EventFilter};
use crate::cursor::Key;
use crate::page::PageRequest;

impl Key for Position {
    fn is_possible(&self) -> bool {
        true
    }
}

/// An event as it is stored.
pub(super) struct EventRow {
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: String,
    pub(super) sequence: i64,
    pub(super) event_type: String,
    pub(super) event_version: String,
    pub(super) payload: String,
    pub(super) metadata: String,
    epoch: i32,
    transaction_id: String,
    number: i64,
    pub(super) command_id: Uuid,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) raw_occurred_at: DateTime<Utc>,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) actor_id: Uuid,
    pub(super) actor_name: Option<String>,
    pub(super) device_id: Option<Uuid>,
    pub(super) flags: Vec<String>,
    pub(super) hash: Vec<u8>,
}

impl EventRow {
    /// Where the event stands in the feed.
    ///
    /// # Errors
    /// The columns hold no position.
    pub(super) fn position(&self) -> Result<Position, sqlx::Error> {
        Position::from_columns(self.epoch, &self.transaction_id, self.number)
    }
}

impl fmt::Debug for EventRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} of {} {}",
            self.event_type, self.sequence, self.aggregate_type, self.aggregate_id
        )
    }
}

/// The types of streams there are. Named, they make the stream's id part of a range of `events_pkey`.
const STREAM_TYPES: [&str; 7] = [
    "attendance_session",
    "attendance_exception",
    "class_roll",
    "school_policy",
    "school_calendar",
    "period_sign_off",
    "student_alias",
];

/// The events of a page, in the order of the feed and only as far as nothing can appear in between any more.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_events(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Vec<EventRow>, sqlx::Error> {
    match filter.about {
        About::School => in_school(connection, school_id, watermark, filter, page).await,
        About::Stream(id) => in_stream(connection, school_id, watermark, id, filter, page).await,
        About::Class(id) => of_class(connection, school_id, watermark, id, filter, page).await,
        About::Student(id) => of_student(connection, school_id, watermark, id, filter, page).await,
    }
}

/// A checked query for the events of `$source`, between two positions. Four statements share it because each is to have its
/// own index whatever the planner knows of the parameters. A test holds the plans to that.
macro_rules! event_rows {
    ($school_id:expr, $watermark:expr, $filter:expr, $page:expr, $source:literal $(, $argument:expr)*) => {{
        let after = $page.after.unwrap_or(Position::LOWEST);
        sqlx::query_as!(
            EventRow,
            r#"
            select e.aggregate_type as "aggregate_type!", e.aggregate_id as "aggregate_id!", e.sequence as "sequence!",
                   e.event_type as "event_type!", e.event_version as "event_version!",
                   e.payload::text as "payload!", e.metadata::text as "metadata!",
                   e.epoch as "epoch!", e.transaction_id::text as "transaction_id!", e.position as "number!",
                   e.command_id as "command_id!", e.occurred_at as "occurred_at!", e.raw_occurred_at as "raw_occurred_at!",
                   e.recorded_at as "recorded_at!", e.actor_id as "actor_id!", u.name as "actor_name?", e.device_id,
                   e.flags as "flags!", e.hash as "hash!"
            from "#
                + $source
                + r#" e
            left join users u on u.school_id = e.school_id and u.user_id = e.actor_id
            where e.school_id = $1
              and (e.epoch, e.transaction_id, e.position) > ($2::int, $3::text::xid8, $4::bigint)
              and (e.epoch, e.transaction_id) < ($5::int, $6::text::xid8)
              and ($7::uuid is null or e.actor_id = $7)
              and ($8::uuid is null or e.device_id = $8)
              and ($9::text is null or e.event_type = $9)
              and ($10::timestamptz is null or e.recorded_at >= $10)
              and ($11::timestamptz is null or e.recorded_at < $11)
              and ($12::timestamptz is null or e.occurred_at >= $12)
              and ($13::timestamptz is null or e.occurred_at < $13)
            order by e.epoch, e.transaction_id, e.position
            limit $14
            "#,
            $school_id,
            after.epoch,
            after.transaction_id.to_string(),
            after.position,
            $watermark.epoch,
            $watermark.transaction_id.to_string(),
            $filter.actor,
            $filter.device,
            $filter.event_type.as_ref().map(|name| name.0.as_str()),
            $filter.recorded_from,
            $filter.recorded_to,
            $filter.occurred_from,
            $filter.occurred_to,
            $page.rows(),
            $($argument),*
        )
    }};
}

/// Goes on in the school's feed, `events_school_feed_idx`.
async fn in_school(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Vec<EventRow>, sqlx::Error> {
    event_rows!(school_id, watermark, filter, page, "events")
        .fetch_all(connection)
        .await
}

/// Reads the stream, a range of `events_pkey`, and only then narrows it (`offset 0` is a fence): the planner takes the range
/// between the positions, which is most of the history, for next to nothing and would read that.
async fn in_stream(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    stream: Uuid,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Vec<EventRow>, sqlx::Error> {
    event_rows!(
        school_id,
        watermark,
        filter,
        page,
        r#"(
            select * from events
            where school_id = $1 and aggregate_type = any($15) and aggregate_id = $16
            offset 0
        )"#,
        STREAM_TYPES as _,
        stream.to_string()
    )
    .fetch_all(connection)
    .await
}

/// Goes on among the events of the class, `events_class_idx`.
async fn of_class(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    class_id: Uuid,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Vec<EventRow>, sqlx::Error> {
    event_rows!(
        school_id,
        watermark,
        filter,
        page,
        "(select * from events where class_id = $15)",
        class_id.to_string()
    )
    .fetch_all(connection)
    .await
}

/// Reads what is about the student, a range of `events_student_idx`, and of their exceptions all that followed, which does not
/// name them again. That is a few hundred events a year, so a page reads them all.
async fn of_student(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    student_id: Uuid,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Vec<EventRow>, sqlx::Error> {
    event_rows!(
        school_id,
        watermark,
        filter,
        page,
        r#"(
            select * from events where school_id = $1 and student_id = $15
            union all
            select followed.* from (
                select distinct aggregate_id from events
                where school_id = $1 and student_id = $15 and aggregate_type = 'attendance_exception'
            ) exceptions
            cross join lateral (
                select * from events
                where school_id = $1 and aggregate_type = 'attendance_exception'
                  and aggregate_id = exceptions.aggregate_id and student_id is null
                offset 0
            ) followed
            offset 0
        )"#,
        student_id.to_string()
    )
    .fetch_all(connection)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_the_store_write_positions_alike() {
        for place in [
            Position::START,
            Position {
                epoch: 3,
                transaction_id: 762,
                position: 7_232,
            },
            Position {
                epoch: i32::MAX,
                transaction_id: u64::MAX,
                position: i64::MAX,
            },
        ] {
            let read: crate::position::Position = place.to_string().parse().unwrap();
            assert_eq!(
                (read.epoch, read.transaction_id, read.number),
                (place.epoch, place.transaction_id, place.position)
            );
            assert_eq!(read.to_string(), place.to_string());
        }
        for text in [
            "", "1", "1-2", "1-2-3-4", "01-2-3", "1-2-A", "1-+2-3", "1-2--3", "1-2-3 ",
        ] {
            assert!(text.parse::<Position>().is_err(), "{text}");
            assert!(text.parse::<crate::position::Position>().is_err(), "{text}");
        }
    }

    #[test]
    fn queries_and_the_store_deal_schools_alike() {
        for last in 0..=u8::MAX {
            let school_id = Uuid::from_u128(last.into());
            assert_eq!(
                crate::freshness::shard_of(school_id),
                event_store::feed::shard_of(school_id.into())
            );
        }
    }
}
