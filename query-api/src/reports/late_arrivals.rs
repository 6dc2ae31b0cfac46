//! `GET /reports/late-arrivals`: who came late on a day, and by how much.

use actix_web::{HttpRequest, HttpResponse, get, web};
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;

use super::day_entries::{COLUMNS, DayEntries, DayEntriesParameters, DayEntryItem, page};
use crate::accept::accepts;
use crate::authority::Scope;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::reading::Reading;

/// Lists who was late on a day, with the minutes where somebody noted them: an item for each register.
///
/// As CSV in the order of classes and names, without pages.
#[utoipa::path(
    tag = "Reports",
    params(DayEntriesParameters, PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Late arrivals; as CSV with Accept: text/csv.", content(
            (Page<DayEntryItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "A teacher who did not teach the class that day.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/late-arrivals",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_late_arrivals(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let date = parameters.optional("date");
    let class_id = parameters.optional("class_id");
    let wanted = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let entries = DayEntries {
        date: date.unwrap_or(today),
        class_id,
        statuses: &["late"],
        explained: None,
    };
    let items = entries.find(connection, Scope::of(&caller)).await?;
    if accepts(request.headers(), "text/csv") {
        let name = format!("late-arrivals-{}.csv", entries.date);
        let lines = items.into_iter().map(DayEntryItem::line);
        return csv.answer_all(name, &COLUMNS, lines, reading.is_stale);
    }
    Ok(reading.answer(&page(items, &wanted)?))
}
