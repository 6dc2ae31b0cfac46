//! What the tables should say: a fold of all events, made here from the domain and nothing of the projections.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Entry, EntryStatus, Event, Exception, ExceptionId, Instant, Recorded, Register, SchoolId,
    SealedText, SessionId, Side, Slot, Statement, covering_exception, effective_status,
    fold_exception, fold_register, fold_roll,
};
use event_store::{Position, StoredEvent, StreamId, replay};
use futures::TryStreamExt;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::scratch::Store;
use crate::{rolls, roster_changes};

impl Store {
    /// Fails unless the read tables of the school say exactly what its events say.
    pub(crate) async fn assert_tables_equal_folds(&self, school_id: SchoolId) {
        let mut connection = self.superuser().await;
        let events: Vec<StoredEvent> = replay::school(&mut connection, school_id, Position::START)
            .try_collect()
            .await
            .unwrap();
        let expected = expected(&events);
        let found = found(&mut connection, school_id).await;
        for line in expected.difference(&found) {
            eprintln!("missing: {line}");
        }
        for line in found.difference(&expected) {
            eprintln!("too much: {line}");
        }
        assert_eq!(found, expected);
    }
}

fn expected(events: &[StoredEvent]) -> BTreeSet<String> {
    let mut streams: BTreeMap<&StreamId, Vec<&Recorded<Event>>> = BTreeMap::new();
    for event in events {
        streams
            .entry(&event.stream)
            .or_default()
            .push(&event.recorded);
    }
    let exceptions: Vec<Exception> = streams
        .values()
        .filter_map(|events| fold_exception(&of_kind(events, Event::as_exception)))
        .collect();
    let mut lines: BTreeSet<String> = exceptions.iter().map(exception_line).collect();
    for (stream, events) in &streams {
        if let Some(register) = fold_register(&of_kind(events, Event::as_session)) {
            register_lines(
                stream.aggregate_id.into(),
                &register,
                &exceptions,
                &mut lines,
            );
        }
        let rolls = of_kind(events, Event::as_roll);
        rolls::expect(stream, &fold_roll(&rolls), &mut lines);
        roster_changes::expect(&rolls, &mut lines);
    }
    lines
}

fn of_kind<'a, E>(
    events: &[&'a Recorded<Event>],
    kind: impl Fn(&'a Event) -> Option<&'a E>,
) -> Vec<Recorded<&'a E>> {
    events
        .iter()
        .filter_map(|recorded| Some(recorded.as_ref().map(|_| ())).zip(kind(&recorded.event)))
        .map(|(header, event)| header.map(|()| event))
        .collect()
}

fn register_lines(
    session_id: SessionId,
    register: &Register,
    exceptions: &[Exception],
    lines: &mut BTreeSet<String>,
) {
    let mut counts: BTreeMap<EntryStatus, i32> = BTreeMap::new();
    for entry in register.entries.values() {
        let covering = covering(register, entry, exceptions);
        let effective = effective_status(entry.status, covering.is_some());
        *counts.entry(effective).or_default() += 1;
        let line = entry_line(register, entry, effective, covering);
        lines.insert(format!("entry {session_id} {line}"));
    }
    let line = session_line(register, &counts);
    lines.insert(format!("session {session_id} {line}"));
    for conflict in &register.conflicts {
        lines.insert(format!(
            "conflict {session_id} {} {} {} {:?} {:?} {:?}",
            conflict.student_id,
            conflict.kind,
            conflict.state,
            side(&conflict.lost),
            side(&conflict.won),
            statement(conflict.statement.as_ref()),
        ));
    }
}

/// Only an absence is covered, and only by an exception of the student.
fn covering(register: &Register, entry: &Entry, exceptions: &[Exception]) -> Option<ExceptionId> {
    let own: Vec<Exception> = exceptions
        .iter()
        .filter(|exception| exception.student_id == entry.student_id)
        .cloned()
        .collect();
    (entry.status == EntryStatus::Absent)
        .then(|| covering_exception(register.key.date, register.key.slot.as_ref(), &own))
        .flatten()
}

fn entry_line(
    register: &Register,
    entry: &Entry,
    effective: EntryStatus,
    covering: Option<ExceptionId>,
) -> String {
    let correction = entry.correction.as_ref();
    format!(
        "{} {} {:?} {} {} {} {:?} {:?} {} {} {} {} {} {:?} {:?} {}",
        entry.student_id,
        register.key.class_id,
        date_and_slot(register),
        entry.status,
        effective,
        text(covering),
        entry.minutes_late.map(|minutes| i32::from(minutes.get())),
        entry.remarks.as_ref().map(SealedText::as_bytes),
        entry.occurred_at,
        entry.recorded_at,
        entry.marked_by,
        entry.command_id,
        correction.is_some(),
        correction.map(|correction| correction.reason.as_bytes()),
        correction.map(|correction| correction.original_status.as_str()),
        register.void,
    )
}

