//! Driving projections by hand, to where the events are now.

use std::time::Duration;

use event_store::{Position, feed, stall};
use platform::database::Database;
use sqlx::PgConnection;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::cursor::{self, CursorKey};
use crate::error::{Error, Obstacle};
use crate::install::served_version;
use crate::lease::{self, Lease};
use crate::projection::Projection;
use crate::step::{Progress, step};

/// How long nothing may move before [`step_all`] gives up: longer than a dead worker keeps its lease.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait before looking again for what another worker or transaction is in the way of.
const PAUSE: Duration = Duration::from_millis(10);

/// Applies every event that is committed when it is called, to every projection, and says whether there was anything to
/// do. Shards that a live worker holds are left to it and waited for.
///
/// # Errors
/// A projection is not installed in the version of this program, the database does not answer, or nothing moved for 30 s:
/// [`Error::Stalled`] names what is in the way.
pub async fn step_all(db: &Database) -> Result<Progress, Error> {
    step_all_within(db, PATIENCE).await
}

/// As [`step_all`], giving up when nothing moved for as long as `patience`.
///
/// # Errors
/// As [`step_all`].
pub async fn step_all_within(db: &Database, patience: Duration) -> Result<Progress, Error> {
    let mut connection = db.pool().acquire().await?;
    let holder = platform::ids::new_id();
    ensure_served(&mut connection).await?;
    let goals = behind(&mut connection).await?;
    let mut applied = 0;
    for (key, goal) in &goals {
        let goal = Goal {
            key: *key,
            position: *goal,
            patience,
        };
        applied += drive_to(db, &mut connection, goal, holder).await?;
    }
    Ok(progress(goals.len(), applied))
}

/// Applies what can be read now of the shards that nobody holds, and waits for nothing: events behind an open
/// transaction stay for later.
///
/// # Errors
/// As [`step_all`], except that nothing is waited for.
pub async fn step_readable(db: &Database) -> Result<Progress, Error> {
    let mut connection = db.pool().acquire().await?;
    let holder = platform::ids::new_id();
    ensure_served(&mut connection).await?;
    let mut applied = 0;
    for (key, _) in behind(&mut connection).await? {
        applied += drive(db, &mut connection, key, holder).await?;
    }
    Ok(progress(0, applied))
}

fn progress(waited_for: usize, applied: u64) -> Progress {
    if applied > 0 || waited_for > 0 {
        Progress::Advanced(applied)
    } else {
        Progress::CaughtUp
    }
}

async fn ensure_served(connection: &mut PgConnection) -> Result<(), Error> {
    for projection in Projection::ALL {
        if served_version(connection, projection).await? != Some(projection.version()) {
            return Err(Error::NotInstalled(projection.name()));
        }
    }
    Ok(())
}

/// The cursors that stand before the newest committed event of their shard, and where that is.
async fn behind(connection: &mut PgConnection) -> Result<Vec<(CursorKey, Position)>, Error> {
    let rows = sqlx::query!(
        r#"select c.projection, c.shard, e.epoch, e.transaction_id::text as "transaction_id!", e.position
           from projection_cursors c
           cross join lateral (
             select epoch, transaction_id, position from events where shard = c.shard
             order by epoch desc, transaction_id desc, position desc limit 1
           ) e
           where not c.building
             and (e.epoch, e.transaction_id, e.position) > (c.epoch, c.transaction_id, c.position)
           order by c.projection, c.shard"#
    )
    .fetch_all(connection)
    .await?;
    let mut goals = Vec::with_capacity(rows.len());
    for row in rows {
        // A projection that this program does not have is another version's to drive.
        if let Ok(projection) = row.projection.parse() {
            let key = CursorKey {
                projection,
                shard: row.shard,
                building: false,
            };
            let goal = Position::from_columns(row.epoch, &row.transaction_id, row.position)?;
            goals.push((key, goal));
        }
    }
    Ok(goals)
}

/// Where a shard is to come to.
struct Goal {
    key: CursorKey,
    position: Position,
    /// How long nothing may move.
    patience: Duration,
}

/// Applies what is there, or waits for whoever does, until the shard has passed the goal.
async fn drive_to(
    db: &Database,
    connection: &mut PgConnection,
    goal: Goal,
    holder: Uuid,
) -> Result<u64, Error> {
    let mut applied = 0;
    let mut here = cursor::read(connection, goal.key).await?;
    let mut last_move = Instant::now();
    while here < goal.position {
        if last_move.elapsed() > goal.patience {
            return Err(Error::Stalled {
                seconds: goal.patience.as_secs(),
                obstacle: obstacle(connection, goal.key).await?,
            });
        }
        applied += drive(db, connection, goal.key, holder).await?;
        let before = std::mem::replace(&mut here, cursor::read(connection, goal.key).await?);
        if here > before {
            last_move = Instant::now();
        } else {
            sleep(PAUSE).await;
        }
    }
    Ok(applied)
}

/// Looks for what is in the way of a shard.
async fn obstacle(connection: &mut PgConnection, key: CursorKey) -> Result<Obstacle, Error> {
    let stall = stall::check(connection).await?;
    if let Some(culprit) = stall.and_then(|stall| stall.culprit) {
        return Ok(Obstacle::Transaction(culprit));
    }
    let lease = sqlx::query!(
        r#"select holder as "holder!", backend_pid as "backend_pid!" from projection_leases
           where projection = $1 and shard = $2 and holder is not null and backend_pid is not null"#,
        key.projection.name(),
        key.shard
    )
    .fetch_optional(connection)
    .await?;
    Ok(lease.map_or(Obstacle::Unseen, |lease| Obstacle::Worker {
        holder: lease.holder,
        backend_pid: lease.backend_pid,
        projection: key.projection.name(),
        shard: key.shard,
    }))
}

/// Takes the shard if nobody holds it, and applies what can be read.
async fn drive(
    db: &Database,
    connection: &mut PgConnection,
    key: CursorKey,
    holder: Uuid,
) -> Result<u64, Error> {
    let projection = key.projection;
    let version = Some(projection.version());
    let free =
        lease::take_free(connection, projection.name(), &[key.shard], holder, version).await?;
    let Some(lease) = free.into_iter().next() else {
        return Ok(0);
    };
    let driven = lease::keep_during(db, &[&lease], drive_under(connection, key, &lease)).await;
    let released = lease.release(connection).await;
    match driven {
        Err(Error::LeaseLost) => Ok(0),
        Err(error) => Err(error),
        Ok(applied) => released.map(|()| applied),
    }
}

/// Applies what can be read now, under a lease that the caller keeps alive. What is written meanwhile stays for later, so
/// this ends however fast others write. The cursor then stands at the end of a transaction: what one has written becomes
/// readable at once.
pub(crate) async fn drive_under(
    connection: &mut PgConnection,
    key: CursorKey,
    lease: &Lease,
) -> Result<u64, Error> {
    let watermark = feed::watermark(connection).await?;
    let mut applied = 0;
    while let Progress::Advanced(events) = step(connection, key, lease, watermark).await? {
        applied += events;
    }
    Ok(applied)
}
