//! `exceptions`: one row an exception that was recorded.

use chrono::NaiveDate;
use domain::{
    Effect, Event, Exception, ExceptionEvent, Instant, Recorded, SchoolId, SealedText, Slot,
    UserId, exception_effects, fold_exception,
};
use event_store::{Position, StreamId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::spans::Named;
use crate::error::Error;
use crate::stream::LoadedStream;

/// An exception as its events make it.
pub(super) struct TouchedException {
    pub(super) exception: Exception,
    pub(super) named: Named,
    change: Option<Change>,
    /// Position of its last event in the batch.
    pub(super) newest: Position,
}

pub(super) fn fold(streams: &[LoadedStream]) -> Vec<TouchedException> {
    streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::ATTENDANCE_EXCEPTION)
        .filter_map(|stream| {
            let events = stream.events_of(Event::as_exception);
            let named = Named::by(events.iter().map(|recorded| recorded.event))?;
            Some(TouchedException {
                exception: fold_exception(&events)?,
                change: Change::of(&events, &named),
                named,
                newest: stream.newest,
            })
        })
        .collect()
}

/// What was last said of an exception that counts now or did once: absences may count otherwise since.
struct Change {
    by: UserId,
    /// When it reached the store.
    arrived_at: Instant,
    /// All days that the exception has ever named lie between these two.
    first_day: NaiveDate,
    last_day: NaiveDate,
}

impl Change {
    /// None as long as the exception never counted: what was never approved changed nothing.
    fn of(events: &[Recorded<&ExceptionEvent>], named: &Named) -> Option<Self> {
        if !events.iter().any(|recorded| approves(recorded.event)) {
            return None;
        }
        let effects = exception_effects(events);
        let counts = |recorded: &&Recorded<&ExceptionEvent>| {
            effects.get(&recorded.command_id) != Some(&Effect::Superseded)
        };
        let last = events.iter().filter(counts);
        // Of what arrived together, the last in the order of the fold.
        let last = last.max_by_key(|recorded| (recorded.recorded_at, recorded.place()))?;
        Some(Self {
            by: last.actor_id,
            arrived_at: last.recorded_at,
            first_day: named.first_day,
            last_day: named.last_day,
        })
    }
}

fn approves(event: &ExceptionEvent) -> bool {
    match event {
        ExceptionEvent::ExceptionRecorded(event) => event.approved,
        ExceptionEvent::ExceptionApproved(_) => true,
        ExceptionEvent::ExceptionAmended(_)
        | ExceptionEvent::ExceptionRejected(_)
        | ExceptionEvent::ExceptionRevoked(_) => false,
    }
}

#[derive(Default)]
struct Rows<'a> {
    exception_id: Vec<Uuid>,
    student_id: Vec<Uuid>,
    category: Vec<&'static str>,
    start_date: Vec<NaiveDate>,
    end_date: Vec<NaiveDate>,
    /// Joined by commas, which no slot contains: arrays of different lengths cannot be unnested.
    slots: Vec<Option<String>>,
    reason: Vec<&'a [u8]>,
    state: Vec<&'static str>,
    recorded_by: Vec<Uuid>,
    recorded_at: Vec<Instant>,
    decided_by: Vec<Option<Uuid>>,
    decided_at: Vec<Option<Instant>>,
    decision_reason: Vec<Option<&'a [u8]>>,
    changed_by: Vec<Option<Uuid>>,
    change_arrived_at: Vec<Option<Instant>>,
    change_first_day: Vec<Option<NaiveDate>>,
    change_last_day: Vec<Option<NaiveDate>>,
}

