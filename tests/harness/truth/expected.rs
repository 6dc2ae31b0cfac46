//! Folds all events of a store into the rows that the read tables must hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    Conflict, Entry, Event, Exception, Recorded, Register, SchoolId, SealedText, SessionEvent,
    Side, covering_exception, effective_status, fold_exception, fold_register, fold_sign_off,
};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Tables, arrivals, days, rolls};

/// The events of one school by kind of stream and stream.
#[derive(Default)]
struct History {
    streams: BTreeMap<(String, String), Vec<Recorded<Event>>>,
}

pub(super) async fn fold_all_events(connection: &mut PgConnection) -> Result<Tables> {
    let mut tables: Tables = [
        "register_sessions",
        "register_entries",
        "student_months",
        "student_part_days",
        "conflicts",
        "exceptions",
        "sign_offs",
        "enrolment_periods",
        "teaching_periods",
        "cover_periods",
        "staff_periods",
        "roster_changes",
    ]
    .map(|table| (table, BTreeSet::new()))
    .into();
    for (school_id, history) in read_events(connection).await? {
        fold_school(school_id, &history, &mut tables);
    }
    Ok(tables)
}

/// Every event of every school, read plainly from the table.
async fn read_events(connection: &mut PgConnection) -> Result<BTreeMap<Uuid, History>> {
    let rows = sqlx::query!(
        r#"select school_id, aggregate_type, aggregate_id, event_type, event_version, payload::text as "payload!",
                  command_id, actor_id, device_id, occurred_at, recorded_at
           from events order by school_id, aggregate_type, aggregate_id, sequence"#
    )
    .fetch_all(connection)
    .await?;
    let mut schools: BTreeMap<Uuid, History> = BTreeMap::new();
    for row in rows {
        let event = Event::from_stored(
            &row.aggregate_type,
            &row.event_type,
            &row.event_version,
            row.payload.as_bytes(),
        )?;
        let recorded = Recorded {
            command_id: row.command_id.into(),
            actor_id: row.actor_id.into(),
            device_id: row.device_id.map(Into::into),
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            event,
        };
        let streams = &mut schools.entry(row.school_id).or_default().streams;
        streams
            .entry((row.aggregate_type, row.aggregate_id))
            .or_default()
            .push(recorded);
    }
    Ok(schools)
}

fn fold_school(school_id: Uuid, history: &History, tables: &mut Tables) {
    let mut exceptions = Vec::new();
    let mut registers = Vec::new();
    for events in history.streams.values() {
        let sessions: Vec<_> = events
            .iter()
            .filter_map(|it| part(it, Event::as_session))
            .collect();
        registers.extend(fold_register(&sessions).map(|register| (register, sessions)));
        let of_exceptions: Vec<_> = events
            .iter()
            .filter_map(|it| part(it, Event::as_exception))
            .collect();
        if let Some(exception) = fold_exception(&of_exceptions) {
            let mut row = exception_row(school_id, &exception);
            arrivals::add_change(&mut row, &of_exceptions);
            add(tables, "exceptions", row);
            exceptions.push(exception);
        }
        let sign_offs: Vec<_> = events
            .iter()
            .filter_map(|it| part(it, Event::as_sign_off))
            .collect();
        if let Some(sign_off) = fold_sign_off(&sign_offs) {
            add(
                tables,
                "sign_offs",
                arrivals::sign_off_row(school_id, &sign_off),
            );
        }
        let rolls: Vec<_> = events
            .iter()
            .filter_map(|it| part(it, Event::as_roll))
            .collect();
        rolls::add(school_id, &rolls, tables);
    }
    for (register, events) in &registers {
        add_register(school_id, register, events, &exceptions, tables);
    }
    let registers = registers.iter().map(|(register, _)| register);
    days::add(school_id, registers, tables);
}

fn part<'event, E>(
    recorded: &'event Recorded<Event>,
    of_kind: fn(&'event Event) -> Option<&'event E>,
) -> Option<Recorded<&'event E>> {
    let event = of_kind(&recorded.event)?;
    Some(recorded.as_ref().map(|_| event))
}

