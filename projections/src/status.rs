//! Where each projection stands, for the command line, readiness and metrics.

use domain::Instant;
use event_store::Position;
use event_store::stall::{self, Stall};
use platform::database::Database;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;
use crate::held::{self, HeldStream};

/// Events that are counted before the count is given up: beyond that, how far behind a shard is in time says more.
const MOST_COUNTED: i64 = 10_000;

/// Where every projection stands.
#[derive(Debug, Clone)]
pub struct Status {
    /// Version of the served tables, by projection.
    pub versions: Vec<ServedVersion>,
    /// Every shard of every projection, rebuilds too.
    pub shards: Vec<ShardStatus>,
    /// Streams that wait behind an event that could not be applied.
    pub held: Vec<HeldStream>,
    /// Committed events that cannot be read yet.
    pub stall: Option<Stall>,
}

/// Which version of a projection readers see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedVersion {
    /// The projection's name.
    pub projection: String,
    /// The version.
    pub version: i32,
}

/// Where one shard of one projection stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardStatus {
    /// The projection's name.
    pub projection: String,
    /// The shard.
    pub shard: i16,
    /// Whether this is the cursor of a rebuild.
    pub building: bool,
    /// The last event that was applied.
    pub position: Position,
    /// Committed events after it; counted up to 10,000.
    pub lag_events: i64,
    /// How long the oldest of them has been waiting.
    pub lag_seconds: f64,
    /// The worker that has the shard; none while nobody has.
    pub holder: Option<Uuid>,
    /// Until when, by the database's clock.
    pub lease_expires_at: Option<Instant>,
}

impl ShardStatus {
    /// The number of events the shard is behind, for people: `10000+` where the count was given up.
    pub fn lag(&self) -> String {
        let more = if self.lag_events < MOST_COUNTED {
            ""
        } else {
            "+"
        };
        format!("{}{more}", self.lag_events)
    }
}

/// Reads where every projection stands.
///
/// # Errors
/// The database does not answer.
pub async fn status(db: &Database) -> Result<Status, Error> {
    let mut connection = db.pool().acquire().await?;
    Ok(Status {
        versions: versions(&mut connection).await?,
        shards: shards(&mut connection).await?,
        held: held::list(&mut connection).await?,
        stall: stall::check(&mut connection).await?,
    })
}

async fn versions(connection: &mut PgConnection) -> Result<Vec<ServedVersion>, Error> {
    Ok(sqlx::query_as!(
        ServedVersion,
        "select projection, served_version as version from projection_versions order by projection",
    )
    .fetch_all(connection)
    .await?)
}

pub(crate) async fn shards(connection: &mut PgConnection) -> Result<Vec<ShardStatus>, Error> {
    let rows = sqlx::query!(
        r#"select c.projection, c.shard, c.building, c.epoch, c.transaction_id::text as "transaction_id!", c.position,
             waiting.events as "lag_events!",
             coalesce(greatest(extract(epoch from clock_timestamp() - waiting.since), 0), 0)::float8
               as "lag_seconds!",
             case when l.expires_at > clock_timestamp() then l.holder end as holder,
             l.expires_at as lease_expires_at
           from projection_cursors c
           left join projection_leases l
             on l.projection = c.projection and l.shard = c.shard and not c.building
           cross join lateral (
             select count(*) as events, min(e.recorded_at) as since
             from (
               select recorded_at from events
               where shard = c.shard
                 and (epoch, transaction_id, position) > (c.epoch, c.transaction_id, c.position)
               order by epoch, transaction_id, position limit $1
             ) e
           ) waiting
           order by c.projection, c.building, c.shard"#,
        MOST_COUNTED,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ShardStatus {
                projection: row.projection,
                shard: row.shard,
                building: row.building,
                position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
                lag_events: row.lag_events,
                lag_seconds: row.lag_seconds,
                holder: row.holder,
                lease_expires_at: row.lease_expires_at,
            })
        })
        .collect()
}
