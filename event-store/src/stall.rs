//! Stalls: a transaction that stays open anywhere in the cluster keeps the feed from moving on.

use std::fmt;

use chrono::SecondsFormat;
use domain::Instant;
use sqlx::PgConnection;

use crate::Position;
use crate::feed::{self, SHARDS, Watermark};

/// Name of the gauge with the age of the oldest committed event that cannot be read yet, in seconds.
pub const METRIC: &str = "muster_feed_stall_seconds";

/// From when on somebody should look into a stall, in seconds: the time-out of transactions that sit idle.
const LONG_SECONDS: f64 = 5.0;

/// The oldest committed event that the feed does not show yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Stall {
    /// Where the event stands.
    pub position: Position,
    /// For how many seconds it has been waiting.
    pub seconds: f64,
    /// Who holds it back; none when it is over already or the role may not see other sessions.
    pub culprit: Option<Culprit>,
}

impl Stall {
    /// Whether it has lasted longer than transactions may: appends of any moment are unreadable for as long as they take.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.seconds > LONG_SECONDS
    }
}

/// Whose transaction holds the feed back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Culprit {
    /// A session with an open transaction.
    Session {
        /// Process id of its backend.
        pid: i32,
        /// What the session calls itself.
        application: String,
        /// Who signed in; empty for a process of the server itself.
        user: String,
        /// Database it is in, which may be another one of the cluster.
        database: String,
        /// What it is doing, in PostgreSQL's words: `active`, `idle in transaction`.
        state: String,
        /// Since when the transaction has been open.
        since: Option<Instant>,
    },
    /// A prepared transaction, which belongs to no session.
    Prepared {
        /// Its global identifier, as `commit prepared` and `rollback prepared` take it.
        identifier: String,
        /// Who prepared it.
        user: String,
        /// Database it is in.
        database: String,
        /// When it was prepared.
        since: Instant,
    },
}

impl fmt::Display for Culprit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session {
                pid,
                application,
                user,
                database,
                state,
                since,
            } => {
                write!(
                    formatter,
                    "backend {pid} (application \"{application}\", user \"{user}\", database \"{database}\", {state}"
                )?;
                match since {
                    Some(since) => write!(formatter, ", in a transaction since {})", at(*since)),
                    None => formatter.write_str(")"),
                }
            }
            Self::Prepared {
                identifier,
                user,
                database,
                since,
            } => write!(
                formatter,
                "prepared transaction \"{identifier}\" (user \"{user}\", database \"{database}\", since {})",
                at(*since)
            ),
        }
    }
}

fn at(moment: Instant) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Looks for a stall and sets the metric [`METRIC`]: 0 when every committed event can be read. Needs a role that sees
/// every school; a member of `pg_read_all_stats` learns the culprit as well.
///
/// # Errors
/// When the database does not answer.
pub async fn check(connection: &mut PgConnection) -> sqlx::Result<Option<Stall>> {
    let watermark = feed::watermark(connection).await?;
    let stall = match oldest_unreadable(connection, watermark).await? {
        Some(event) => Some(describe(connection, watermark, event).await?),
        None => None,
    };
    let seconds = stall.as_ref().map_or(0.0, |stall| stall.seconds);
    metrics::gauge!(METRIC).set(seconds);
    Ok(stall)
}

struct Unreadable {
    position: Position,
    recorded_at: Instant,
}

/// Of the first unreadable event of each shard, the one that was recorded first.
async fn oldest_unreadable(
    connection: &mut PgConnection,
    watermark: Watermark,
) -> sqlx::Result<Option<Unreadable>> {
    let row = sqlx::query!(
        r#"select oldest.epoch as "epoch!", oldest.transaction_id::text as "transaction_id!",
            oldest.position as "position!", oldest.recorded_at as "recorded_at!"
        from generate_series(0, $3::int - 1) as shards (shard)
        cross join lateral (
            select epoch, transaction_id, position, recorded_at from events
            where events.shard = shards.shard::smallint and (epoch, transaction_id) >= ($1, $2::text::xid8)
            order by epoch, transaction_id, position
            limit 1
        ) as oldest
        order by oldest.recorded_at
        limit 1"#,
        watermark.epoch,
        watermark.transaction_id.to_string(),
        i32::from(SHARDS)
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(Unreadable {
            position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
            recorded_at: row.recorded_at,
        })
    })
    .transpose()
}

