//! `GET /exports/records.csv`: records with the names in them, for a spreadsheet.
//!
//! A few whole days of the file are read when they are written, so a file is not of one moment, but each of its days is.
//! Days never change for a record: so whatever is marked, corrected, voided or renamed meanwhile, no record comes twice and
//! none that stays is left out. One that appears on a day already written is not in the file.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use futures::TryStreamExt;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;

use super::record_filter::{RecordFilter, RecordFilterParameters};
use super::record_rows::RecordWithRemarks;
use super::records_of_days::find_records_of_days;
use crate::authority::Scope;
use crate::csv_export::{CsvOptions, CsvParameters, Line};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::pages;
use crate::parameters::Parameters;
use crate::reading::Reading;

/// The columns, in an order that other programs rely on.
const COLUMNS: [&str; 14] = [
    "date",
    "slot",
    "class",
    "subject",
    "admission_number",
    "student",
    "status",
    "effective_status",
    "minutes_late",
    "remarks",
    "occurred_at",
    "recorded_at",
    "marked_by",
    "exception",
];

/// Exports records as CSV, with the same filters as the list.
///
/// In the order of date, slot (without one first, then as the school orders its slots), class, subject and student, by
/// family name first.
#[utoipa::path(
    tag = "Exports",
    params(RecordFilterParameters, CsvParameters),
    responses((
        status = 200,
        description = "One line a record. Cells that a spreadsheet would take for a formula begin with an apostrophe.",
        body = String,
        content_type = "text/csv",
        example = "date,slot,class,subject,admission_number,student,status,effective_status,minutes_late,remarks,occurred_at,recorded_at,marked_by,exception\r\n2026-11-24,,Form 2 East,,A-0412,Wanjiku Mwangi,late,late,7,bus,2026-11-24T05:01:02.123Z,2026-11-24T05:01:10.456Z,Amina Otieno,\r\n",
    ))
)]
#[get(
    "/exports/records.csv",
    wrap = "Compress::default()",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn export_records(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let filter = RecordFilter::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let is_stale = {
        let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
        filter
            .require_visible(&mut reading.connection, Scope::of(&caller))
            .await?;
        reading.is_stale
    };
    let name = format!("records{}.csv", filter.days.file_name_part());
    let records = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        find_records_of_days(&services, &mut reading, &caller, &filter, &page).await
    })
    .await?;
    let lines = records.map_ok(|records| records.into_iter().map(line).collect());
    csv.answer(name, &COLUMNS, lines, is_stale)
}

fn line((row, remarks): RecordWithRemarks) -> Line {
    vec![
        row.date.to_string(),
        row.slot.unwrap_or_default(),
        row.class.unwrap_or_default(),
        row.subject.unwrap_or_default(),
        row.admission_number.unwrap_or_default(),
        row.student.unwrap_or_default(),
        row.status,
        row.effective_status,
        row.minutes_late
            .map(|minutes| minutes.to_string())
            .unwrap_or_default(),
        remarks.unwrap_or_default(),
        Instant::from(row.occurred_at).to_text(),
        Instant::from(row.recorded_at).to_text(),
        row.marked_by_name.unwrap_or_default(),
        row.exception_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
    ]
}
