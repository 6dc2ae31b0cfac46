//! Checkpoints on demand.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use event_store::log::{Due, LogKey, issue_checkpoints, sequence_all};
use platform::clock::Clock;
use platform::database::Database;
use sqlx::PgConnection;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

/// For how long others' transactions are waited for. A longer one only keeps the newest events for the next checkpoint.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Puts everything that can be read into the logs, signs how far they have come, and answers the newest checkpoint of the
/// school with this code, or of each school.
pub(crate) async fn checkpoints(
    owner: &Database,
    key: &LogKey,
    clock: &Clock,
    school: Option<&str>,
) -> Result<Vec<String>> {
    let school_id = match school {
        Some(code) => Some(school_of(owner, code).await?),
        None => None,
    };
    let mut connection = owner.pool().acquire().await?;
    // What was committed just now can be read once all that ran beside it is over.
    if let Ok(over) = timeout(PATIENCE, running_are_over(&mut connection)).await {
        over.context("cannot see which transactions are running")?;
    }
    sequence_all(&mut connection)
        .await
        .context("the events cannot be put into the logs")?;
    issue_checkpoints(&mut connection, key, Due::Now, clock.now())
        .await
        .context("the logs cannot be signed")?;
    let notes = sqlx::query_scalar!(
        "select distinct on (school_id) note from log_checkpoints where $1::uuid is null or school_id = $1
        order by school_id, log_epoch desc, size desc",
        school_id
    )
    .fetch_all(&mut *connection)
    .await
    .context("the checkpoints cannot be read")?;
    ensure!(
        !notes.is_empty(),
        "there is nothing to sign yet: nothing was recorded, or only beside a transaction that still runs"
    );
    Ok(notes)
}

/// Until no transaction runs any more that runs now.
async fn running_are_over(connection: &mut PgConnection) -> sqlx::Result<()> {
    let next =
        sqlx::query_scalar!(r#"select pg_snapshot_xmax(pg_current_snapshot())::text as "next!""#)
            .fetch_one(&mut *connection)
            .await?;
    while !sqlx::query_scalar!(
        r#"select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 as "over!""#,
        next
    )
    .fetch_one(&mut *connection)
    .await?
    {
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// The school with this login code.
pub(crate) async fn school_of(owner: &Database, code: &str) -> Result<Uuid> {
    sqlx::query_scalar!(
        "select school_id from schools where lower(code) = lower($1)",
        code
    )
    .fetch_optional(owner.pool())
    .await
    .context("cannot read the schools")?
    .with_context(|| format!("there is no school with the code {code}"))
}
