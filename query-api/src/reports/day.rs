//! `GET /reports/day`: the whole school on one day.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::class_days::class_days;
use super::expected_registers::{ExpectedRegister, RegisterState, expected_registers};
use crate::accept::accepts;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::school_days::{closed_because, school_days};
use crate::tally::{RosterRates, Tally};

/// Which day.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter, which is read by its name"
)]
pub(crate) struct DayParameters {
    /// Today, if it is missing.
    date: Option<NaiveDate>,
}

/// A class that has nobody's register on the day, and how many students are on its roster.
struct Unregistered {
    class_id: Uuid,
    title: Option<String>,
    students: i64,
}

async fn select_unregistered(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<Vec<Unregistered>, sqlx::Error> {
    sqlx::query_as!(
        Unregistered,
        r#"
        select p.class_id, c.title as "title?", count(*) as "students!"
        from enrolment_periods p
        left join classes c on c.school_id = p.school_id and c.class_id = p.class_id
        where p.school_id = $1 and p.from_date <= $2 and (p.until_date is null or p.until_date > $2)
          and not exists (
              select from register_sessions r
              where r.school_id = $1 and r.class_id = p.class_id and r.date = $2 and not r.void
          )
        group by p.class_id, c.title
        "#,
        school_id,
        date,
    )
    .fetch_all(connection)
    .await
}

/// Children, each counted once.
struct ChildrenRow {
    students: i64,
    absent_unexplained: i64,
}

async fn count_children(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<ChildrenRow, sqlx::Error> {
    sqlx::query_as!(
        ChildrenRow,
        r#"
        select (select count(distinct student_id) from enrolment_periods
                where school_id = $1 and from_date <= $2 and (until_date is null or until_date > $2)) as "students!",
               (select count(distinct student_id) from register_entries
                where school_id = $1 and date = $2 and not void and effective_status = 'absent') as "absent_unexplained!"
        "#,
        school_id,
        date,
    )
    .fetch_one(connection)
    .await
}

/// The registers that the calendar expects: `expected = taken + not_received + not_taken`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct ExpectedCounts {
    expected: usize,
    /// Closed.
    taken: usize,
    /// Of those not received, how many were opened here.
    open: usize,
    /// Nobody knows anything of them.
    not_taken: usize,
    /// Opened without a close, or on a device that could not send it yet.
    not_received: usize,
}

/// A class on the day; without any register, everybody on its roster is unmarked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayClass {
    class_id: Uuid,
    #[schema(example = "Form 2 East")]
    title: Option<String>,
    /// How many registers there are that are not void.
    registers: i64,
    #[serde(flatten)]
    counts: RosterRates,
}

/// The school on a day. The counts are of entries, added up over the classes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayResponse {
    date: NaiveDate,
    /// Whether it is in a term, the calendar has school on it, and it is no closed day.
    is_school_day: bool,
    /// What the closed day is called that it is.
    #[schema(example = "Mashujaa Day")]
    closed_because: Option<String>,
    /// The version of the school's policy that the rates follow; null before there is one.
    policy_version: Option<i32>,
    /// How many students are in at least one class on the day.
    #[schema(example = 980)]
    students: i64,
    #[serde(flatten)]
    counts: RosterRates,
    registers: ExpectedCounts,
    /// How many students are absent from at least one register without anybody having excused it.
    #[schema(example = 7)]
    absent_unexplained: i64,
    /// By title.
    classes: Vec<DayClass>,
}

const COLUMNS: [&str; 5] = ["date", "policy_version", "class_id", "class", "registers"];

/// Sums up the whole school's day, class by class.
///
/// The counts of a class are those of `/reports/class-summary`, and the school's are their sums. As CSV a line a class.
#[utoipa::path(
    tag = "Reports",
    params(DayParameters, PolicyParameters, CsvParameters),
    responses(
        (status = 200, description = "The day; as CSV with Accept: text/csv.", content(
            (DayResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/day",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_day(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let date = parameters.optional("date");
    let version = AskedVersion::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let date = date.unwrap_or(today);
    let policy = Policy::in_force(connection, caller.school_id, date.min(today), version).await?;
    let day = read(connection, caller.school_id, date, &policy).await?;
    if accepts(request.headers(), "text/csv") {
        let columns = [&COLUMNS[..], &RosterRates::COLUMNS].concat();
        let lines = day.classes.iter().map(|class| day.line(class));
        return csv.answer_all(format!("day-{date}.csv"), &columns, lines, reading.is_stale);
    }
    Ok(reading.answer(&day))
}

async fn read(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
    policy: &Policy,
) -> Result<DayResponse, sqlx::Error> {
    let day = DateRange {
        from: date,
        to: date,
    };
    let expected = expected_registers(connection, school_id, date).await?;
    let children = count_children(connection, school_id, date).await?;
    let registered = class_days(connection, school_id, day).await?;
    let unregistered = select_unregistered(connection, school_id, date).await?;
    let mut tallies: Vec<Tally> = registered.iter().map(|class| class.tally).collect();
    tallies.extend(unregistered.iter().map(Unregistered::tally));
    let mut classes: Vec<DayClass> = unregistered
        .into_iter()
        .map(|class| class.item(policy))
        .collect();
    classes.extend(registered.into_iter().map(|class| DayClass {
        class_id: class.class_id,
        title: class.title,
        registers: class.registers,
        counts: RosterRates::new(&class.tally, policy),
    }));
    classes.sort_by(|a, b| (&a.title, a.class_id).cmp(&(&b.title, b.class_id)));
    Ok(DayResponse {
        date,
        is_school_day: !school_days(connection, school_id, day).await?.is_empty(),
        closed_because: closed_because(connection, school_id, date).await?,
        policy_version: policy.version,
        students: children.students,
        counts: RosterRates::new(&tallies.into_iter().sum(), policy),
        registers: ExpectedCounts::of(&expected),
        absent_unexplained: children.absent_unexplained,
        classes,
    })
}

impl Unregistered {
    fn tally(&self) -> Tally {
        Tally {
            unmarked: self.students,
            ..Tally::default()
        }
    }

    fn item(self, policy: &Policy) -> DayClass {
        DayClass {
            counts: RosterRates::new(&self.tally(), policy),
            class_id: self.class_id,
            title: self.title,
            registers: 0,
        }
    }
}

impl ExpectedCounts {
    fn of(registers: &[ExpectedRegister]) -> Self {
        let in_state = |states: &[RegisterState]| {
            let found = registers.iter().filter(|it| states.contains(&it.state));
            found.count()
        };
        Self {
            expected: registers.len(),
            taken: in_state(&[RegisterState::Taken]),
            open: in_state(&[RegisterState::Open]),
            not_taken: in_state(&[RegisterState::NotTaken]),
            not_received: in_state(&[RegisterState::Open, RegisterState::Unsent]),
        }
    }
}

impl DayResponse {
    fn line(&self, class: &DayClass) -> Line {
        let mut line = vec![
            self.date.to_string(),
            text(self.policy_version),
            class.class_id.to_string(),
            text(class.title.as_deref()),
            class.registers.to_string(),
        ];
        line.extend(class.counts.cells());
        line
    }
}
