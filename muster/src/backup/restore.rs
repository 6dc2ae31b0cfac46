//! Puts a backup into an empty database.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use event_store::store::{RestoreUnderWay, mark_restore, reseat, restore_under_way};
use platform::database::Database;
use secrecy::SecretString;
use sqlx::Connection;

use super::postgres_tools::PostgresTools;
use crate::privacy::{Erasure, clear_away, erase};

/// Roles and what they may do with a database belong to the cluster and are in no dump.
const ROLES: &str = include_str!("../../../migrations/20261122100000_create_roles.sql");

/// What is to be put back.
#[derive(Debug)]
pub(crate) struct Dumps {
    pub(crate) data: PathBuf,
    /// Without them every remark and reason reads as erased.
    pub(crate) keys: Option<PathBuf>,
}

/// Fills an empty database from dumps.
///
/// # Errors
/// The database is not empty, or a dump does not go in; then nothing of that dump did, and the database is not used.
pub(crate) async fn put_back(owner: &Database, tools: &PostgresTools, dumps: &Dumps) -> Result<()> {
    let is_empty = sqlx::query_scalar!(
        r#"select not exists (
            select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'read', 'keyring', 'merged')
        ) and not exists (
            select from pg_namespace where nspname in ('restoring', 'restored')
        ) as "is_empty!""#
    )
    .fetch_one(owner.pool())
    .await
    .context("cannot look into the database")?;
    ensure!(
        is_empty,
        "the database is not empty: a backup is put into an empty one, so that nothing is lost that is there. After a restore \
         that was interrupted, drop the database and make it again"
    );
    for dump in [Some(&dumps.data), dumps.keys.as_ref()]
        .into_iter()
        .flatten()
    {
        ensure!(dump.is_file(), "there is no dump {}", dump.display());
    }
    mark(owner, RestoreUnderWay::Filling).await?;
    make_roles(owner).await.context("cannot make the roles")?;
    let all_or_nothing = ["--single-transaction", "--exit-on-error"];
    for dump in [Some(&dumps.data), dumps.keys.as_ref()]
        .into_iter()
        .flatten()
    {
        let path = dump.display().to_string();
        tools
            .run(
                "pg_restore",
                &[&all_or_nothing, &[path.as_str()][..]].concat(),
            )
            .await
            .with_context(|| format!("cannot put back {path}"))?;
    }
    mark(owner, RestoreUnderWay::Filled).await
}

async fn mark(owner: &Database, now: RestoreUnderWay) -> Result<()> {
    let mut connection = owner.pool().acquire().await?;
    mark_restore(&mut connection, now)
        .await
        .context("cannot say in the database how far the restore has come")
}

/// The function that is made beside the roles comes with the dump.
async fn make_roles(owner: &Database) -> sqlx::Result<()> {
    let mut connection = owner.pool().acquire().await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(ROLES).execute(&mut *transaction).await?;
    sqlx::query!("drop function current_school()")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// Makes a restored database the store that goes on: brings it up to date, erases again what was erased before, and only
/// then lets it be served, in a new epoch. Answers the epoch and how many students are erased. It can be done again.
///
/// # Errors
/// The database fails.
pub(crate) async fn take_into_use(
    url: &SecretString,
    owner: &Database,
    erasures: &[Erasure],
) -> Result<(i32, usize)> {
    let under_way = restore_under_way(&mut *owner.pool().acquire().await?).await?;
    ensure!(
        under_way != RestoreUnderWay::Filling,
        "not all of the backup is in this database: drop it, make it again and restore once more"
    );
    crate::migrate(url).await?;
    let erased = erase(owner, erasures).await?;
    clear_away(owner).await?;
    let mut connection = owner.pool().acquire().await?;
    let epoch = reseat(&mut connection)
        .await
        .context("cannot reseat the events")?;
    mark_restore(&mut connection, RestoreUnderWay::None).await?;
    Ok((epoch, erased))
}
