//! `GET /reports/consecutive-absences`: who has not been there for days on end.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::streaks::{Streak, streaks};
use crate::accept::accepts;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::reading::Reading;
use crate::school_days::school_days;

/// How far back it is looked.
const LOOK_BACK: Days = Days::new(366);

/// How many days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter, which is read by its name"
)]
pub(crate) struct ConsecutiveAbsencesParameters {
    /// At least so many: 1 to 366.
    #[param(default = 3)]
    days: Option<i32>,
}

/// The streaks of at least so many days, with the names of the students, in the order of a file.
async fn items(
    connection: &mut PgConnection,
    school_id: Uuid,
    mut streaks: Vec<Streak>,
    at_least: i64,
) -> Result<Vec<ConsecutiveAbsencesItem>, sqlx::Error> {
    streaks.retain(|streak| streak.days >= at_least);
    let ids: Vec<Uuid> = streaks.iter().map(|streak| streak.student_id).collect();
    let rows = sqlx::query!(
        "select student_id, name, admission_number, sort_name from students
         where school_id = $1 and student_id = any($2)",
        school_id,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    let mut names: HashMap<Uuid, _> = rows.into_iter().map(|row| (row.student_id, row)).collect();
    let mut items: Vec<_> = streaks
        .into_iter()
        .map(|streak| {
            let student = names.remove(&streak.student_id);
            let (name, admission_number, sort_name) = match student {
                Some(row) => (Some(row.name), row.admission_number, Some(row.sort_name)),
                None => (None, None, None),
            };
            let item = ConsecutiveAbsencesItem {
                student_id: streak.student_id,
                name,
                admission_number,
                days: streak.days,
                since: streak.since,
                until: streak.until,
            };
            (sort_name, item)
        })
        .collect();
    items.sort_by(|(name, item), (other_name, other)| {
        let key = (-item.days, name, item.student_id);
        key.cmp(&(-other.days, other_name, other.student_id))
    });
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// A student who has been absent from every register of their last school days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConsecutiveAbsencesItem {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    #[schema(example = "A-0412")]
    admission_number: Option<String>,
    /// School days with a register that counts for the student.
    #[schema(example = 4)]
    days: i64,
    /// The first of them.
    since: NaiveDate,
    /// The last of them.
    until: NaiveDate,
}

/// The order: the longest first; those alike by id.
type Key = (i64, Uuid);

const COLUMNS: [&str; 6] = [
    "student_id",
    "student",
    "admission_number",
    "days",
    "since",
    "until",
];

/// Lists students who are in a class today and were absent, for whatever reason, from every register of their last school
/// days, the longest first; as CSV all of them, without pages.
///
/// A school day without a register that counts for the student neither ends the days nor adds to them, and neither do days
/// without school. What lies more than a year back is not looked at.
#[utoipa::path(
    tag = "Reports",
    params(ConsecutiveAbsencesParameters, PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Students; as CSV with Accept: text/csv.", content(
            (Page<ConsecutiveAbsencesItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/consecutive-absences",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_consecutive_absences(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let at_least: i32 = parameters.optional("days").unwrap_or(3);
    if !(1..=366).contains(&at_least) {
        parameters.fault("days", "is a number from 1 to 366");
    }
    let wanted = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let looked_at = DateRange {
        from: today.checked_sub_days(LOOK_BACK).unwrap_or(today),
        to: today,
    };
    let school_days = school_days(connection, caller.school_id, looked_at).await?;
    let streaks = streaks(connection, caller.school_id, &school_days, today).await?;
    let items = items(connection, caller.school_id, streaks, i64::from(at_least)).await?;
    if accepts(request.headers(), "text/csv") {
        let name = format!("consecutive-absences-{today}.csv");
        let lines = items.into_iter().map(ConsecutiveAbsencesItem::line);
        return csv.answer_all(name, &COLUMNS, lines, reading.is_stale);
    }
    let key = |item: &ConsecutiveAbsencesItem| -> Key { (-item.days, item.student_id) };
    Ok(reading.answer(&Page::of_all(items, &wanted, key)?))
}

impl ConsecutiveAbsencesItem {
    fn line(self) -> Line {
        vec![
            self.student_id.to_string(),
            text(self.name),
            text(self.admission_number),
            self.days.to_string(),
            self.since.to_string(),
            self.until.to_string(),
        ]
    }
}
