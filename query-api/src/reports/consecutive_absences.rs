//! `GET /reports/consecutive-absences`: who has not been there for days on end.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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

/// A streak is what came after the last school day on which the student attended a register. `offset 0` and `date + 0` let
/// the index be read from that day on, and not from each of the school days.
async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    today: NaiveDate,
    at_least: i32,
) -> Result<Vec<ConsecutiveAbsencesItem>, sqlx::Error> {
    sqlx::query_as!(
        ConsecutiveAbsencesItem,
        r#"
        with enrolled as (
            select student_id, range_agg(daterange(from_date, until_date)) as spans
            from enrolment_periods
            where school_id = $1
            group by student_id
            having bool_or(from_date <= $3 and (until_date is null or until_date > $3))
        )
        select n.student_id as "student_id!", s.name as "name?", s.admission_number as "admission_number?",
               streak.days as "days!", streak.since as "since!", streak.until as "until!"
        from enrolled n
        cross join lateral (
            select coalesce((
                select e.date from register_entries e
                where e.school_id = $1 and e.student_id = n.student_id and e.date = any($2) and not e.void
                  and e.status in ('present', 'late') and n.spans @> e.date
                order by e.date desc limit 1
            ), '0001-01-01') as date offset 0
        ) attended
        cross join lateral (
            select count(distinct e.date) as days, min(e.date) as since, max(e.date) as until
            from register_entries e
            where e.school_id = $1 and e.student_id = n.student_id and e.date + 0 = any($2) and not e.void
              and e.date > attended.date and e.status in ('absent', 'excused')
              and n.spans @> e.date
        ) streak
        left join students s on s.school_id = $1 and s.student_id = n.student_id
        where streak.days >= $4
        order by streak.days desc, s.sort_name, n.student_id
        "#,
        school_id,
        school_days,
        today,
        i64::from(at_least),
    )
    .fetch_all(connection)
    .await
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
#[get("/reports/consecutive-absences")]
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
    let items = select(connection, caller.school_id, &school_days, today, at_least).await?;
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
