//! One shard of a replay.

use std::collections::VecDeque;

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::ReplayError;
use crate::Position;
use crate::feed::Watermark;
use crate::stored_event::EventRow;

/// Events in a page.
const PAGE: i64 = 500;

/// One shard of a replay: how far it was read, where it ends, and what is read but not handed out.
pub(super) struct Lane {
    shard: i16,
    school: Option<Uuid>,
    read_to: Position,
    end: Option<Position>,
    page: VecDeque<(Position, EventRow)>,
}

impl Lane {
    pub(super) fn of_school(shard: i16, school: SchoolId, after: Position) -> Self {
        Self {
            school: Some(school.as_uuid()),
            ..Self::of_all(shard, after)
        }
    }

    pub(super) fn of_all(shard: i16, after: Position) -> Self {
        Self {
            shard,
            school: None,
            read_to: after,
            end: None,
            page: VecDeque::new(),
        }
    }

    /// Where the next event stands, if one is read and not handed out.
    pub(super) fn next_position(&self) -> Option<Position> {
        self.page.front().map(|(position, _)| *position)
    }

    /// Hands out the next event.
    pub(super) fn take(&mut self) -> Option<EventRow> {
        self.page.pop_front().map(|(_, row)| row)
    }

    /// Notes the last event that is readable now, which the replay must come to.
    pub(super) async fn find_end(
        &mut self,
        connection: &mut PgConnection,
        watermark: Watermark,
    ) -> Result<(), ReplayError> {
        let row = sqlx::query!(
            r#"select epoch, transaction_id::text as "transaction_id!", position
            from events
            where shard = $1 and ($2::uuid is null or school_id = $2)
                and (epoch, transaction_id) < ($3, $4::text::xid8)
            order by epoch desc, transaction_id desc, position desc
            limit 1"#,
            self.shard,
            self.school,
            watermark.epoch,
            watermark.transaction_id.to_string()
        )
        .fetch_optional(connection)
        .await?;
        self.end = row
            .map(|row| Position::from_columns(row.epoch, &row.transaction_id, row.position))
            .transpose()?;
        Ok(())
    }

    /// Reads the next page when the last one is used up and the end is not reached.
    pub(super) async fn refill(
        &mut self,
        connection: &mut PgConnection,
        watermark: Watermark,
    ) -> Result<(), ReplayError> {
        let Some(end) = self.end.filter(|end| *end > self.read_to) else {
            return Ok(());
        };
        if !self.page.is_empty() {
            return Ok(());
        }
        for row in self.read_page(connection, watermark).await? {
            self.page.push_back((row.position()?, row));
        }
        match self.page.back() {
            Some((last, _)) => self.read_to = *last,
            None => {
                let reached = self.read_to;
                return Err(ReplayError::EndedEarly { reached, end });
            }
        }
        Ok(())
    }

    async fn read_page(
        &self,
        connection: &mut PgConnection,
        watermark: Watermark,
    ) -> sqlx::Result<Vec<EventRow>> {
        sqlx::query_as!(
            EventRow,
            r#"select school_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
                payload::text as "payload!", metadata::text as "metadata!",
                epoch, transaction_id::text as "transaction_id!", position, command_id,
                occurred_at, raw_occurred_at, recorded_at, actor_id, device_id, flags, hash
            from events
            where shard = $1 and ($2::uuid is null or school_id = $2)
                and (epoch, transaction_id, position) > ($3, $4::text::xid8, $5)
                and (epoch, transaction_id) < ($6, $7::text::xid8)
            order by epoch, transaction_id, position
            limit $8"#,
            self.shard,
            self.school,
            self.read_to.epoch,
            self.read_to.transaction_id.to_string(),
            self.read_to.position,
            watermark.epoch,
            watermark.transaction_id.to_string(),
            PAGE
        )
        .fetch_all(connection)
        .await
    }
}