fn session_line(register: &Register, counts: &BTreeMap<EntryStatus, i32>) -> String {
    let count = |status| counts.get(&status).copied().unwrap_or_default();
    format!(
        "{} {:?} {} {} {:?} {:?} {} {:?}",
        register.key.class_id,
        date_and_slot(register),
        register.status,
        register.void,
        register.opened_at,
        register.closed_at,
        text(register.closed_by),
        [
            count(EntryStatus::Present),
            count(EntryStatus::Absent),
            count(EntryStatus::Late),
            count(EntryStatus::Excused),
            count(EntryStatus::Unmarked),
        ],
    )
}

fn date_and_slot(register: &Register) -> (NaiveDate, Option<&str>) {
    let slot = register.key.slot.as_ref();
    (register.key.date, slot.map(Slot::as_str))
}

fn side(side: &Side) -> (Uuid, Uuid, &'static str, Instant, Instant) {
    (
        side.command_id.into(),
        side.by.into(),
        side.status.as_str(),
        side.occurred_at,
        side.recorded_at,
    )
}

fn statement(statement: Option<&Statement>) -> (Option<Uuid>, Option<Instant>, Option<Vec<u8>>) {
    (
        statement.map(|said| said.by.into()),
        statement.map(|said| said.occurred_at),
        statement
            .and_then(|said| said.reason.as_ref())
            .map(|reason| reason.as_bytes().to_vec()),
    )
}

fn exception_line(exception: &Exception) -> String {
    let slots = exception.slots.as_ref().map(|slots| {
        slots
            .iter()
            .map(|slot| slot.as_str().to_owned())
            .collect::<Vec<_>>()
    });
    format!(
        "exception {} {} {} {} {} {slots:?} {:?} {} {} {} {} {:?} {:?}",
        exception.exception_id,
        exception.student_id,
        exception.category,
        exception.start_date,
        exception.end_date,
        exception.reason.as_bytes(),
        exception.state,
        exception.recorded_by,
        exception.recorded_occurred_at,
        text(exception.decided_by),
        exception.decided_at,
        exception.decision_reason.as_ref().map(SealedText::as_bytes),
    )
}

fn text(id: Option<impl ToString>) -> String {
    id.map_or_else(|| "-".to_owned(), |id| id.to_string())
}

async fn found(connection: &mut PgConnection, school_id: SchoolId) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    sessions(connection, school_id, &mut lines).await;
    entries(connection, school_id, &mut lines).await;
    conflicts(connection, school_id, &mut lines).await;
    exceptions(connection, school_id, &mut lines).await;
    rolls::find(connection, school_id, &mut lines).await;
    roster_changes::find(connection, school_id, &mut lines).await;
    lines
}

async fn sessions(
    connection: &mut PgConnection,
    school_id: SchoolId,
    lines: &mut BTreeSet<String>,
) {
    let rows = sqlx::query!(
        "select session_id, class_id, date, slot, status, void, opened_at, closed_at, closed_by,
           present, absent, late, excused, unmarked
         from register_sessions where school_id = $1",
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "session {} {} {:?} {} {} {:?} {:?} {} {:?}",
            row.session_id,
            row.class_id,
            (row.date, row.slot),
            row.status,
            row.void,
            row.opened_at,
            row.closed_at,
            text(row.closed_by),
            [row.present, row.absent, row.late, row.excused, row.unmarked],
        ));
    }
}

async fn entries(connection: &mut PgConnection, school_id: SchoolId, lines: &mut BTreeSet<String>) {
    let rows = sqlx::query!(
        "select * from register_entries where school_id = $1",
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "entry {} {} {} {:?} {} {} {} {:?} {:?} {} {} {} {} {} {:?} {:?} {}",
            row.session_id,
            row.student_id,
            row.class_id,
            (row.date, row.slot),
            row.status,
            row.effective_status,
            text(row.exception_id),
            row.minutes_late.map(i32::from),
            row.remarks,
            row.occurred_at,
            row.recorded_at,
            row.marked_by,
            row.command_id,
            row.corrected,
            row.correction_reason,
            row.original_status,
            row.void,
        ));
    }
}

async fn conflicts(
    connection: &mut PgConnection,
    school_id: SchoolId,
    lines: &mut BTreeSet<String>,
) {
    let rows = sqlx::query!(
        "select * from conflicts where school_id = $1",
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "conflict {} {} {} {} {:?} {:?} {:?}",
            row.session_id,
            row.student_id,
            row.kind,
            row.state,
            (
                row.lost_command_id,
                row.lost_by,
                row.lost_status,
                row.lost_occurred_at,
                row.lost_recorded_at
            ),
            (
                row.won_command_id,
                row.won_by,
                row.won_status,
                row.won_occurred_at,
                row.won_recorded_at
            ),
            (row.statement_by, row.statement_at, row.statement_reason),
        ));
    }
}

async fn exceptions(
    connection: &mut PgConnection,
    school_id: SchoolId,
    lines: &mut BTreeSet<String>,
) {
    let rows = sqlx::query!(
        "select * from exceptions where school_id = $1",
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "exception {} {} {} {} {} {:?} {:?} {} {} {} {} {:?} {:?}",
            row.exception_id,
            row.student_id,
            row.category,
            row.start_date,
            row.end_date,
            row.slots,
            row.reason,
            row.state,
            row.recorded_by,
            row.recorded_at,
            text(row.decided_by),
            row.decided_at,
            row.decision_reason,
        ));
    }
}
