//! `GET /reports/student-rate`: how one student did over a term or a range of days.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::absence_days::{AbsenceDays, absence_days};
use super::doubles::{Double, counts_under, doubles_of};
use super::period::AskedPeriod;
use crate::accept::accepts;
use crate::authority::Scope;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::school_days::school_days;
use crate::tally::{Rates, Tally};

/// Which student, which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct StudentRateParameters {
    student_id: Uuid,
    /// The current term, if neither it nor days are named.
    term_id: Option<Uuid>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

/// A student's marked entries in one subject.
struct SubjectRow {
    subject_id: Option<Uuid>,
    title: Option<String>,
    present: i64,
    absent: i64,
    late: i64,
    excused: i64,
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_id: Uuid,
    days: DateRange,
) -> Result<Vec<SubjectRow>, sqlx::Error> {
    sqlx::query_as!(
        SubjectRow,
        r#"
        select b.subject_id as "subject_id?", b.title as "title?",
               count(*) filter (where e.effective_status = 'present') as "present!",
               count(*) filter (where e.effective_status = 'absent') as "absent!",
               count(*) filter (where e.effective_status = 'late') as "late!",
               count(*) filter (where e.effective_status = 'excused') as "excused!"
        from register_entries e
        left join classes c on c.school_id = e.school_id and c.class_id = e.class_id
        left join subjects b on b.school_id = e.school_id and b.subject_id = coalesce(e.subject_id, c.subject_id)
        where e.school_id = $1 and e.student_id = $2 and e.date between $3 and $4 and not e.void
          and e.status <> 'unmarked'
        group by b.subject_id, b.title
        order by b.title nulls first, b.subject_id
        "#,
        school_id,
        student_id,
        days.from,
        days.to,
    )
    .fetch_all(connection)
    .await
}

async fn select_name(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_id: Uuid,
) -> Result<String, sqlx::Error> {
    sqlx::query_scalar!(
        "select name from students where school_id = $1 and student_id = $2",
        school_id,
        student_id,
    )
    .fetch_one(connection)
    .await
}

/// A student in one subject.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectRate {
    /// Null for registers of no subject.
    subject_id: Option<Uuid>,
    #[schema(example = "Mathematics")]
    title: Option<String>,
    #[serde(flatten)]
    rates: Rates,
}

/// A student over a range of days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StudentRateResponse {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: String,
    /// Others of the school's records that the office found to be the same child: what is known of them is counted here.
    doubles: Vec<Double>,
    from: NaiveDate,
    to: NaiveDate,
    /// The version of the school's policy that the rates follow; null before there is one.
    policy_version: Option<i32>,
    /// All registers in which the student is marked, by effective status.
    sessions: Rates,
    /// As that of `sessions`.
    #[schema(example = "94.74")]
    attendance_rate: Option<String>,
    /// As that of `sessions`.
    #[schema(example = "89.74")]
    present_rate: Option<String>,
    /// School days up to today on which the student was in a class and a register counts for them.
    #[schema(example = 58)]
    enrolled_days: i64,
    /// School days up to today on which the student was in a class and no register counts for them.
    #[schema(example = 2)]
    untaken_days: i64,
    /// Of the enrolled days, those missed for whatever reason, excused or not: half a day where one of two registers says
    /// absent.
    #[schema(example = "2.50")]
    absent_days: String,
    by_subject: Vec<SubjectRate>,
}

const COLUMNS: [&str; 7] = [
    "of",
    "student_id",
    "student",
    "from",
    "to",
    "policy_version",
    "subject",
];
const DAY_COLUMNS: [&str; 3] = ["enrolled_days", "untaken_days", "absent_days"];

