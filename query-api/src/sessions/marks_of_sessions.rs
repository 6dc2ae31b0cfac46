//! The current entries of several registers.

use std::collections::HashMap;

use platform::problem::Problem;
use platform::server::Services;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mark::{Mark, MarkRow, open_marks};
use super::summary::SessionRow;

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

/// An entry as the statement writes it into JSON.
#[derive(Deserialize)]
struct EntryRow {
    student_id: Uuid,
    effective_status: String,
    exception_id: Option<Uuid>,
    #[serde(flatten)]
    mark: MarkRow,
}

/// Whose entry in which register.
struct Owner {
    session_id: Uuid,
    student_id: Uuid,
    effective_status: String,
    exception_id: Option<Uuid>,
}

/// The entries that came with each register, by student; registers without any are left out.
///
/// # Errors
/// The database does not answer.
pub(super) async fn marks_of_sessions(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    sessions: &[SessionRow],
) -> Result<HashMap<Uuid, Vec<SessionMark>>, Problem> {
    let mut rows = Vec::new();
    for session in sessions {
        rows.extend(entries(session).map_err(Problem::internal)?);
    }
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

fn entries(session: &SessionRow) -> Result<Vec<(Owner, Option<MarkRow>)>, serde_json::Error> {
    let Some(entries) = &session.entries else {
        return Ok(Vec::new());
    };
    let entries: Vec<EntryRow> = serde_json::from_str(entries)?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let owner = Owner {
                session_id: session.session_id,
                student_id: entry.student_id,
                effective_status: entry.effective_status,
                exception_id: entry.exception_id,
            };
            (owner, Some(entry.mark))
        })
        .collect())
}
