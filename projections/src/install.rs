//! What a new store needs before projections can run.

use event_store::feed::SHARDS;
use platform::database::Database;
use sqlx::{Executor, PgConnection};

use crate::error::Error;
use crate::projection::Projection;

/// Makes the read tables, cursors and leases that are missing. Safe to call at every start, by several processes.
///
/// A projection that was installed by another version of the program is left as it is: a worker rebuilds it.
///
/// # Errors
/// The migrations have not been run, or the database does not answer.
pub async fn install(db: &Database) -> Result<(), Error> {
    // Whoever calls, the tables belong to the worker's role.
    let mut transaction = db
        .pool()
        .begin_with("begin; set local role muster_worker; set local search_path = read, public")
        .await?;
    sqlx::query!("select pg_advisory_xact_lock(hashtext('muster projections install'))")
        .fetch_one(&mut *transaction)
        .await?;
    for projection in Projection::ALL {
        if !is_installed(&mut transaction, projection).await? {
            install_one(&mut transaction, projection).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}

async fn is_installed(
    connection: &mut PgConnection,
    projection: Projection,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from projection_versions where projection = $1) as "installed!""#,
        projection.name(),
    )
    .fetch_one(connection)
    .await?)
}

async fn install_one(connection: &mut PgConnection, projection: Projection) -> Result<(), Error> {
    let made = sqlx::query_scalar!(
        r#"select to_regclass('read.' || $1) is not null as "made!""#,
        projection.tables()[0],
    )
    .fetch_one(&mut *connection)
    .await?;
    if !made {
        connection.execute(projection.tables_sql()).await?;
    }
    let shards: Vec<i16> = (0..SHARDS).collect();
    sqlx::query!(
        "insert into projection_cursors (projection, shard) select $1, unnest($2::smallint[])",
        projection.name(),
        &shards,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into projection_leases (projection, shard) select $1, unnest($2::smallint[])",
        projection.name(),
        &shards,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into projection_versions (projection, served_version) values ($1, $2)",
        projection.name(),
        projection.version(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes sure that the served tables are of a version that this program may do something with.
///
/// # Errors
/// [`Error::OtherVersion`] when they are not, [`Error::NotInstalled`] when there are none.
pub(crate) async fn ensure_version(
    connection: &mut PgConnection,
    projection: Projection,
    is_right: impl Fn(i32, i32) -> bool,
) -> Result<(), Error> {
    let served = served_version(connection, projection)
        .await?
        .ok_or(Error::NotInstalled(projection.name()))?;
    let ours = projection.version();
    if is_right(served, ours) {
        Ok(())
    } else {
        Err(Error::OtherVersion {
            projection: projection.name(),
            served,
            ours,
        })
    }
}

/// The version whose tables are served; none before [`install`].
pub(crate) async fn served_version(
    connection: &mut PgConnection,
    projection: Projection,
) -> Result<Option<i32>, Error> {
    Ok(sqlx::query_scalar!(
        "select served_version from projection_versions where projection = $1",
        projection.name(),
    )
    .fetch_optional(connection)
    .await?)
}
