//! Writes the whole history of a school to a file: events, logs and a checkpoint. No names are in it, and texts stay sealed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use event_store::Position;
use event_store::store::identity;
use indicatif::ProgressBar;
use platform::database::Database;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::line::{EventLine, Head, Line, VERSION};

/// Events in a page.
const PAGE: i64 = 2_000;

/// Writes the school as of now, and answers how many events it has.
pub(crate) async fn export(
    owner: &Database,
    school_id: Uuid,
    checkpoint: String,
    path: &Path,
    progress: &ProgressBar,
) -> Result<u64> {
    let file = File::create_new(path).with_context(|| format!("cannot make {}", path.display()))?;
    let mut file = BufWriter::new(file);
    let mut connection = owner.pool().acquire().await?;
    let mut moment = connection
        .begin_with("begin isolation level repeatable read, read only")
        .await?;
    let store_id = identity(&mut moment).await?.store_id;
    let head = Head {
        version: VERSION,
        store_id,
        school_id,
        checkpoint,
    };
    write(&mut file, &Line::MusterExport(head))?;
    let mut restores = restores(&mut moment, school_id)
        .await?
        .into_iter()
        .peekable();
    let (mut read_to, mut events) = (Position::LOWEST, 0);
    loop {
        let page = read_page(&mut moment, school_id, read_to).await?;
        let Some(last) = page.last() else { break };
        read_to = last.position;
        for event in page {
            while let Some(restored) = restores.next_if(|(log, _)| Some(*log) <= event.log) {
                write(&mut file, &restored_line(restored))?;
            }
            write(&mut file, &Line::Event(Box::new(event)))?;
            events += 1;
        }
        progress.set_position(events);
    }
    for restored in restores {
        write(&mut file, &restored_line(restored))?;
    }
    file.flush().context("cannot write the file")?;
    Ok(events)
}

fn restored_line((log, from): (i32, String)) -> Line {
    Line::Restored { log, leaf: 0, from }
}

fn write(file: &mut BufWriter<File>, line: &Line) -> Result<()> {
    serde_json::to_writer(&mut *file, line).context("cannot write the file")?;
    file.write_all(b"\n").context("cannot write the file")
}

/// The logs that go on after a restore, oldest first, with what their first leaf says.
async fn restores(connection: &mut PgConnection, school_id: Uuid) -> Result<Vec<(i32, String)>> {
    let rows = sqlx::query!(
        r#"select log_epoch, restored_from as "from!" from log_leaves
        where school_id = $1 and leaf_index = 0 and restored_from is not null order by log_epoch"#,
        school_id
    )
    .fetch_all(connection)
    .await
    .context("cannot read the logs")?;
    Ok(rows
        .into_iter()
        .map(|row| (row.log_epoch, row.from))
        .collect())
}

async fn read_page(
    connection: &mut PgConnection,
    school_id: Uuid,
    after: Position,
) -> Result<Vec<EventLine>> {
    let rows = sqlx::query!(
        r#"select l.log_epoch as "log?", l.leaf_index as "leaf?", e.aggregate_type, e.aggregate_id, e.sequence,
            e.event_type, e.event_version, e.payload::text as "payload!", e.metadata::text as "metadata!",
            e.epoch, e.transaction_id::text as "transaction_id!", e.position, e.command_id, e.fingerprint,
            e.occurred_at, e.raw_occurred_at, e.recorded_at, e.actor_id, e.device_id, e.flags, e.hash
        from events e
        left join log_leaves l on l.school_id = e.school_id and l.command_id = e.command_id
        where e.school_id = $1 and (e.epoch, e.transaction_id, e.position) > ($2, $3::text::xid8, $4)
        order by e.epoch, e.transaction_id, e.position
        limit $5"#,
        school_id,
        after.epoch,
        after.transaction_id.to_string(),
        after.position,
        PAGE
    )
    .fetch_all(connection)
    .await
    .context("cannot read the events")?;
    let lines = rows.into_iter().map(|row| {
        Ok(EventLine {
            log: row.log,
            leaf: row.leaf.map(i64::unsigned_abs),
            aggregate_type: row.aggregate_type,
            aggregate_id: row.aggregate_id,
            sequence: row.sequence,
            event_type: row.event_type,
            event_version: row.event_version,
            payload: row.payload,
            metadata: row.metadata,
            position: Position::from_columns(row.epoch, &row.transaction_id, row.position)?,
            command_id: row.command_id,
            fingerprint: row.fingerprint,
            occurred_at: row.occurred_at.timestamp_micros(),
            raw_occurred_at: row.raw_occurred_at.timestamp_micros(),
            recorded_at: row.recorded_at.timestamp_micros(),
            actor_id: row.actor_id,
            device_id: row.device_id,
            flags: row.flags,
            hash: row.hash,
        })
    });
    lines.collect()
}
