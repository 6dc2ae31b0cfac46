//! Whether what is served follows from the events: all that follows is made anew in an empty database and compared, and
//! whether the events are what they seem: all of them are read by two readers.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use event_store::Position;
use indicatif::ProgressBar;
use platform::database::{Database, DatabaseRole};
use secrecy::{ExposeSecret, SecretString};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use super::comparison::{Comparison, compare};
use super::copy::{copy_events, copy_retentions};
use super::readers::compare_readers;
use super::write_side::make_write_side;

/// What a replay found.
#[derive(Debug, Clone)]
pub(crate) struct Replayed {
    /// The comparison of the tables.
    pub(crate) comparison: Comparison,
    /// Events that were replayed.
    pub(crate) events: u64,
    /// Events were appended while the replay ran, so differences prove nothing.
    pub(crate) overtaken: bool,
}

/// Into where, and how much of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Extent<'a> {
    /// All events, and what is served is compared with what comes of them. Into this database, or into one beside
    /// the store's that is dropped afterwards.
    Everything(Option<&'a SecretString>),
    /// What was recorded by a moment, into this database. There is nothing to compare the read tables with.
    AsOf(&'a SecretString, DateTime<Utc>),
}

/// Replays the store at `source`.
///
/// # Errors
/// The target is not empty, or one of the databases fails.
pub(crate) async fn replay(
    source: &SecretString,
    extent: Extent<'_>,
    progress: &ProgressBar,
) -> Result<Replayed> {
    let owner = Database::connect(source, DatabaseRole::Owner, 3)
        .await
        .context("cannot connect to the store")?;
    let outcome = match extent {
        Extent::Everything(Some(target)) => {
            replay_into(&owner, source, target, None, progress).await
        }
        Extent::Everything(None) => replay_beside(&owner, source, progress).await,
        Extent::AsOf(target, moment) => {
            replay_into(&owner, source, target, Some(moment), progress).await
        }
    };
    owner.pool().close().await;
    outcome
}

async fn replay_beside(
    owner: &Database,
    source: &SecretString,
    progress: &ProgressBar,
) -> Result<Replayed> {
    let name = format!("muster_replay_{}", platform::ids::new_id().simple());
    sqlx::raw_sql(&format!("create database {name}"))
        .execute(owner.pool())
        .await
        .context("cannot make a database to replay into: give an empty one with --into")?;
    let options: PgConnectOptions = source.expose_secret().parse()?;
    let target = SecretString::from(options.database(&name).to_url_lossy().to_string());
    let outcome = replay_into(owner, source, &target, None, progress).await;
    sqlx::raw_sql(&format!("drop database {name} with (force)"))
        .execute(owner.pool())
        .await
        .with_context(|| format!("cannot drop the database {name} again"))?;
    outcome
}

async fn replay_into(
    owner: &Database,
    source: &SecretString,
    target: &SecretString,
    as_of: Option<DateTime<Utc>>,
    progress: &ProgressBar,
) -> Result<Replayed> {
    crate::migrate(target)
        .await
        .context("cannot lay out the database to replay into")?;
    let replica = Database::connect(target, DatabaseRole::Owner, 3).await?;
    let outcome = async {
        if newest(&replica).await?.is_some() {
            bail!("the database to replay into is not empty");
        }
        progress.set_length(5);
        progress.set_message("copying the events");
        copy_events(owner.pool(), replica.pool(), as_of, progress).await?;
        if as_of.is_none() {
            copy_retentions(owner.pool(), replica.pool()).await?;
        }
        progress.inc(1);
        progress.set_message("projecting the copied events");
        project(target)
            .await
            .context("cannot project the copied events")?;
        progress.inc(1);
        let (mut comparison, overtaken) = match as_of {
            None => compare_served(owner, source, &replica, progress).await?,
            Some(_) => (Comparison::default(), false),
        };
        progress.set_message("reading every stream with postgres-es");
        let events = compare_readers(&replica, target, &mut comparison).await?;
        Ok(Replayed {
            comparison,
            events,
            overtaken,
        })
    }
    .await;
    replica.pool().close().await;
    outcome
}

/// Also answers whether events were appended since they were copied.
async fn compare_served(
    owner: &Database,
    source: &SecretString,
    replica: &Database,
    progress: &ProgressBar,
) -> Result<(Comparison, bool)> {
    progress.set_message("waiting for the served read tables");
    project(source)
        .await
        .context("the served read tables do not come to the end of the events")?;
    progress.inc(1);
    progress.set_message("comparing what follows from the events");
    make_write_side(owner.pool(), replica.pool()).await?;
    let comparison = compare(owner.pool(), replica.pool()).await?;
    progress.inc(1);
    Ok((comparison, newest(owner).await? != newest(replica).await?))
}

/// Waits until the read tables hold everything, doing what no worker does.
async fn project(url: &SecretString) -> Result<()> {
    let worker = Database::connect(url, DatabaseRole::Worker, 2).await?;
    let projected = projections::step_all(&worker).await;
    worker.pool().close().await;
    projected?;
    Ok(())
}

async fn newest(database: &Database) -> Result<Option<Position>> {
    let row = sqlx::query!(
        r#"select epoch, transaction_id::text as "transaction_id!", position from events
        order by epoch desc, events.transaction_id desc, position desc limit 1"#
    )
    .fetch_optional(database.pool())
    .await?;
    row.map(|row| {
        Ok(Position::from_columns(
            row.epoch,
            &row.transaction_id,
            row.position,
        )?)
    })
    .transpose()
}