impl<'a> Rows<'a> {
    fn push(&mut self, touched: &'a TouchedException) {
        let exception = &touched.exception;
        self.exception_id.push(exception.exception_id.into());
        self.student_id.push(exception.student_id.into());
        self.category.push(exception.category.as_str());
        self.start_date.push(exception.start_date);
        self.end_date.push(exception.end_date);
        self.slots.push(exception.slots.as_deref().map(joined));
        self.reason.push(exception.reason.as_bytes());
        self.state.push(exception.state.as_str());
        self.recorded_by.push(exception.recorded_by.into());
        self.recorded_at.push(exception.recorded_occurred_at);
        self.decided_by.push(exception.decided_by.map(Into::into));
        self.decided_at.push(exception.decided_at);
        self.decision_reason
            .push(exception.decision_reason.as_ref().map(SealedText::as_bytes));
        let change = touched.change.as_ref();
        self.changed_by.push(change.map(|change| change.by.into()));
        self.change_arrived_at
            .push(change.map(|change| change.arrived_at));
        self.change_first_day
            .push(change.map(|change| change.first_day));
        self.change_last_day
            .push(change.map(|change| change.last_day));
    }
}

fn joined(slots: &[Slot]) -> String {
    slots.iter().map(Slot::as_str).collect::<Vec<_>>().join(",")
}

/// Writes the exceptions.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    exceptions: &[&TouchedException],
) -> Result<(), Error> {
    if exceptions.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::default();
    for touched in exceptions {
        rows.push(touched);
    }
    sqlx::query!(
        "insert into exceptions as x (school_id, exception_id, student_id, category, start_date, end_date, slots, reason,
           state, recorded_by, recorded_at, decided_by, decided_at, decision_reason, changed_by, change_arrived_at,
           change_first_day, change_last_day)
         select $1, t.exception_id, t.student_id, t.category, t.start_date, t.end_date, string_to_array(t.slots, ','),
           t.reason, t.state, t.recorded_by, t.recorded_at, t.decided_by, t.decided_at, t.decision_reason, t.changed_by,
           t.change_arrived_at, t.change_first_day, t.change_last_day
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[], $7::text[], $8::bytea[], $9::text[],
             $10::uuid[], $11::timestamptz[], $12::uuid[], $13::timestamptz[], $14::bytea[], $15::uuid[],
             $16::timestamptz[], $17::date[], $18::date[])
           as t (exception_id, student_id, category, start_date, end_date, slots, reason, state, recorded_by,
             recorded_at, decided_by, decided_at, decision_reason, changed_by, change_arrived_at, change_first_day,
             change_last_day)
         on conflict on constraint exceptions_pkey do update
         set student_id = excluded.student_id, category = excluded.category, start_date = excluded.start_date,
             end_date = excluded.end_date, slots = excluded.slots, reason = excluded.reason, state = excluded.state,
             recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at, decided_by = excluded.decided_by,
             decided_at = excluded.decided_at, decision_reason = excluded.decision_reason,
             changed_by = excluded.changed_by, change_arrived_at = excluded.change_arrived_at,
             change_first_day = excluded.change_first_day, change_last_day = excluded.change_last_day
         where x.* is distinct from excluded.*",
        school_id.as_uuid(),
        &rows.exception_id,
        &rows.student_id,
        &rows.category as &[&str],
        &rows.start_date,
        &rows.end_date,
        &rows.slots as &[Option<String>],
        &rows.reason as &[&[u8]],
        &rows.state as &[&str],
        &rows.recorded_by,
        &rows.recorded_at,
        &rows.decided_by as &[Option<Uuid>],
        &rows.decided_at as &[Option<Instant>],
        &rows.decision_reason as &[Option<&[u8]>],
        &rows.changed_by as &[Option<Uuid>],
        &rows.change_arrived_at as &[Option<Instant>],
        &rows.change_first_day as &[Option<NaiveDate>],
        &rows.change_last_day as &[Option<NaiveDate>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes out those that the school does not keep any more. For all else none ever goes away: it is revoked at most.
pub(super) async fn take_out(
    connection: &mut PgConnection,
    school_id: SchoolId,
    exception_ids: &[Uuid],
) -> Result<(), Error> {
    if exception_ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "delete from exceptions where school_id = $1 and exception_id = any($2)",
        school_id.as_uuid(),
        exception_ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}
