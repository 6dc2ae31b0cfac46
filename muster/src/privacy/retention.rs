//! How long a school keeps what its reports show.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use platform::database::Database;
use tokio::time::sleep;
use uuid::Uuid;

/// What a school has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retention {
    pub(crate) years: i16,
    /// Reports show nothing of the days before.
    pub(crate) kept_from: NaiveDate,
}

/// What happens to keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) kept_from: NaiveDate,
    /// Registers that were taken out of what reports read.
    pub(crate) registers: u64,
}

/// For how long batches that know nothing of a new retention are waited for: each takes a moment, and only a transaction that
/// somebody forgot is older.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// The first day of the month in which it was so many years ago.
pub(crate) fn first_day_kept(today: NaiveDate, years: i16) -> Option<NaiveDate> {
    let months = Months::new(u32::from(years.unsigned_abs()) * 12);
    today.checked_sub_months(months)?.with_day(1)
}

/// What the school has decided; none: to keep everything.
///
/// # Errors
/// The database fails.
pub(crate) async fn retention_of(owner: &Database, school_id: Uuid) -> Result<Option<Retention>> {
    sqlx::query_as!(
        Retention,
        "select years, kept_from from retentions where school_id = $1",
        school_id
    )
    .fetch_optional(owner.pool())
    .await
    .context("cannot read what the school keeps")
}

/// Keeps so many years from now on, and takes what is older out of the read tables. What was taken out before stays out, also
/// if the years are more now.
///
/// # Errors
/// The database fails, or a transaction that is older stays open; it can be done again.
pub(crate) async fn keep(
    owner: &Database,
    school_id: Uuid,
    years: i16,
    now: DateTime<Utc>,
) -> Result<Kept> {
    let first_day =
        first_day_kept(now.date_naive(), years).context("so long ago there is no day")?;
    let row = sqlx::query!(
        r#"insert into retentions as r (school_id, years, kept_from, set_at) values ($1, $2, $3, $4)
        on conflict on constraint retentions_pkey do update
        set years = excluded.years, kept_from = greatest(r.kept_from, excluded.kept_from), set_at = excluded.set_at
        returning kept_from, pg_current_xact_id()::text as "transaction_id!""#,
        school_id,
        years,
        first_day,
        now
    )
    .fetch_one(owner.pool())
    .await
    .context("cannot set what the school keeps")?;
    wait_for_older_batches(owner, &row.transaction_id).await?;
    let mut connection = owner.pool().acquire().await?;
    let registers = projections::trim(&mut connection, school_id.into(), row.kept_from)
        .await
        .context("cannot take out what is older")?;
    Ok(Kept {
        kept_from: row.kept_from,
        registers,
    })
}

/// A batch of the projections that began before may still write what is not kept any more.
async fn wait_for_older_batches(owner: &Database, transaction_id: &str) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let over = sqlx::query_scalar!(
            r#"select pg_snapshot_xmin(pg_current_snapshot()) > $1::text::xid8 as "over!""#,
            transaction_id
        )
        .fetch_one(owner.pool())
        .await?;
        if over {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    bail!(
        "a transaction on the database has been open for over a minute (a backup?): nothing was taken out yet, do this again later"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept() {
        let kept = |today: &str, years| first_day_kept(today.parse().unwrap(), years).unwrap();
        assert_eq!(kept("2026-11-23", 7).to_string(), "2019-11-01");
        assert_eq!(kept("2028-02-29", 1).to_string(), "2027-02-01");
    }
}
