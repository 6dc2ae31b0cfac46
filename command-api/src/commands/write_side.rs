//! The write-side rows that follow from events alone, made anew: what a replay holds against those that are served.

use domain::SchoolId;
use event_store::{AppendError, ReadError, StreamEvent, StreamId, load_streams};
use sqlx::PgConnection;

use super::aliases::Aliases;
use super::rolls::Rolls;
use super::settings::{self, Made};

/// The streams that have write-side rows.
const FOLLOWED: [&str; 4] = [
    StreamId::CLASS_ROLL,
    StreamId::SCHOOL_POLICY,
    StreamId::SCHOOL_CALENDAR,
    StreamId::STUDENT_ALIAS,
];

/// Why the rows of a school cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WriteSideError {
    /// An event cannot be read.
    #[error("the events cannot all be read")]
    Read(#[from] ReadError),
    /// Two events say that they made the same version of a policy or calendar, or the database fails.
    #[error("the rows do not go in")]
    Write(#[from] AppendError),
}

impl From<sqlx::Error> for WriteSideError {
    fn from(error: sqlx::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Makes the rows of a school that has its events in this database.
///
/// They are enrolments, who teaches and covers, doubles, policies, and calendars with what belongs to them. Of all these
/// there may be only the first versions of policy and calendar yet.
///
/// # Errors
/// [`WriteSideError`] says why not.
pub async fn write_what_follows(
    connection: &mut PgConnection,
    school_id: SchoolId,
) -> Result<(), WriteSideError> {
    let rows = sqlx::query!(
        r#"select aggregate_type, aggregate_id::uuid as "aggregate_id!" from events
        where school_id = $1 and sequence = 1 and aggregate_type = any($2)"#,
        school_id.as_uuid(),
        &FOLLOWED.map(str::to_owned)
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<StreamId> = rows
        .iter()
        .map(|row| StreamId::new(&row.aggregate_type, row.aggregate_id))
        .collect();
    let mut streams = load_streams(connection, school_id, &ids).await?;
    if let Some(fault) = streams.values_mut().find_map(|it| it.unreadable.take()) {
        return Err(ReadError::from(fault).into());
    }
    Rolls::whole(&streams).write(connection, school_id).await?;
    Aliases::whole(&streams)
        .write(connection, school_id)
        .await?;
    let mut events: Vec<&StreamEvent> = streams.values().flat_map(|it| &it.events).collect();
    // Of slots the last calendar speaks.
    events.sort_unstable_by_key(|event| event.position);
    for event in events {
        let made = Made {
            school_id: school_id.as_uuid(),
            by: event.recorded.actor_id,
            at: event.recorded.recorded_at,
        };
        settings::write_one(connection, &made, &event.recorded.event).await?;
    }
    Ok(())
}
