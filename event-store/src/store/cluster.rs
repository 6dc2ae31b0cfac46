//! Whether the transaction ids in the events mean something in this cluster.

use sqlx::{Connection, PgConnection};

use crate::feed::SHARDS;
use crate::position::parse_transaction_id;
use crate::{RoleSeesTooLittle, log, sight};

/// Why the store must not be used in this cluster.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The events were written in another cluster.
    #[error(
        "this store was written in another PostgreSQL cluster: its newest transaction is {newest}, this cluster has only \
         come to {next}, so its events would stay unread and new ones would be put before them; run `muster events \
         reseat` once and start again"
    )]
    NeedsReseat {
        /// Transaction of the newest event of the store's epoch.
        newest: u64,
        /// The next transaction id that this cluster gives out.
        next: u64,
    },
    /// The store was moved, or went back to an earlier moment, though its transaction ids happen to fit.
    #[error(
        "this store was restored or its PostgreSQL was promoted: it was written in cluster {written_in} and is now in \
         {found_in}, so devices must learn to send again what they keep; run `muster events reseat` once and start again"
    )]
    Moved {
        /// System identifier and timeline in which the store's epoch began.
        written_in: String,
        /// Those of this cluster.
        found_in: String,
    },
    /// A backup is being put into the database, or that was interrupted.
    #[error(
        "a backup is being put into this database, or that was interrupted: let `muster restore` finish; if it failed, drop \
         the database, make it again and restore once more"
    )]
    BeingRestored,
    /// The role sees only the events of one school or of none, so it cannot tell.
    #[error(transparent)]
    RoleSeesTooLittle(#[from] RoleSeesTooLittle),
    /// The database failed.
    #[error("the cluster could not be checked")]
    Database(#[from] sqlx::Error),
}

/// Checks that the current epoch was written in this cluster, and that its transaction ids lie in the cluster's past.
///
/// After a logical restore into a younger cluster they lie in its future. Needs a role that sees every school.
///
/// # Errors
/// [`ClusterError::NeedsReseat`], [`ClusterError::Moved`] or [`ClusterError::BeingRestored`] when the store must not be used.
pub async fn check_cluster(connection: &mut PgConnection) -> Result<(), ClusterError> {
    sight::of_every_school(connection).await??;
    if restore_under_way(connection).await? != RestoreUnderWay::None {
        return Err(ClusterError::BeingRestored);
    }
    let newest = newest_transaction(connection).await?;
    let next = next_transaction(connection).await?;
    if let Some(newest) = newest.filter(|newest| *newest >= next) {
        return Err(ClusterError::NeedsReseat { newest, next });
    }
    let cluster = sqlx::query!(
        r#"select cluster as written_in, cluster_identity() as "found_in!" from store"#
    )
    .fetch_one(connection)
    .await?;
    if cluster.written_in == cluster.found_in {
        Ok(())
    } else {
        Err(ClusterError::Moved {
            written_in: cluster.written_in,
            found_in: cluster.found_in,
        })
    }
}

/// Whether a backup is being put into the database.
///
/// A schema says so, made before the first of it goes in: whatever happens then, nobody uses half of a store, or one in which
/// those who were erased since are back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreUnderWay {
    /// No.
    None,
    /// Not all of it is in.
    Filling,
    /// All of it is in, and it is not ready to be used.
    Filled,
}

/// How far a restore into the database has come.
///
/// # Errors
/// When the database does not answer.
pub async fn restore_under_way(connection: &mut PgConnection) -> sqlx::Result<RestoreUnderWay> {
    let schemas = sqlx::query!(
        r#"select to_regnamespace('restoring') is not null as "filling!",
                  to_regnamespace('restored') is not null as "filled!""#
    )
    .fetch_one(connection)
    .await?;
    Ok(match (schemas.filling, schemas.filled) {
        (true, _) => RestoreUnderWay::Filling,
        (false, true) => RestoreUnderWay::Filled,
        (false, false) => RestoreUnderWay::None,
    })
}

/// Says how far a restore into the database has come. Needs the owner.
///
/// # Errors
/// When the database does not answer, the role may not, or it does not follow on what was said before.
pub async fn mark_restore(connection: &mut PgConnection, now: RestoreUnderWay) -> sqlx::Result<()> {
    let statement = match now {
        RestoreUnderWay::Filling => "create schema restoring",
        RestoreUnderWay::Filled => "alter schema restoring rename to restored",
        RestoreUnderWay::None => "drop schema if exists restored",
    };
    sqlx::raw_sql(statement).execute(connection).await?;
    Ok(())
}

/// Raises the epoch, so that what is stored comes before everything that will be appended, whatever its ids say.
///
/// No event is touched. The log of each school goes on in a new one, which states what was restored. Devices learn from it to send again what they keep. Needs the owner; answers the new epoch.
///
/// # Errors
/// When the database does not answer or the role may not.
pub async fn reseat(connection: &mut PgConnection) -> sqlx::Result<i32> {
    let mut transaction = connection.begin().await?;
    // An append that has read the old epoch must be over before the new one is seen: readers take everything of an
    // earlier epoch for finished. So this waits for running appends and keeps new ones waiting.
    sqlx::query!("lock table events in share row exclusive mode")
        .execute(&mut *transaction)
        .await?;
    let epoch = sqlx::query_scalar!(
        "update store set epoch = epoch + 1, cluster = cluster_identity() returning epoch"
    )
    .fetch_one(&mut *transaction)
    .await?;
    log::open_all(&mut transaction).await?;
    transaction.commit().await?;
    Ok(epoch)
}

/// The newest transaction of the store's epoch, one look at the index for each shard.
async fn newest_transaction(connection: &mut PgConnection) -> sqlx::Result<Option<u64>> {
    let newest = sqlx::query_scalar!(
        r#"select newest.transaction_id::text as "transaction_id!"
        from generate_series(0, $1::int - 1) as shards (shard)
        cross join lateral (
            select transaction_id from events
            where events.shard = shards.shard::smallint and epoch = (select epoch from store)
            order by transaction_id desc
            limit 1
        ) as newest
        order by newest.transaction_id desc
        limit 1"#,
        i32::from(SHARDS)
    )
    .fetch_optional(connection)
    .await?;
    newest.as_deref().map(parse_transaction_id).transpose()
}

async fn next_transaction(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let next = sqlx::query_scalar!(
        r#"select pg_snapshot_xmax(pg_current_snapshot())::text as "transaction_id!""#
    )
    .fetch_one(connection)
    .await?;
    parse_transaction_id(&next)
}