/// Reports on a student over a term or a range of days.
///
/// Somebody whom the office merged into another student is answered for as that student, all of whose doubles are counted
/// together. As CSV one line `of` all and one of each subject; days are counted for all only.
#[utoipa::path(
    tag = "Reports",
    params(StudentRateParameters, PolicyParameters, CsvParameters),
    responses(
        (status = 200, description = "The report; as CSV with Accept: text/csv.", content(
            (StudentRateResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such student, or no such term.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/student-rate",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_student_rate(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let student_id = parameters.required("student_id");
    let period = AskedPeriod::take_term_or_range(&mut parameters);
    let version = AskedVersion::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let asked_id = student_id?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    Scope::of(&caller)
        .require_student(connection, asked_id)
        .await?;
    let student_id = counts_under(connection, caller.school_id, asked_id).await?;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let days = period.resolve(connection, caller.school_id, today).await?;
    let policy =
        Policy::in_force(connection, caller.school_id, days.to.min(today), version).await?;
    let report = report(
        connection,
        caller.school_id,
        student_id,
        days,
        today,
        &policy,
    )
    .await?;
    if accepts(request.headers(), "text/csv") {
        let name = format!("student-rate-{}-{}.csv", days.from, days.to);
        let columns = [&COLUMNS[..], &Rates::COLUMNS, &DAY_COLUMNS].concat();
        return csv.answer_all(name, &columns, report.lines().into_iter(), reading.is_stale);
    }
    Ok(reading.answer(&report))
}

async fn report(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_id: Uuid,
    days: DateRange,
    today: NaiveDate,
    policy: &Policy,
) -> Result<StudentRateResponse, sqlx::Error> {
    let so_far = DateRange {
        to: days.to.min(today),
        ..days
    };
    let school_days = school_days(connection, school_id, so_far).await?;
    let absences = absence_days(connection, school_id, &school_days, Some(student_id)).await?;
    let absence = absences.into_iter().next();
    let absence = absence.unwrap_or_else(|| AbsenceDays::none(student_id));
    let rows = select(connection, school_id, student_id, days).await?;
    let sum: Tally = rows.iter().map(SubjectRow::tally).sum();
    let sessions = Rates::new(&sum, policy);
    Ok(StudentRateResponse {
        student_id,
        name: select_name(connection, school_id, student_id).await?,
        doubles: doubles_of(connection, school_id, student_id).await?,
        from: days.from,
        to: days.to,
        policy_version: policy.version,
        attendance_rate: sessions.attendance_rate.clone(),
        present_rate: sessions.present_rate.clone(),
        sessions,
        enrolled_days: absence.enrolled_days,
        untaken_days: absence.untaken_days,
        absent_days: absence.absent_days(),
        by_subject: rows.into_iter().map(|row| row.item(policy)).collect(),
    })
}

impl SubjectRow {
    fn tally(&self) -> Tally {
        Tally {
            present: self.present,
            absent: self.absent,
            late: self.late,
            excused: self.excused,
            unmarked: 0,
        }
    }

    fn item(self, policy: &Policy) -> SubjectRate {
        SubjectRate {
            rates: Rates::new(&self.tally(), policy),
            subject_id: self.subject_id,
            title: self.title,
        }
    }
}

impl StudentRateResponse {
    fn lines(self) -> Vec<Line> {
        let days = [
            self.enrolled_days.to_string(),
            self.untaken_days.to_string(),
            self.absent_days.clone(),
        ];
        let mut lines = vec![self.line("all", None, &self.sessions, days)];
        for subject in &self.by_subject {
            let title = subject.title.as_deref();
            lines.push(self.line("subject", title, &subject.rates, Default::default()));
        }
        lines
    }

    fn line(&self, of: &str, subject: Option<&str>, rates: &Rates, days: [String; 3]) -> Line {
        let mut line = vec![
            of.to_owned(),
            self.student_id.to_string(),
            self.name.clone(),
            self.from.to_string(),
            self.to.to_string(),
            text(self.policy_version),
            text(subject),
        ];
        line.extend(rates.cells());
        line.extend(days);
        line
    }
}
