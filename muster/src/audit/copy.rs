//! Brings the events of one database into another, as they are.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use futures::StreamExt;
use indicatif::ProgressBar;
use sqlx::postgres::{PgPool, PgPoolCopyExt};

/// Every column that is not computed from others. Positions and transaction ids are kept, so that the order stays.
const COLUMNS: &str = "school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, \
                       epoch, transaction_id, position, command_id, fingerprint, occurred_at, raw_occurred_at, \
                       recorded_at, actor_id, device_id, flags, hash";

/// Copies the events, or those that were recorded by a moment, in the order of the feed; the message of `progress` counts
/// megabytes. The target has its own new epoch, so that transaction ids of another cluster are history there.
pub(super) async fn copy_events(
    source: &PgPool,
    target: &PgPool,
    as_of: Option<DateTime<Utc>>,
    progress: &ProgressBar,
) -> Result<()> {
    // `copy` takes no parameters.
    let recorded = as_of.map_or_else(
        || "true".to_owned(),
        |moment| format!("recorded_at <= '{}'", moment.to_rfc3339()),
    );
    let statement = format!(
        "copy (select {COLUMNS} from events where {recorded} order by epoch, transaction_id, position)
         to stdout (format binary)"
    );
    let mut outgoing = source
        .copy_out_raw(&statement)
        .await
        .context("cannot read the events")?;
    let statement = format!("copy events ({COLUMNS}) from stdin (format binary)");
    let mut incoming = target
        .copy_in_raw(&statement)
        .await
        .context("cannot write events into the new database")?;
    let mut copied = 0;
    while let Some(bytes) = outgoing.next().await {
        let bytes = bytes.context("cannot read the events")?;
        copied += bytes.len();
        progress.set_message(format!("copying the events ({} MB)", copied / 1_000_000));
        incoming
            .send(bytes)
            .await
            .context("cannot write events into the new database")?;
    }
    incoming.finish().await.context(
        "the events cannot be written into the new database as they stand: `muster audit verify` names what is wrong with them",
    )?;
    sqlx::query!("update store set epoch = 1 + (select coalesce(max(epoch), 0) from events)")
        .execute(target)
        .await
        .context("cannot open a new epoch in the new database")?;
    Ok(())
}

/// Brings over what schools have decided to keep, which is in no event: the read tables hold nothing from before.
pub(super) async fn copy_retentions(source: &PgPool, target: &PgPool) -> Result<()> {
    let retentions = sqlx::query!("select school_id, years, kept_from, set_at from retentions")
        .fetch_all(source)
        .await
        .context("cannot read what schools keep")?;
    for retention in retentions {
        sqlx::query!(
            "insert into retentions (school_id, years, kept_from, set_at) values ($1, $2, $3, $4)",
            retention.school_id,
            retention.years,
            retention.kept_from,
            retention.set_at
        )
        .execute(target)
        .await
        .context("cannot write down what schools keep")?;
    }
    Ok(())
}
