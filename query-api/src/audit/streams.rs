//! Reading whole streams, as far as they are settled.

use std::collections::HashMap;

use domain::{AsOf, StudentId};
use event_store::feed::Watermark;
use event_store::{Position, StreamEvent, StreamId, load_streams};
use platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::known::{Surroundings, students_of};

/// How many streams are read by one statement.
const STREAMS_AT_ONCE: usize = 200;

/// Reads streams of events. Those without any are not in the answer.
///
/// # Errors
/// An event cannot be read, or the database does not answer.
pub(super) async fn load(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    ids: &[StreamId],
) -> Result<HashMap<StreamId, Vec<StreamEvent>>, Problem> {
    let mut loaded = HashMap::new();
    for ids in ids.chunks(STREAMS_AT_ONCE) {
        for (id, stream) in load_streams(connection, school_id.into(), ids).await? {
            let mut events = stream.readable().map_err(Problem::internal)?;
            events.retain(|event| watermark.covers(event.position));
            if !events.is_empty() {
                loaded.insert(id, events);
            }
        }
    }
    Ok(loaded)
}

/// Reads what rosters and excuses in registers of a class follow from.
///
/// # Errors
/// As [`load`].
pub(super) async fn load_surroundings(
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    class_id: Uuid,
    registers: impl IntoIterator<Item = &[StreamEvent]>,
) -> Result<Surroundings, Problem> {
    let roll = [StreamId::class_roll(class_id.into())];
    let mut roll = load(connection, school_id, watermark, &roll).await?;
    let roll = roll.drain().map(|(_, events)| events).next();
    let roll = roll.unwrap_or_default();
    let students = students_of(&roll, registers);
    let exceptions = exceptions_of(connection, school_id, students).await?;
    let exceptions = load(connection, school_id, watermark, &exceptions).await?;
    Ok(Surroundings {
        roll,
        exceptions: exceptions.into_values().collect(),
    })
}

/// The streams of all exceptions that were ever recorded of the students, found in `events_exceptions_of_student_idx`.
async fn exceptions_of(
    connection: &mut PgConnection,
    school_id: Uuid,
    students: impl IntoIterator<Item = StudentId>,
) -> Result<Vec<StreamId>, Problem> {
    let students: Vec<String> = students.into_iter().map(|id| id.to_string()).collect();
    let ids = sqlx::query_scalar!(
        r#"
        select distinct aggregate_id::uuid as "exception_id!" from events
        where school_id = $1 and aggregate_type = 'attendance_exception' and student_id = any($2)
        "#,
        school_id,
        &students,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids
        .into_iter()
        .map(|id| StreamId::exception(id.into()))
        .collect())
}

/// The place in the order of the feed of the last event that could have changed what a register says of these students.
pub(super) fn newest<'a>(
    events: impl IntoIterator<Item = &'a StreamEvent>,
    as_of: AsOf,
) -> Position {
    let shown = events.into_iter().filter(|it| as_of.shows(&it.recorded));
    let newest = shown.map(|event| event.position).max();
    newest.unwrap_or(Position::START)
}
