//! Reads the read tables whole.

use std::collections::BTreeSet;

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::Tables;

/// Where a row last changed in the feed says nothing about the fold.
const NOT_FOLDED: [&str; 3] = [
    "changed_epoch",
    "changed_transaction_id",
    "changed_position",
];

pub(super) async fn read_tables(
    connection: &mut PgConnection,
    tables: impl Iterator<Item = &'static str>,
) -> Result<Tables> {
    let mut found = Tables::new();
    for table in tables {
        let statement = format!("select to_jsonb(t)::text from read.{table} t");
        let rows: Vec<String> = sqlx::query_scalar(&statement)
            .fetch_all(&mut *connection)
            .await?;
        let rows: Result<BTreeSet<String>> = rows
            .iter()
            .map(|row| comparable(serde_json::from_str(row)?))
            .collect();
        found.insert(table, rows?);
    }
    Ok(found)
}

fn comparable(mut row: Value) -> Result<String> {
    if let Some(columns) = row.as_object_mut() {
        columns.retain(|column, _| !NOT_FOLDED.contains(&column.as_str()));
        for (column, value) in columns.iter_mut() {
            let time = value.as_str().filter(|_| column.ends_with("_at"));
            if let Some(Ok(time)) = time.map(str::parse::<DateTime<Utc>>) {
                *value = super::expected::time(time);
            }
        }
    }
    Ok(super::canonical(row))
}
