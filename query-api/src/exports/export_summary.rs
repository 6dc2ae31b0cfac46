//! `GET /exports/summary.csv`: every class on every day, added up.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use futures::TryStreamExt;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::PageRequest;
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::reports::{ClassDay, class_days};
use crate::tally::RosterRates;

/// How many days with a register are read at once.
const DAYS_AT_ONCE: usize = 10;

/// Which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; NamedDays is what is read"
)]
pub(crate) struct SummaryExportParameters {
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
}

async fn select_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    days: DateRange,
) -> Result<Vec<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar!(
        "select distinct date from register_sessions
         where school_id = $1 and date between $2 and $3
         order by date limit $4",
        school_id,
        days.from,
        days.to,
        i64::try_from(DAYS_AT_ONCE).unwrap_or(i64::MAX),
    )
    .fetch_all(connection)
    .await
}

/// The classes of the next few days.
async fn find(
    connection: &mut PgConnection,
    school_id: Uuid,
    days: DateRange,
    page: &PageRequest<NaiveDate>,
) -> Result<Batch<ClassDay, NaiveDate>, sqlx::Error> {
    let following = page.after.map(|day| day.succ_opt().unwrap_or(day));
    let from = following.unwrap_or(days.from);
    let ahead = select_days(connection, school_id, DateRange { from, ..days }).await?;
    let (Some(first), Some(last)) = (ahead.first(), ahead.last()) else {
        return Ok(Batch {
            items: Vec::new(),
            next: None,
        });
    };
    let some_days = DateRange {
        from: *first,
        to: *last,
    };
    Ok(Batch {
        items: class_days(connection, school_id, some_days).await?,
        next: (ahead.len() == DAYS_AT_ONCE).then_some(*last),
    })
}

const COLUMNS: [&str; 5] = ["date", "class_id", "class", "registers", "policy_version"];

/// Exports a line for each class and day with a register that is not void: the sums of `/reports/class-summary`.
#[utoipa::path(
    tag = "Exports",
    params(SummaryExportParameters, PolicyParameters, CsvParameters),
    responses(
        (
            status = 200,
            description = "One line a class and day. Cells that a spreadsheet would take for a formula begin with an apostrophe.",
            body = String,
            content_type = "text/csv",
            example = "date,class_id,class,registers,policy_version,roster,marked,unmarked,present,absent,late,excused,attendance_rate,present_rate\r\n2026-11-24,21d01924-32d0-57ec-93b8-807238824e08,Form 2 East,1,1,40,39,1,35,2,1,1,94.74,89.74\r\n",
        ),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/exports/summary.csv", wrap = "Compress::default()")]
pub(crate) async fn export_summary(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let days = NamedDays::take_range(&mut parameters);
    let version = AskedVersion::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let school_id = caller.school_id;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, school_id).await?;
    let days = days.or(calendar::term_at(connection, school_id, today).await?);
    let policy = Policy::in_force(connection, school_id, days.to.min(today), version).await?;
    let is_stale = reading.is_stale;
    drop(reading);
    let found = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        reading.count_merged().await?;
        Ok(find(&mut reading.connection, school_id, days, &page).await?)
    })
    .await?;
    let lines = found.map_ok(move |classes| {
        let lines = classes.iter().map(|class| line(class, &policy));
        lines.collect()
    });
    let columns = [&COLUMNS[..], &RosterRates::COLUMNS].concat();
    let name = format!("summary-{}-{}.csv", days.from, days.to);
    csv.answer(name, &columns, lines, is_stale)
}

fn line(class: &ClassDay, policy: &Policy) -> Line {
    let mut line = vec![
        class.date.to_string(),
        class.class_id.to_string(),
        text(class.title.as_deref()),
        class.registers.to_string(),
        text(policy.version),
    ];
    line.extend(RosterRates::new(&class.tally, policy).cells());
    line
}
