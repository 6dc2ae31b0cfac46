//! Checkpoints on demand.

use anyhow::{Context, Result};
use event_store::log::{Due, LogKey, issue_checkpoints, sequence_all};
use platform::clock::Clock;
use platform::database::Database;
use uuid::Uuid;

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
    sequence_all(&mut connection)
        .await
        .context("the events cannot be put into the logs")?;
    issue_checkpoints(&mut connection, key, Due::Now, clock.now())
        .await
        .context("the logs cannot be signed")?;
    sqlx::query_scalar!(
        "select distinct on (school_id) note from log_checkpoints where $1::uuid is null or school_id = $1
        order by school_id, log_epoch desc, size desc",
        school_id
    )
    .fetch_all(&mut *connection)
    .await
    .context("the checkpoints cannot be read")
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
