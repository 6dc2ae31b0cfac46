//! The checkpoints that were issued.

use domain::{Instant, SchoolId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Checkpoint, LogEnd, LogKey, Origin, TreeHead, root_at};
use crate::store::identity;

/// For which logs a checkpoint is wanted; those that have not grown since their last one never need another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Every log.
    Now,
    /// Those whose last one was issued at this moment or before.
    Since(Instant),
}

/// Signs how far the logs have come, and keeps the checkpoints. Answers those that are new.
///
/// # Errors
/// When the database does not answer, or a log lacks nodes.
pub async fn issue_checkpoints(
    connection: &mut PgConnection,
    key: &LogKey,
    due: Due,
    now: Instant,
) -> sqlx::Result<Vec<Checkpoint>> {
    let store = identity(connection).await?;
    let mut issued = Vec::new();
    for (school, end) in due_logs(connection, due).await? {
        let head = TreeHead {
            origin: Origin {
                store_id: store.store_id,
                school,
                epoch: end.epoch,
            },
            size: end.size,
            root: root_at(connection, school, end).await?,
        };
        let checkpoint = Checkpoint::sign(head, key);
        // Another process may have been as quick; then its text is kept, which says the same.
        sqlx::query!(
            "insert into log_checkpoints (school_id, log_epoch, size, note, issued_at) values ($1, $2, $3, $4, $5)
            on conflict do nothing",
            school.as_uuid(),
            end.epoch,
            i64::try_from(end.size).unwrap_or(i64::MAX),
            checkpoint.note,
            now
        )
        .execute(&mut *connection)
        .await?;
        issued.push(checkpoint);
    }
    Ok(issued)
}

/// One look at each school that has a log, never at its leaves.
async fn due_logs(
    connection: &mut PgConnection,
    due: Due,
) -> sqlx::Result<Vec<(SchoolId, LogEnd)>> {
    let since = match due {
        Due::Now => None,
        Due::Since(moment) => Some(moment),
    };
    let rows = sqlx::query!(
        r#"with recursive having_logs as (
            (select school_id from log_leaves order by school_id limit 1)
            union all
            select (select l.school_id from log_leaves l where l.school_id > h.school_id order by l.school_id limit 1)
            from having_logs h where h.school_id is not null
        )
        select h.school_id as "school_id!", newest.log_epoch as "log_epoch!", newest.size as "size!"
        from having_logs h
        cross join lateral (
            select l.log_epoch, l.leaf_index + 1 as size from log_leaves l where l.school_id = h.school_id
            order by l.log_epoch desc, l.leaf_index desc limit 1
        ) newest
        left join lateral (
            select c.log_epoch, c.size, c.issued_at from log_checkpoints c where c.school_id = h.school_id
            order by c.log_epoch desc, c.size desc limit 1
        ) last on true
        where h.school_id is not null
            and (last.size is null or (last.log_epoch, last.size) < (newest.log_epoch, newest.size)
                and ($1::timestamptz is null or last.issued_at <= $1))"#,
        since
    )
    .fetch_all(connection)
    .await?;
    let due = rows.into_iter().map(|row| {
        let end = LogEnd {
            epoch: row.log_epoch,
            size: row.size.unsigned_abs(),
        };
        (row.school_id.into(), end)
    });
    Ok(due.collect())
}

/// The checkpoints of a school that were issued, oldest first, as texts; of all schools for `None`.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_checkpoints(
    connection: &mut PgConnection,
    school: Option<SchoolId>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "select note from log_checkpoints where $1::uuid is null or school_id = $1 order by school_id, log_epoch, size",
        school.map(|school| Uuid::from(school))
    )
    .fetch_all(connection)
    .await
}
