//! What every read table must hold: a fold of all events, made here without any code of the projections, beside what
//! the tables do hold.

mod arrivals;
mod days;
mod expected;
mod found;
mod rolls;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::{Value, json};
use sqlx::PgConnection;

/// The rows of each read table, as canonical JSON.
type Tables = BTreeMap<&'static str, BTreeSet<String>>;

/// Compares every read table, of all schools, with a fold of all events.
///
/// # Errors
/// A table differs: the message names it, and what is missing from it or should not be in it.
pub async fn compare(connection: &mut PgConnection) -> Result<()> {
    let expected = expected::fold_all_events(connection).await?;
    let found = found::read_tables(connection, expected.keys().copied()).await?;
    for (table, rows) in &expected {
        let there = &found[table];
        if let Some(row) = rows.difference(there).next() {
            bail!("{table} lacks {row}; nearest: {:?}", nearest(row, there));
        }
        if let Some(row) = there.difference(rows).next() {
            bail!("{table} should not hold {row}");
        }
    }
    Ok(())
}

/// A row as text that depends on nothing but its columns and their values.
fn canonical(row: Value) -> String {
    let columns: BTreeMap<String, Value> = serde_json::from_value(row).unwrap_or_default();
    json!(columns).to_string()
}

/// The row that shares the longest beginning, which says what differs.
fn nearest<'rows>(row: &str, rows: &'rows BTreeSet<String>) -> Option<&'rows String> {
    let shared = |other: &str| {
        row.bytes()
            .zip(other.bytes())
            .take_while(|(a, b)| a == b)
            .count()
    };
    rows.iter().max_by_key(|other| shared(other))
}
