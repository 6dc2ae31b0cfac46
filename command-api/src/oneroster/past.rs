//! The imports of a school that were made, kept for ever.

use platform::database::SchoolTransaction;

use super::origin::Origin;
use super::summary::{ImportCounts, SchoolSummary};
use super::write::{WriteError, Writing, now};

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PastOutcome {
    /// It changed something.
    Imported,
    /// The store said all of it already.
    Unchanged,
    /// The files were wrong.
    Refused,
}

impl PastOutcome {
    /// The word that is stored and answered.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// What is kept of an import.
struct Past {
    outcome: PastOutcome,
    events: usize,
    errors: usize,
    counts: ImportCounts,
}

/// Keeps that an import was made, with what it changed.
pub(super) async fn remember(
    writing: Writing<'_>,
    transaction: &mut SchoolTransaction,
    summary: &SchoolSummary,
) -> Result<(), WriteError> {
    let past = Past {
        outcome: if summary.is_unchanged() {
            PastOutcome::Unchanged
        } else {
            PastOutcome::Imported
        },
        events: summary.events,
        errors: 0,
        counts: summary.changes(),
    };
    let at = now(writing.clock, transaction).await?;
    Ok(keep(transaction, writing.origin, at, past).await?)
}

/// Keeps that files were wrong.
///
/// # Errors
/// The database fails.
pub(crate) async fn remember_refused(
    transaction: &mut SchoolTransaction,
    origin: &Origin,
    at: domain::Instant,
    errors: usize,
) -> Result<(), sqlx::Error> {
    let past = Past {
        outcome: PastOutcome::Refused,
        events: 0,
        errors,
        counts: ImportCounts::default(),
    };
    keep(transaction, origin, at, past).await
}

async fn keep(
    transaction: &mut SchoolTransaction,
    origin: &Origin,
    at: domain::Instant,
    past: Past,
) -> Result<(), sqlx::Error> {
    let counts =
        serde_json::to_string(&past.counts).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let file = origin.file.as_ref();
    sqlx::query!(
        "insert into imports
            (school_id, imported_at, user_id, file_name, file_bytes, file_sha256, outcome, events, errors, counts)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json)",
        transaction.school_id(),
        at,
        origin.user.map(|user| user.as_uuid()),
        file.and_then(|file| file.name.clone()),
        file.map(|file| i64::try_from(file.bytes).unwrap_or(i64::MAX)),
        file.map(|file| file.sha256.to_vec()),
        past.outcome.as_str(),
        number(past.events),
        number(past.errors),
        counts
    )
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
