//! `GET /reports/class-report`: how a class and each of its students did over a range of days.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::period::AskedPeriod;
use crate::accept::accepts;
use crate::authority::{Scope, visible_query_as};
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::tally::{RosterRates, Tally};

/// Which class, which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct ClassReportParameters {
    class_id: Uuid,
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
}

struct RegistersRow {
    registers: i64,
}

async fn count_registers(
    connection: &mut PgConnection,
    scope: Scope,
    class_id: Uuid,
    days: DateRange,
) -> Result<i64, sqlx::Error> {
    let row = visible_query_as!(
        RegistersRow,
        r#"select count(*) as "registers!" from register_sessions r where "#,
        " and r.class_id = $3 and r.date between $4 and $5 and not r.void",
        scope.school_id(),
        scope.teacher(),
        class_id,
        days.from,
        days.to,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.registers)
}

/// A student's entries in the registers of the dates on which they were on the roster.
pub(crate) struct StudentRow {
    pub(crate) student_id: Uuid,
    pub(crate) name: Option<String>,
    pub(crate) admission_number: Option<String>,
    pub(crate) present: i64,
    pub(crate) absent: i64,
    pub(crate) late: i64,
    pub(crate) excused: i64,
    pub(crate) unmarked: i64,
    pub(crate) minutes_late: i64,
}

async fn select(
    connection: &mut PgConnection,
    scope: Scope,
    class_id: Uuid,
    days: DateRange,
) -> Result<Vec<StudentRow>, sqlx::Error> {
    visible_query_as!(
        StudentRow,
        r#"
        with registers as (
            select r.session_id, r.date from register_sessions r where
        "#,
        r#"
              and r.class_id = $3 and r.date between $4 and $5 and not r.void
        ),
        enrolled as (
            select g.session_id, p.student_id
            from registers g
            join enrolment_periods p on p.school_id = $1 and p.class_id = $3
              and p.from_date <= g.date and (p.until_date is null or p.until_date > g.date)
        ),
        entries as (
            select e.session_id, e.student_id, e.effective_status, e.minutes_late
            from registers g
            join register_entries e on e.school_id = $1 and e.session_id = g.session_id
        ),
        counted as (
            select coalesce(e.student_id, n.student_id) as student_id,
                   count(*) filter (where e.effective_status = 'present') as present,
                   count(*) filter (where e.effective_status = 'absent') as absent,
                   count(*) filter (where e.effective_status = 'late') as late,
                   count(*) filter (where e.effective_status = 'excused') as excused,
                   count(*) filter (where coalesce(e.effective_status, 'unmarked') = 'unmarked') as unmarked,
                   coalesce(sum(e.minutes_late) filter (where e.effective_status = 'late'), 0) as minutes_late
            from enrolled n
            full join entries e on e.session_id = n.session_id and e.student_id = n.student_id
            group by 1
        )
        select c.student_id as "student_id!", s.name as "name?", s.admission_number as "admission_number?",
               c.present as "present!", c.absent as "absent!", c.late as "late!", c.excused as "excused!",
               c.unmarked as "unmarked!", c.minutes_late as "minutes_late!"
        from counted c
        left join students s on s.school_id = $1 and s.student_id = c.student_id
        order by s.sort_name, c.student_id
        "#,
        scope.school_id(),
        scope.teacher(),
        class_id,
        days.from,
        days.to,
    )
    .fetch_all(connection)
    .await
}

/// A student of the class over the range.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassReportStudent {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    #[schema(example = "A-0412")]
    admission_number: Option<String>,
    /// Of the registers in which the student counts as late.
    #[schema(example = 12)]
    minutes_late: i64,
    #[serde(flatten)]
    counts: RosterRates,
}

/// A class over a range of days, by effective status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassReportResponse {
    class_id: Uuid,
    from: NaiveDate,
    to: NaiveDate,
    /// The version of the school's policy that the rates follow; null before there is one.
    policy_version: Option<i32>,
    /// How many registers there are that are not void.
    #[schema(example = 60)]
    registers: i64,
    /// The sums over the students.
    totals: RosterRates,
    /// Everybody who was on the roster of a register, in the order of their names.
    students: Vec<ClassReportStudent>,
}

const COLUMNS: [&str; 4] = ["student_id", "student", "admission_number", "minutes_late"];

/// Reports on a class over a range of days, student by student.
///
/// A student's roster are the registers on whose date they were enrolled in the class, or in which they have an entry:
/// whoever moved away in the middle has fewer, and stays in the report of the days before. Registers that are void do not
/// count. A teacher gets the registers of the days on which they taught the class. As CSV a line a student.
#[utoipa::path(
    tag = "Reports",
    params(ClassReportParameters, PolicyParameters, CsvParameters),
    responses(
        (status = 200, description = "The report; as CSV with Accept: text/csv.", content(
            (ClassReportResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "A teacher who did not teach the class on any of the days.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/class-report",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_class_report(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let class_id = parameters.required("class_id");
    let period = AskedPeriod::take_range(&mut parameters);
    let version = AskedVersion::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let class_id = class_id?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let (school_id, scope) = (caller.school_id, Scope::of(&caller));
    let today = calendar::today(&services, connection, school_id).await?;
    let days = period.resolve(connection, school_id, today).await?;
    scope.require_class(connection, class_id, days).await?;
    let policy = Policy::in_force(connection, school_id, days.to.min(today), version).await?;
    let registers = count_registers(connection, scope, class_id, days).await?;
    let rows = select(connection, scope, class_id, days).await?;
    if accepts(request.headers(), "text/csv") {
        let name = format!("class-report-{}-{}.csv", days.from, days.to);
        let columns = [&COLUMNS[..], &RosterRates::COLUMNS].concat();
        let lines = rows.into_iter().map(|row| row.item(&policy).line());
        return csv.answer_all(name, &columns, lines, reading.is_stale);
    }
    let report = ClassReportResponse::new(class_id, days, &policy, registers, rows);
    Ok(reading.answer(&report))
}

impl ClassReportResponse {
    /// The report that the rows add up to.
    pub(crate) fn new(
        class_id: Uuid,
        days: DateRange,
        policy: &Policy,
        registers: i64,
        rows: Vec<StudentRow>,
    ) -> Self {
        let sum: Tally = rows.iter().map(StudentRow::tally).sum();
        Self {
            class_id,
            from: days.from,
            to: days.to,
            policy_version: policy.version,
            registers,
            totals: RosterRates::new(&sum, policy),
            students: rows.into_iter().map(|row| row.item(policy)).collect(),
        }
    }
}

impl StudentRow {
    fn tally(&self) -> Tally {
        Tally {
            present: self.present,
            absent: self.absent,
            late: self.late,
            excused: self.excused,
            unmarked: self.unmarked,
        }
    }

    fn item(self, policy: &Policy) -> ClassReportStudent {
        ClassReportStudent {
            counts: RosterRates::new(&self.tally(), policy),
            student_id: self.student_id,
            name: self.name,
            admission_number: self.admission_number,
            minutes_late: self.minutes_late,
        }
    }
}

impl ClassReportStudent {
    fn line(self) -> Line {
        let mut line = vec![
            self.student_id.to_string(),
            text(self.name),
            text(self.admission_number),
            self.minutes_late.to_string(),
        ];
        line.extend(self.counts.cells());
        line
    }
}
