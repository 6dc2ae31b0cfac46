//! Brings one school of the store to what the files state, in one transaction: events first, then the tables.

mod accounts;
mod classes;
mod difference;
mod roll;
mod rolls;
mod settings;

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;
use domain::{ClassId, Instant};
use event_store::{
    AppendError, Head, StreamId, Transient, append, database_clock, load_streams, with_retry,
};
use platform::clock::Clock;
use platform::database::{Database, SchoolTransaction};

use super::origin::Origin;
use super::past;
use super::roster::SchoolRoster;
use super::summary::{RollChanges, SchoolSummary};
use crate::wake_up;
pub use roll::import_user;
use roll::{RollPlan, Stamp};

/// What a school is written with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing<'a> {
    pub(super) database: &'a Database,
    pub(super) clock: &'a Clock,
    pub(super) fingerprint_key: &'a [u8; 32],
    pub(super) time_zone: Option<Tz>,
    /// Do everything, then take it back.
    pub(super) dry_run: bool,
    pub(super) origin: &'a Origin,
}

/// Why a school was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("events could not be read")]
    Read(#[from] event_store::ReadError),
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("another import of this school is running")]
    AnotherImport,
    #[error("the time zone {0} in the store is not known to this program")]
    TimeZone(String),
}

impl Transient for WriteError {
    fn is_transient(&self) -> bool {
        match self {
            // A run beside this one appended the same facts: they are found when the streams are read again.
            Self::Append(AppendError::DuplicateCommand) => true,
            Self::Append(error) => error.is_transient(),
            Self::Read(_) | Self::Database(_) | Self::TimeZone(_) | Self::AnotherImport => false,
        }
    }
}

/// Whether an import was not made because another one of the school is running.
pub(crate) fn is_another_import(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(WriteError::AnotherImport))
}

/// Writes a school, again from the start if somebody else was changing it.
pub(super) async fn write(
    writing: Writing<'_>,
    roster: &SchoolRoster,
) -> Result<SchoolSummary, WriteError> {
    with_retry(|| write_once(writing, roster)).await
}

async fn write_once(
    writing: Writing<'_>,
    roster: &SchoolRoster,
) -> Result<SchoolSummary, WriteError> {
    let mut transaction = writing.database.school(roster.school_id.as_uuid()).await?;
    // What is taken back needs no turn, and would keep it for a moment after the answer.
    if !writing.dry_run {
        take_turn(writing.origin, &mut transaction).await?;
    }
    let mut summary = SchoolSummary {
        code: roster.code.clone(),
        name: roster.name.clone(),
        ..SchoolSummary::default()
    };
    summary.count_rows(roster.counts);
    let time_zone = settings::time_zone(&mut transaction, roster, writing.time_zone).await?;
    summary.time_zone = time_zone.zone.name().to_owned();
    summary.time_zone_assumed = time_zone.assumed;

    let plans = append_events(
        writing,
        &mut transaction,
        roster,
        time_zone.zone,
        &mut summary,
    )
    .await?;
    summary.settings = settings::write(&mut transaction, roster, time_zone.zone).await?;
    summary.classes = classes::write(&mut transaction, roster).await?;
    summary.teachers = accounts::write_teachers(&mut transaction, roster).await?;
    summary.students = accounts::write_students(&mut transaction, roster).await?;
    for plan in plans.iter().filter(|plan| !plan.events.is_empty()) {
        rolls::write(&mut transaction, roster.school_id, plan).await?;
    }
    if !writing.dry_run {
        past::remember(writing, &mut transaction, &summary).await?;
        transaction.commit().await?;
        if summary.events > 0 {
            wake_up::committed();
        }
    }
    Ok(summary)
}

/// One import of a school at a time: the command line waits for its turn, somebody at a screen is told.
async fn take_turn(origin: &Origin, transaction: &mut SchoolTransaction) -> Result<(), WriteError> {
    let school_id = transaction.school_id();
    if origin.user.is_none() {
        sqlx::query!(
            "select pg_advisory_xact_lock(hashtextextended('import ' || $1::uuid::text, 0))",
            school_id
        )
        .execute(&mut **transaction)
        .await?;
        return Ok(());
    }
    let is_free = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended('import ' || $1::uuid::text, 0)) as "free!""#,
        school_id
    )
    .fetch_one(&mut **transaction)
    .await?;
    is_free.then_some(()).ok_or(WriteError::AnotherImport)
}

async fn append_events(
    writing: Writing<'_>,
    transaction: &mut SchoolTransaction,
    roster: &SchoolRoster,
    time_zone: Tz,
    summary: &mut SchoolSummary,
) -> Result<Vec<RollPlan>, WriteError> {
    let classes: BTreeSet<ClassId> = classes::all_ids(transaction, roster).await?;
    let ids: Vec<StreamId> = classes.iter().copied().map(StreamId::class_roll).collect();
    let mut streams = load_streams(transaction, roster.school_id, &ids).await?;
    // Compared with a part of a roll, the files would call for events that are there already.
    if let Some(fault) = streams.values_mut().find_map(|roll| roll.unreadable.take()) {
        return Err(event_store::ReadError::from(fault).into());
    }
    let recorded_at = now(writing.clock, transaction).await?;
    let stamp = Stamp {
        school_id: roster.school_id,
        recorded_at,
        today: recorded_at.with_timezone(&time_zone).date_naive(),
        fingerprint_key: writing.fingerprint_key,
    };
    let mut changes = RollChanges::default();
    let plans: Vec<RollPlan> = classes
        .into_iter()
        .filter_map(|class_id| Some((class_id, streams.get(&StreamId::class_roll(class_id))?)))
        .map(|(class_id, stream)| roll::plan(stamp, roster, class_id, stream, &mut changes))
        .collect();
    let heads: HashMap<StreamId, Head> = streams
        .into_iter()
        .map(|(id, stream)| (id, stream.head))
        .collect();
    let events: Vec<_> = plans
        .iter()
        .flat_map(|plan| plan.events.iter().cloned())
        .collect();
    append(transaction, roster.school_id, recorded_at, &heads, &events).await?;
    summary.rolls = changes;
    summary.events = events.len();
    Ok(plans)
}

/// The database's clock stamps what is recorded, unless a demo or a test makes its own time.
pub(super) async fn now(
    clock: &Clock,
    transaction: &mut SchoolTransaction,
) -> Result<Instant, WriteError> {
    if clock.is_simulated() {
        return Ok(clock.now());
    }
    Ok(database_clock(transaction).await?)
}
