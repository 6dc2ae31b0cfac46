//! The current entries of several registers.

use std::collections::HashMap;

use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mark::{Mark, MarkRow, open_marks};

/// A student's entry in a register of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionMark {
    student_id: Uuid,
    #[serde(flatten)]
    mark: Mark,
    /// What reports use.
    #[schema(example = "excused")]
    effective_status: String,
    /// The exception that makes the effective status differ.
    exception_id: Option<Uuid>,
}

/// Whose entry in which register.
struct Owner {
    session_id: Uuid,
    student_id: Uuid,
    effective_status: String,
    exception_id: Option<Uuid>,
}

/// The entries of each register that has any.
///
/// # Errors
/// The database does not answer.
pub(super) async fn marks_of_sessions(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    session_ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<SessionMark>>, Problem> {
    let rows = entries(connection, school_id, session_ids).await?;
    let mut marks: HashMap<Uuid, Vec<SessionMark>> = HashMap::new();
    for (owner, mark) in open_marks(services, connection, school_id, rows).await? {
        marks
            .entry(owner.session_id)
            .or_default()
            .extend(mark.map(|mark| SessionMark {
                student_id: owner.student_id,
                mark,
                effective_status: owner.effective_status,
                exception_id: owner.exception_id,
            }));
    }
    Ok(marks)
}

async fn entries(
    connection: &mut PgConnection,
    school_id: Uuid,
    session_ids: &[Uuid],
) -> Result<Vec<(Owner, Option<MarkRow>)>, sqlx::Error> {
    let entries = sqlx::query!(
        r#"
        select e.session_id, e.student_id, e.effective_status, e.exception_id, e.status, e.minutes_late, e.remarks,
               e.occurred_at, e.recorded_at, e.marked_by, u.name as "marked_by_name?", e.command_id, e.corrected,
               e.correction_reason, e.original_status
        from register_entries e
        left join users u on u.school_id = e.school_id and u.user_id = e.marked_by
        where e.school_id = $1 and e.session_id = any($2)
        order by e.session_id, e.student_id
        "#,
        school_id,
        session_ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let owner = Owner {
                session_id: entry.session_id,
                student_id: entry.student_id,
                effective_status: entry.effective_status,
                exception_id: entry.exception_id,
            };
            let mark = MarkRow {
                status: entry.status,
                minutes_late: entry.minutes_late,
                remarks: entry.remarks,
                occurred_at: entry.occurred_at,
                recorded_at: entry.recorded_at,
                marked_by: entry.marked_by,
                marked_by_name: entry.marked_by_name,
                command_id: entry.command_id,
                corrected: entry.corrected,
                correction_reason: entry.correction_reason,
                original_status: entry.original_status,
            };
            (owner, Some(mark))
        })
        .collect())
}
