//! All that a school holds about a student, for whoever has a right to see it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use domain::SealedText;
use platform::database::Database;
use platform::keyring::KeyRing;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// Under which names events hold sealed texts.
const TEXTS: [&str; 3] = ["remarks", "reason", "note"];

/// What is held. Members are in the order in which somebody reads them.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    school: String,
    written_at: DateTime<Utc>,
    /// One, unless the office found several to be the same child.
    student: Vec<Student>,
    enrolments: Vec<Enrolment>,
    /// Marks, corrections, exceptions and all else that was recorded, in the order in which it arrived.
    recorded: Vec<Event>,
    /// Commands about the student that were refused, as they came.
    refused: Vec<Refused>,
    /// Who of the office and the auditors asked for what is known of the student.
    looked: Vec<Look>,
}

#[derive(Debug, Serialize)]
struct Student {
    student_id: Uuid,
    sourced_id: String,
    name: String,
    admission_number: Option<String>,
    active: bool,
    erased_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Serialize)]
struct Enrolment {
    class: String,
    from: NaiveDate,
    /// The first day on which it was over.
    until: Option<NaiveDate>,
}

#[derive(Debug, Serialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    occurred_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    by: Option<String>,
    /// As stored, with its texts opened; a text that was erased is null.
    content: Value,
}

#[derive(Debug, Serialize)]
struct Refused {
    refused_at: DateTime<Utc>,
    by: Option<String>,
    why: String,
    /// Null if it was erased.
    command: Option<String>,
}

#[derive(Debug, Serialize)]
struct Look {
    at: DateTime<Utc>,
    by: Option<String>,
    role: String,
    asked: String,
}

