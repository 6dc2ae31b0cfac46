//! Compares what follows from events in two databases row by row.

use std::cmp::Ordering;

use anyhow::{Context, Result};
use futures::TryStreamExt;
use sqlx::PgPool;

/// Differences that are told in full; the rest are counted.
const MOST_TOLD: usize = 20;

/// What a comparison found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Rows and streams that were looked at.
    pub(crate) rows: u64,
    /// Rows that are in one database only, or differ, and streams that two readers find different.
    pub(crate) differences: u64,
    /// The first of them, in words.
    pub(crate) told: Vec<String>,
}

impl Comparison {
    /// Tells of a difference.
    pub(super) fn add(&mut self, table: &str, which: &str, row: &str) {
        self.differences += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(format!("{table}: {which}: {row}"));
        }
    }
}

/// Write-side tables, all rows of which [follow from the events](super::write_side).
const WRITE_SIDE: [&str; 9] = [
    "calendars",
    "closed_days",
    "covers",
    "enrolments",
    "expected_registers",
    "policies",
    "slots",
    "student_aliases",
    "teaching",
];

/// Holds every read table of `served` against the same one of `replayed`, and the write-side tables that follow from events
/// as well. Columns that only tell readers when to look again are left out: they do not follow from the events alone.
pub(super) async fn compare(served: &PgPool, replayed: &PgPool) -> Result<Comparison> {
    let mut comparison = Comparison::default();
    let read_tables = read_tables(served).await?;
    let tables = read_tables.iter().map(|table| ("read", table.as_str()));
    for (schema, table) in tables.chain(WRITE_SIDE.map(|table| ("public", table))) {
        compare_table((schema, table), served, replayed, &mut comparison)
            .await
            .with_context(|| format!("cannot compare {table}"))?;
    }
    Ok(comparison)
}

async fn read_tables(database: &PgPool) -> Result<Vec<String>> {
    let tables = sqlx::query_scalar!(
        r#"select table_name::text as "table_name!" from information_schema.tables
        where table_schema = 'read' and table_type = 'BASE TABLE' order by 1"#
    );
    tables
        .fetch_all(database)
        .await
        .context("cannot list the read tables")
}

/// Both sides come as text in the order of that text, so one walk finds what only one of them has.
async fn compare_table(
    (schema, table): (&str, &str),
    served: &PgPool,
    replayed: &PgPool,
    comparison: &mut Comparison,
) -> Result<()> {
    let statement = format!(
        "select (to_jsonb(t) - $1::text[])::text collate \"C\" as row from {schema}.{table} t order by 1"
    );
    let rows = || sqlx::query_scalar::<_, String>(&statement).bind(projections::POLLED_BY);
    let mut left = rows().fetch(served);
    let mut right = rows().fetch(replayed);
    let (mut one, mut other) = (left.try_next().await?, right.try_next().await?);
    loop {
        let order = match (&one, &other) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.cmp(other),
        };
        comparison.rows += 1;
        match (order, &one, &other) {
            (Ordering::Less, Some(row), _) => {
                comparison.add(table, "is served but does not follow from the events", row)
            }
            (Ordering::Greater, _, Some(row)) => {
                comparison.add(table, "follows from the events but is not served", row)
            }
            _ => {}
        }
        if order.is_le() {
            one = left.try_next().await?;
        }
        if order.is_ge() {
            other = right.try_next().await?;
        }
    }
}
