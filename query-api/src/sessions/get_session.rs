//! `GET /sessions/{id}`: one register with every student of its roster.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use platform::auth::Caller;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mark::{Mark, open_marks};
use super::students_of_session::students_of_session;
use super::summary::{Counts, SessionRow, SessionSummary, session_rows};
use crate::authority::Scope;
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::parameters::Parameters;
use crate::reading::Reading;

/// A register with its students.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionResponse {
    #[serde(flatten)]
    pub(crate) session: SessionSummary,
    /// The roster of the date, and whoever has an entry all the same; by name.
    pub(crate) students: Vec<SessionStudent>,
}

/// A student in a register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionStudent {
    #[serde(flatten)]
    pub(crate) student: ListedStudent,
    /// Null if nobody has marked the student.
    pub(crate) mark: Option<Mark>,
    /// What reports use; unmarked without a mark.
    #[schema(example = "excused")]
    pub(crate) effective_status: String,
    /// The exception that makes the effective status differ.
    pub(crate) exception_id: Option<Uuid>,
    /// What the newest conflict about the student is, until it is settled.
    pub(crate) conflict: Option<StudentConflict>,
}

/// Who it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedStudent {
    pub(crate) student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    pub(crate) name: String,
    #[schema(example = "A-0412")]
    pub(crate) admission_number: Option<String>,
    /// Whether the student was enrolled in the class on the date, as known now.
    pub(crate) on_roster: bool,
    /// The student as whom this one counts, since the office found the two to be the same child. Left out for all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub(crate) merged_into: Option<Uuid>,
}

/// Another person's mark that lost to the entry shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentConflict {
    /// superseded, `after_close` or `after_correction`.
    #[schema(example = "superseded")]
    pub(crate) kind: String,
    /// open, or contested: somebody insists on the mark that lost.
    #[schema(example = "open")]
    pub(crate) state: String,
    /// The command that made the mark that lost: what `ContestMark` and `AcceptConflict` call `mark_id`.
    pub(crate) mark_id: Uuid,
    pub(crate) other_by: Uuid,
    #[schema(example = "absent")]
    pub(crate) other_status: String,
    pub(crate) other_at: Instant,
}

/// What a register says of a student, beside the mark.
pub(super) struct Standing {
    /// Not, if the register has an entry that goes before: that of the student as whom this one counts.
    pub(super) counts: bool,
    pub(super) student: ListedStudent,
    pub(super) effective_status: String,
    pub(super) exception_id: Option<Uuid>,
    pub(super) conflict: Option<StudentConflict>,
}

/// Reads one register.
#[utoipa::path(
    tag = "Registers",
    params(("id" = Uuid, Path, description = "The session's id.", example = "ceee0c6e-8227-5e5c-bbef-c9d909a515ec")),
    responses(
        (status = 200, description = "The register.", body = SessionResponse),
        (status = 404, description = "Nothing has happened in a register with this id.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/sessions/{id}",
    wrap = "Compress::default()",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_session(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    id: web::Path<Uuid>,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    parameters.finish()?;
    let mut reading =
        Reading::begin_for_session(&services, &caller, after, ATTENDANCE_AND_ROLLS, *id).await?;
    let row = find_session(&mut reading, &caller, *id).await?;
    let rows = students_of_session(&mut reading.connection, caller.school_id, &row).await?;
    // Counted from the students shown: the columns of the register may be of a moment before.
    let counts = Counts::of(
        rows.iter()
            .filter(|(standing, _)| standing.counts)
            .map(|(standing, _)| standing.effective_status.as_str()),
    );
    let students = open_marks(&services, &mut reading.connection, caller.school_id, rows).await?;
    Ok(reading.answer(&SessionResponse {
        session: row.into_summary(counts)?,
        students: students
            .into_iter()
            .map(|(standing, mark)| SessionStudent {
                student: standing.student,
                mark,
                effective_status: standing.effective_status,
                exception_id: standing.exception_id,
                conflict: standing.conflict,
            })
            .collect(),
    }))
}

/// The register, if the caller may see it.
async fn find_session(
    reading: &mut Reading,
    caller: &Caller,
    id: Uuid,
) -> Result<SessionRow, Problem> {
    let everybody: Option<Uuid> = None;
    let row = session_rows!(
        "and r.session_id = $4",
        caller.school_id,
        everybody,
        false,
        id
    )
    .fetch_optional(&mut *reading.connection)
    .await?
    .ok_or_else(|| Problem::new(Slug::NotFound))?;
    let day = DateRange {
        from: row.date,
        to: row.date,
    };
    Scope::of(caller)
        .require_class(&mut reading.connection, row.class_id, day)
        .await?;
    Ok(row)
}
