//! `GET /records`: who was what, when.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::find_records::find_records;
use super::record_filter::{RecordFilter, RecordFilterParameters};
use super::record_rows::RecordRow;
use crate::authority::Scope;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;

/// The current entry of a student in a register.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordItem {
    session_id: Uuid,
    class_id: Uuid,
    subject_id: Option<Uuid>,
    #[schema(example = "am")]
    slot: Option<String>,
    date: NaiveDate,
    student_id: Uuid,
    /// What was seen.
    #[schema(example = "absent")]
    status: String,
    /// What reports use.
    #[schema(example = "excused")]
    effective_status: String,
    minutes_late: Option<i16>,
    /// Null if there are none, or if the student's texts were erased.
    remarks: Option<String>,
    occurred_at: Instant,
    recorded_at: Instant,
    marked_by: Person,
    /// The exception that makes the effective status differ.
    exception_id: Option<Uuid>,
    /// Whether an admin corrected the register here.
    corrected: bool,
}

/// Lists records, ordered by date and register. Registers that are void have none.
#[utoipa::path(
    tag = "Records",
    params(RecordFilterParameters, PageParameters),
    responses((status = 200, description = "Records.", body = Page<RecordItem>))
)]
#[get(
    "/records",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_records(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let filter = RecordFilter::take(&mut parameters);
    let page = PageRequest::take(&mut parameters)?;
    parameters.finish()?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    filter
        .require_visible(&mut reading.connection, Scope::of(&caller))
        .await?;
    let records = find_records(&services, &mut reading, &caller, &filter, &page).await?;
    let items: Vec<RecordItem> = records.items.into_iter().map(RecordItem::from).collect();
    Ok(reading.answer(&Page::new(items, records.next)?))
}

impl From<(RecordRow, Option<String>)> for RecordItem {
    fn from((row, remarks): (RecordRow, Option<String>)) -> Self {
        Self {
            session_id: row.session_id,
            class_id: row.class_id,
            subject_id: row.subject_id,
            slot: row.slot,
            date: row.date,
            student_id: row.student_id,
            status: row.status,
            effective_status: row.effective_status,
            minutes_late: row.minutes_late,
            remarks,
            occurred_at: row.occurred_at.into(),
            recorded_at: row.recorded_at.into(),
            marked_by: Person {
                id: row.marked_by,
                name: row.marked_by_name,
            },
            exception_id: row.exception_id,
            corrected: row.corrected,
        }
    }
}