/// The watermark is the oldest running transaction, so its holder is the culprit.
async fn describe(
    connection: &mut PgConnection,
    watermark: Watermark,
    event: Unreadable,
) -> sqlx::Result<Stall> {
    let culprit = match session(connection, watermark).await? {
        Some(session) => Some(session),
        None => prepared(connection, watermark).await?,
    };
    let held_since = match &culprit {
        // On a store whose clock is simulated the event may be recorded long before the culprit began.
        Some(Culprit::Session { since, .. }) => since.unwrap_or(event.recorded_at),
        Some(Culprit::Prepared { .. }) | None => event.recorded_at,
    };
    let now = crate::database_clock(connection).await?;
    let waiting = now - event.recorded_at.max(held_since);
    Ok(Stall {
        position: event.position,
        seconds: waiting.as_seconds_f64().max(0.0),
        culprit,
    })
}

async fn session(
    connection: &mut PgConnection,
    watermark: Watermark,
) -> sqlx::Result<Option<Culprit>> {
    let row = sqlx::query!(
        r#"select pid as "pid!", coalesce(application_name, '') as "application!", coalesce(datname, '') as "database!",
            coalesce(usename, '') as "user!", coalesce(state, 'state unknown') as "state!", xact_start
        from pg_stat_activity
        where backend_xid = $1::text::xid8::xid"#,
        watermark.transaction_id.to_string()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Culprit::Session {
        pid: row.pid,
        application: row.application,
        user: row.user,
        database: row.database,
        state: row.state,
        since: row.xact_start,
    }))
}

async fn prepared(
    connection: &mut PgConnection,
    watermark: Watermark,
) -> sqlx::Result<Option<Culprit>> {
    let row = sqlx::query!(
        r#"select gid as "identifier!", coalesce(owner, '') as "user!", coalesce(database, '') as "database!",
            prepared as "since!"
        from pg_prepared_xacts
        where transaction = $1::text::xid8::xid"#,
        watermark.transaction_id.to_string()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Culprit::Prepared {
        identifier: row.identifier,
        user: row.user,
        database: row.database,
        since: row.since,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_culprit_is_named_with_all_that_it_takes_to_find_it() {
        let since = "2026-11-24T08:00:00Z".parse().unwrap();
        let session = Culprit::Session {
            pid: 7,
            application: "nightly report".to_owned(),
            user: "head".to_owned(),
            database: "other".to_owned(),
            state: "idle in transaction".to_owned(),
            since: Some(since),
        };
        assert_eq!(
            session.to_string(),
            "backend 7 (application \"nightly report\", user \"head\", database \"other\", idle in transaction, \
             in a transaction since 2026-11-24T08:00:00Z)"
        );
        let prepared = Culprit::Prepared {
            identifier: "forgotten".to_owned(),
            user: "head".to_owned(),
            database: "other".to_owned(),
            since,
        };
        assert_eq!(
            prepared.to_string(),
            "prepared transaction \"forgotten\" (user \"head\", database \"other\", since 2026-11-24T08:00:00Z)"
        );
    }

    #[test]
    fn only_what_outlasts_an_idle_transaction_is_long() {
        let lasting = |seconds| Stall {
            position: Position::START,
            seconds,
            culprit: None,
        };
        assert!(!lasting(0.2).is_long());
        assert!(!lasting(5.0).is_long());
        assert!(lasting(5.1).is_long());
    }
}
