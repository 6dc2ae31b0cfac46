//! `GET /exports/records.csv`: records with the names in them, for a spreadsheet.
//!
//! A few whole days of the file are read when they are written, so a file is not of one moment, but each of its days is.
//! Days never change for a record: so whatever is marked, corrected, voided or renamed meanwhile, no record comes twice and
//! none that stays is left out. One that appears on a day already written is not in the file. Names are those at the
//! beginning of the file.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use csv::StringRecord;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;

use super::record_filter::{RecordFilter, RecordFilterParameters};
use super::record_rows::RecordWithRemarks;
use super::records_of_days::find_records_of_days;
use super::school_names::SchoolNames;
use crate::authority::Scope;
use crate::csv_export::{CsvOptions, CsvParameters, text};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::pages::{self, Batch};
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

/// What a line's cells take, in bytes; one that takes more grows.
const LINE_BYTES: usize = 256;

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
    let (is_stale, mut names) = {
        let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
        let connection = &mut *reading.connection;
        filter
            .require_visible(connection, Scope::of(&caller))
            .await?;
        (
            reading.is_stale,
            SchoolNames::read(connection, caller.school_id).await?,
        )
    };
    let name = format!("records{}.csv", filter.days.file_name_part());
    let lines = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        let Batch { items, next } =
            find_records_of_days(&services, &mut reading, &caller, &filter, &mut names, &page)
                .await?;
        let lines = items.iter().map(|entry| line(&names, entry));
        Ok(Batch {
            items: lines.collect(),
            next,
        })
    })
    .await?;
    csv.answer(name, &COLUMNS, lines, is_stale)
}

fn line(names: &SchoolNames, (row, remarks): &RecordWithRemarks) -> StringRecord {
    let class = names.classes.get(&row.class_id);
    let student = names.students.get(&row.student_id);
    let mut line = StringRecord::with_capacity(LINE_BYTES, COLUMNS.len());
    for cell in [
        row.date.to_string().as_str(),
        row.slot.as_deref().unwrap_or_default(),
        class.map_or("", |it| &it.title),
        names.subject_of(row).map_or("", |it| &it.title),
        student
            .and_then(|it| it.admission_number.as_deref())
            .unwrap_or_default(),
        student.map_or("", |it| &it.name),
        &row.status,
        &row.effective_status,
        &text(row.minutes_late),
        remarks.as_deref().unwrap_or_default(),
        &Instant::from(row.occurred_at).to_text(),
        &Instant::from(row.recorded_at).to_text(),
        row.marked_by_name.as_deref().unwrap_or_default(),
        &text(row.exception_id),
    ] {
        line.push_field(cell);
    }
    line
}