fn add_register(
    school_id: Uuid,
    register: &Register,
    events: &[Recorded<&SessionEvent>],
    exceptions: &[Exception],
    tables: &mut Tables,
) {
    let session_id = register.key.session_id(SchoolId::from(school_id)).as_uuid();
    let mut counts = BTreeMap::from(
        ["present", "absent", "late", "excused", "unmarked"].map(|status| (status, 0)),
    );
    for entry in register.entries.values() {
        let own: Vec<_> = exceptions
            .iter()
            .filter(|it| it.student_id == entry.student_id)
            .cloned()
            .collect();
        let covering = covering_exception(register.key.date, register.key.slot.as_ref(), &own);
        let effective = effective_status(entry.status, covering.is_some());
        *counts.entry(effective.as_str()).or_default() += 1;
        let excused_by = covering.filter(|_| effective != entry.status);
        let mut row = entry_row(entry);
        row["effective_status"] = json!(effective.as_str());
        row["exception_id"] = json!(excused_by);
        row["void"] = json!(register.void);
        add(
            tables,
            "register_entries",
            of_session(school_id, session_id, register, row, true),
        );
    }
    let mut row = json!({
        "status": register.status.as_str(), "void": register.void, "opened_at": register.opened_at.map(time),
        "closed_at": register.closed_at.map(time), "closed_by": register.closed_by,
    });
    arrivals::add_turn(&mut row, register, events);
    for (status, count) in counts {
        row[status] = json!(count);
    }
    add(
        tables,
        "register_sessions",
        of_session(school_id, session_id, register, row, true),
    );
    for conflict in &register.conflicts {
        add(
            tables,
            "conflicts",
            of_session(
                school_id,
                session_id,
                register,
                conflict_row(conflict),
                false,
            ),
        );
    }
}

/// A row that begins with what it is the register of.
fn of_session(
    school_id: Uuid,
    session_id: Uuid,
    register: &Register,
    mut row: Value,
    with_parts: bool,
) -> Value {
    row["school_id"] = json!(school_id);
    row["session_id"] = json!(session_id);
    row["class_id"] = json!(register.key.class_id);
    row["date"] = json!(register.key.date);
    if with_parts {
        row["subject_id"] = json!(register.key.subject_id);
        row["slot"] = json!(register.key.slot.as_ref().map(|slot| slot.as_str()));
    }
    row
}

fn entry_row(entry: &Entry) -> Value {
    json!({
        "student_id": entry.student_id, "status": entry.status.as_str(), "minutes_late": entry.minutes_late,
        "remarks": entry.remarks.as_ref().map(bytes), "occurred_at": time(entry.occurred_at),
        "recorded_at": time(entry.recorded_at), "marked_by": entry.marked_by, "device_id": entry.device_id,
        "command_id": entry.command_id, "corrected": entry.correction.is_some(),
        "correction_reason": entry.correction.as_ref().map(|correction| bytes(&correction.reason)),
        "original_status": entry.correction.as_ref().map(|correction| correction.original_status.as_str()),
    })
}

fn conflict_row(conflict: &Conflict) -> Value {
    let mut row = json!({
        "student_id": conflict.student_id, "kind": conflict.kind.as_str(), "state": conflict.state.as_str(),
    });
    for (
        name,
        Side {
            by,
            status,
            occurred_at,
            recorded_at,
            device_id,
            command_id,
        },
    ) in [("lost", &conflict.lost), ("won", &conflict.won)]
    {
        row[format!("{name}_by")] = json!(by);
        row[format!("{name}_status")] = json!(status.as_str());
        row[format!("{name}_occurred_at")] = time(*occurred_at);
        row[format!("{name}_recorded_at")] = time(*recorded_at);
        row[format!("{name}_device_id")] = json!(device_id);
        row[format!("{name}_command_id")] = json!(command_id);
    }
    let statement = conflict.statement.as_ref();
    row["statement_by"] = json!(statement.map(|said| said.by));
    row["statement_at"] = json!(statement.map(|said| time(said.occurred_at)));
    let reason = statement.and_then(|said| said.reason.as_ref());
    row["statement_reason"] = json!(reason.map(bytes));
    row
}

fn exception_row(school_id: Uuid, exception: &Exception) -> Value {
    json!({
        "school_id": school_id, "exception_id": exception.exception_id, "student_id": exception.student_id,
        "category": exception.category.as_str(), "start_date": exception.start_date, "end_date": exception.end_date,
        "slots": exception.slots, "reason": bytes(&exception.reason), "state": exception.state.as_str(),
        "recorded_by": exception.recorded_by, "recorded_at": time(exception.recorded_occurred_at),
        "decided_by": exception.decided_by, "decided_at": exception.decided_at.map(time),
        "decision_reason": exception.decision_reason.as_ref().map(bytes),
    })
}

pub(super) fn add(tables: &mut Tables, table: &'static str, row: Value) {
    tables
        .entry(table)
        .or_default()
        .insert(super::canonical(row));
}

/// A moment as rows are compared: to the microsecond.
pub(super) fn time(time: DateTime<Utc>) -> Value {
    json!(time.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Sealed text as the database writes bytes in JSON.
pub(super) fn bytes(text: &SealedText) -> Value {
    json!(format!("\\x{}", hex::encode(text.as_bytes())))
}