/// Gathers what the school holds about a child, under all of their ids.
///
/// # Errors
/// The database fails.
pub(crate) async fn about(
    owner: &Database,
    keyring: &KeyRing,
    school_id: Uuid,
    student_ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<About> {
    let mut moment = owner
        .pool()
        .begin_with("begin isolation level repeatable read, read only")
        .await?;
    let about = About {
        school: sqlx::query_scalar!("select name from schools where school_id = $1", school_id)
            .fetch_one(&mut *moment)
            .await?,
        written_at: now,
        student: students(&mut moment, school_id, student_ids).await?,
        enrolments: enrolments(&mut moment, school_id, student_ids).await?,
        recorded: recorded(&mut moment, keyring, school_id, student_ids)
            .await
            .context("cannot read what was recorded")?,
        refused: refused(&mut moment, keyring, school_id, student_ids)
            .await
            .context("cannot read what was refused")?,
        looked: looked(&mut moment, school_id, student_ids).await?,
    };
    Ok(about)
}

async fn students(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_ids: &[Uuid],
) -> sqlx::Result<Vec<Student>> {
    sqlx::query_as!(
        Student,
        r#"select s.student_id, s.sourced_id, s.name, s.admission_number, s.active, e.erased_at as "erased_at?"
        from students s
        left join erasures e on e.school_id = s.school_id and e.student_id = s.student_id
        where s.school_id = $1 and s.student_id = any($2)
        order by s.student_id"#,
        school_id,
        student_ids
    )
    .fetch_all(connection)
    .await
}

async fn enrolments(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_ids: &[Uuid],
) -> sqlx::Result<Vec<Enrolment>> {
    sqlx::query_as!(
        Enrolment,
        r#"select c.title as class, e.from_date as "from", e.until_date as "until"
        from enrolments e
        join classes c on c.school_id = e.school_id and c.class_id = e.class_id
        where e.school_id = $1 and e.student_id = any($2)
        order by e.from_date, c.title"#,
        school_id,
        student_ids
    )
    .fetch_all(connection)
    .await
}

/// Also what became of the student's exceptions, which name the student only when they are recorded.
async fn recorded(
    connection: &mut PgConnection,
    keyring: &KeyRing,
    school_id: Uuid,
    student_ids: &[Uuid],
) -> Result<Vec<Event>> {
    let ids: Vec<String> = student_ids.iter().map(Uuid::to_string).collect();
    let rows = sqlx::query!(
        r#"select e.event_type, e.payload::text as "payload!", e.occurred_at, e.recorded_at, u.name as "by?"
        from events e
        left join users u on u.school_id = e.school_id and u.user_id = e.actor_id
        where e.school_id = $1
          and (
            e.student_id = any($2)
            or e.aggregate_type = 'attendance_exception' and e.aggregate_id in (
                select x.aggregate_id from events x
                where x.school_id = $1 and x.aggregate_type = 'attendance_exception' and x.student_id = any($2)
            )
          )
        order by e.epoch, e.transaction_id, e.position"#,
        school_id,
        &ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let payload: BTreeMap<String, Value> = serde_json::from_str(&row.payload)?;
        events.push(Event {
            kind: row.event_type,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            by: row.by,
            content: payload.into_values().next().unwrap_or_default(),
        });
    }
    open_texts(connection, keyring, school_id, &mut events).await?;
    Ok(events)
}

/// Puts what they say in the place of sealed texts.
async fn open_texts(
    connection: &mut PgConnection,
    keyring: &KeyRing,
    school_id: Uuid,
    events: &mut [Event],
) -> Result<()> {
    let mut places: Vec<(&mut Value, SealedText)> = Vec::new();
    for content in events
        .iter_mut()
        .filter_map(|it| it.content.as_object_mut())
    {
        for (name, value) in content {
            if TEXTS.contains(&name.as_str())
                && let Ok(text) = serde_json::from_value(value.clone())
            {
                places.push((value, text));
            }
        }
    }
    let sealed: Vec<&[u8]> = places.iter().map(|(_, text)| text.as_bytes()).collect();
    let opened = keyring.open_all(connection, school_id, &sealed).await?;
    for ((value, _), text) in places.into_iter().zip(opened) {
        *value = text.into();
    }
    Ok(())
}

/// Those that name the student, or an exception of the student's.
async fn refused(
    connection: &mut PgConnection,
    keyring: &KeyRing,
    school_id: Uuid,
    student_ids: &[Uuid],
) -> Result<Vec<Refused>> {
    let rows = sqlx::query!(
        r#"select r.refused_at, u.name as "by?", r.detail, r.sealed_command
        from refusals r
        left join users u on u.school_id = r.school_id and u.user_id = r.actor_id
        where r.school_id = $1 and (
            r.subject_id = any($2)
            or r.subject_id::text in (
                select x.aggregate_id from events x
                where x.school_id = $1 and x.aggregate_type = 'attendance_exception' and x.student_id = any($3)
            )
            or substring(r.sealed_command from 1 for 16) in (
                select uuid_send(k.key_id) from keyring.text_keys k where k.school_id = $1 and k.subject_id = any($2)
            )
        )
        order by r.refused_at, r.refusal_id"#,
        school_id,
        student_ids,
        &student_ids.iter().map(Uuid::to_string).collect::<Vec<_>>()
    )
    .fetch_all(&mut *connection)
    .await?;
    let sealed: Vec<&[u8]> = rows.iter().map(|row| &row.sealed_command[..]).collect();
    let opened = keyring.open_all(connection, school_id, &sealed).await?;
    let refused = rows.into_iter().zip(opened).map(|(row, command)| Refused {
        refused_at: row.refused_at,
        by: row.by,
        why: row.detail,
        command,
    });
    Ok(refused.collect())
}

async fn looked(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_ids: &[Uuid],
) -> sqlx::Result<Vec<Look>> {
    sqlx::query_as!(
        Look,
        r#"select a.accessed_at as at, u.name as "by?", a.role, a.endpoint || '?' || a.parameters as "asked!"
        from access_log a
        left join users u on u.school_id = a.school_id and u.user_id = a.user_id
        where a.school_id = $1 and a.ids && $2
        order by a.access_id"#,
        school_id,
        student_ids
    )
    .fetch_all(connection)
    .await
}
