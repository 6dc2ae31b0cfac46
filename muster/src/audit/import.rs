//! Loads an export into an empty database, and only if it verifies there.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use event_store::Position;
use event_store::log::{PublicKey, event_leaf, restored_leaf};
use event_store::merkle::Frontier;
use event_store::verify::{Report, verify_at_one_moment};
use indicatif::ProgressBar;
use platform::database::Database;
use sqlx::PgConnection;
use uuid::Uuid;

use super::line::{EventLine, Export, Line};
use super::verify_file::{own_checkpoint, verify_file};

/// Loads the file, which was read and checked once by itself. The database becomes the store that the file is from, one
/// restore later. Nothing is kept of a file in which something does not fit: the report says what.
pub(crate) async fn import(
    owner: &Database,
    path: &Path,
    key: Option<&PublicKey>,
    progress: &ProgressBar,
) -> Result<Report> {
    let (_, checked) = verify_file(path, &[], key)?;
    if checked.fault.is_some() {
        return Ok(checked);
    }
    let mut export = Export::open(path)?;
    let checkpoint = own_checkpoint(&export, key)?;
    let mut transaction = owner.pool().begin().await?;
    refuse_if_not_empty(&mut transaction).await?;
    let mut loading = Loading::new(export.head.school_id);
    while let Some(line) = export.next()? {
        match line {
            Line::MusterExport(_) => bail!("the file has two heads"),
            Line::Restored { log, leaf, from } => {
                loading
                    .add_restored(&mut transaction, log, leaf, &from)
                    .await?;
            }
            Line::Event(event) => loading.add(&mut transaction, &event).await?,
        }
        progress.inc(1);
    }
    loading
        .finish(&mut transaction, export.head.store_id)
        .await?;
    let school = export.head.school_id.into();
    let report = verify_at_one_moment(&mut transaction, school, &[checkpoint]).await?;
    if report.fault.is_none() {
        transaction.commit().await?;
    }
    Ok(report)
}

async fn refuse_if_not_empty(connection: &mut PgConnection) -> Result<()> {
    let is_used = sqlx::query_scalar!(
        r#"select exists (select from events) or exists (select from log_leaves) or exists (select from schools) as "used!""#
    )
    .fetch_one(connection)
    .await?;
    if is_used {
        bail!("the database is not empty: import into a new one");
    }
    Ok(())
}

/// What is being loaded.
struct Loading {
    school_id: Uuid,
    logs: BTreeMap<i32, Frontier>,
    /// The last event that has a leaf: the sequencer goes on after it.
    logged: Option<Position>,
    epoch: i32,
}

impl Loading {
    fn new(school_id: Uuid) -> Self {
        Self {
            school_id,
            logs: BTreeMap::new(),
            logged: None,
            epoch: 0,
        }
    }

    async fn add(&mut self, connection: &mut PgConnection, event: &EventLine) -> Result<()> {
        insert_event(connection, self.school_id, event).await?;
        self.epoch = self.epoch.max(event.position.epoch);
        let (Some(log), Some(leaf)) = (event.log, event.leaf) else {
            return Ok(());
        };
        let hash = event
            .hash
            .as_slice()
            .try_into()
            .context("a hash has 32 bytes")?;
        let command = event.command_id;
        let hash = event_leaf(self.school_id.into(), command.into(), hash);
        let nodes = self.logs.entry(log).or_default().append(hash).concat();
        self.insert_leaf(connection, (log, leaf), Some(command), None, &nodes)
            .await?;
        self.logged = Some(event.position);
        Ok(())
    }

    async fn add_restored(
        &mut self,
        connection: &mut PgConnection,
        log: i32,
        leaf: u64,
        from: &str,
    ) -> Result<()> {
        let hash = restored_leaf(&from.parse()?);
        let nodes = self.logs.entry(log).or_default().append(hash).concat();
        self.insert_leaf(connection, (log, leaf), None, Some(from), &nodes)
            .await
    }

    async fn insert_leaf(
        &mut self,
        connection: &mut PgConnection,
        (log, leaf): (i32, u64),
        command_id: Option<Uuid>,
        restored_from: Option<&str>,
        nodes: &[u8],
    ) -> Result<()> {
        self.epoch = self.epoch.max(log);
        sqlx::query!(
            "insert into log_leaves (school_id, log_epoch, leaf_index, command_id, restored_from, nodes)
            values ($1, $2, $3, $4, $5, $6)",
            self.school_id,
            log,
            i64::try_from(leaf)?,
            command_id,
            restored_from,
            nodes
        )
        .execute(connection)
        .await
        .context("a leaf cannot be loaded")?;
        Ok(())
    }

    /// The numbers of transactions are another cluster's: so everything belongs to earlier epochs.
    async fn finish(self, connection: &mut PgConnection, store_id: Uuid) -> Result<()> {
        sqlx::query!(
            "update store set store_id = $1, epoch = $2",
            store_id,
            self.epoch + 1
        )
        .execute(&mut *connection)
        .await?;
        let logged = self.logged.unwrap_or(Position::START);
        sqlx::query!(
            "update log_cursors set epoch = $1, transaction_id = $2::text::xid8, position = $3
            where shard = get_byte(uuid_send($4::uuid), 15) % 8",
            logged.epoch,
            logged.transaction_id.to_string(),
            logged.position,
            self.school_id
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn insert_event(
    connection: &mut PgConnection,
    school_id: Uuid,
    event: &EventLine,
) -> Result<()> {
    sqlx::query!(
        "insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            epoch, transaction_id, position, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id,
            device_id, flags, hash) overriding system value
        values ($1, $2, $3, $4, $5, $6, $7::text::json, $8::text::json, $9, $10::text::xid8, $11, $12, $13, $14, $15, $16,
            $17, $18, $19, $20)",
        school_id,
        event.aggregate_type,
        event.aggregate_id,
        event.sequence,
        event.event_type,
        event.event_version,
        event.payload,
        event.metadata,
        event.position.epoch,
        event.position.transaction_id.to_string(),
        event.position.position,
        event.command_id,
        event.fingerprint,
        moment(event.occurred_at)?,
        moment(event.raw_occurred_at)?,
        moment(event.recorded_at)?,
        event.actor_id,
        event.device_id,
        &event.flags,
        event.hash
    )
    .execute(connection)
    .await
    .with_context(|| format!("the event of command {} cannot be loaded", event.command_id))?;
    Ok(())
}

fn moment(microseconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_micros(microseconds).context("a time is beyond the calendar")
}
