//! `GET /exports/register.csv`: a class's registers as people know them on paper, a line a student and a column a register.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::authority::{Scope, visible_query_as};
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::reading::Reading;

/// How many students are read at once.
const STUDENTS_AT_ONCE: usize = 50;

/// Which class, which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct RegisterExportParameters {
    class_id: Uuid,
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
}

/// A column of the grid.
struct RegisterRow {
    session_id: Uuid,
    date: NaiveDate,
    slot: Option<String>,
    subject: Option<String>,
}

async fn select_registers(
    connection: &mut PgConnection,
    scope: Scope,
    class_id: Uuid,
    days: DateRange,
) -> Result<Vec<RegisterRow>, sqlx::Error> {
    visible_query_as!(
        RegisterRow,
        r#"
        select r.session_id, r.date, r.slot, b.title as "subject?"
        from register_sessions r
        left join subjects b on b.school_id = r.school_id and b.subject_id = r.subject_id
        left join slots l on l.school_id = r.school_id and l.slot = r.slot
        where
        "#,
        r#"
          and r.class_id = $3 and r.date between $4 and $5 and not r.void
        order by r.date, r.slot is not null, l.sort_order, r.slot, b.title nulls first, r.session_id
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

/// A line of the grid.
#[derive(Clone)]
struct StudentRow {
    student_id: Uuid,
    name: Option<String>,
    admission_number: Option<String>,
    /// What the student is called as whom this one counts.
    merged_into: Option<String>,
}

/// A class, and its registers as two columns that stand for each other's rows.
struct Grid {
    school_id: Uuid,
    class_id: Uuid,
    sessions: Vec<Uuid>,
    dates: Vec<NaiveDate>,
}

impl Grid {
    async fn select_students(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Vec<StudentRow>, sqlx::Error> {
        sqlx::query_as!(
            StudentRow,
            r#"
            select n.student_id as "student_id!", s.name as "name?", s.admission_number as "admission_number?",
                   coalesce(other.admission_number, other.name) as merged_into
            from (
                select p.student_id
                from enrolment_periods p
                where p.school_id = $1 and p.class_id = $2 and exists (
                    select from unnest($4::date[]) as day (date)
                    where p.from_date <= day.date and (p.until_date is null or p.until_date > day.date)
                )
                union
                select e.student_id
                from unnest($3::uuid[]) as g (session_id)
                join register_entries e on e.school_id = $1 and e.session_id = g.session_id
            ) n
            left join students s on s.school_id = $1 and s.student_id = n.student_id
            left join merged.doubles d on d.school_id = $1 and d.student_id = n.student_id
            left join students other on other.school_id = $1 and other.student_id = d.into_id
            order by s.sort_name, n.student_id
            "#,
            self.school_id,
            self.class_id,
            &self.sessions,
            &self.dates,
        )
        .fetch_all(connection)
        .await
    }

    /// The cells of some students, each line in the order of the registers.
    async fn lines(
        &self,
        connection: &mut PgConnection,
        students: &[StudentRow],
    ) -> Result<Vec<Line>, sqlx::Error> {
        let ids: Vec<Uuid> = students.iter().map(|student| student.student_id).collect();
        let rows = sqlx::query!(
            r#"
            select n.line as "line!", g.place as "place!", e.effective_status as "effective_status?"
            from unnest($4::uuid[]) with ordinality as n (student_id, line)
            cross join unnest($2::uuid[], $3::date[]) with ordinality as g (session_id, date, place)
            left join register_entries e
              on e.school_id = $1 and e.session_id = g.session_id and e.student_id = n.student_id
            where e.student_id is not null or exists (
                select from enrolment_periods p
                where p.school_id = $1 and p.class_id = $5 and p.student_id = n.student_id
                  and p.from_date <= g.date and (p.until_date is null or p.until_date > g.date)
            )
            "#,
            self.school_id,
            &self.sessions,
            &self.dates,
            &ids,
            self.class_id,
        )
        .fetch_all(connection)
        .await?;
        let mut lines: Vec<Line> = students.iter().map(|it| self.empty_line(it)).collect();
        for row in rows {
            let line = usize::try_from(row.line - 1).unwrap_or_default();
            let place = FIXED.len() + usize::try_from(row.place - 1).unwrap_or_default();
            if let Some(cell) = lines.get_mut(line).and_then(|line| line.get_mut(place)) {
                letter(row.effective_status.as_deref()).clone_into(cell);
            }
        }
        Ok(lines)
    }

    fn empty_line(&self, student: &StudentRow) -> Line {
        let mut line = vec![
            text(student.admission_number.as_deref()),
            text(student.name.as_deref()),
            text(student.merged_into.as_deref()),
        ];
        line.resize(FIXED.len() + self.sessions.len(), String::new());
        line
    }
}

/// The columns before the registers.
const FIXED: [&str; 3] = ["admission_number", "student", "merged_into"];

fn letter(effective_status: Option<&str>) -> &'static str {
    match effective_status {
        Some("present") => "P",
        Some("absent") => "A",
        Some("late") => "L",
        Some("excused") => "E",
        _ => "–",
    }
}

fn heading(register: &RegisterRow) -> String {
    let mut heading = register.date.to_string();
    for part in [&register.slot, &register.subject].into_iter().flatten() {
        heading.push(' ');
        heading.push_str(part);
    }
    heading
}

/// Exports the registers of a class as a grid: a line a student, by name, and a column a register, by date, slot and subject.
///
/// P, A, L and E say what counts: E also for an absence that an approved exception covers. A dash is nobody's word about a
/// student who was on the roster of the date; an empty cell, that the student was not. What was marked for somebody whom the
/// office merged into another student stays in a line of its own, where `merged_into` says into whom: the other's admission
/// number, or name. Registers that are void are left out. A teacher gets the registers of the days on which they taught the class.
#[utoipa::path(
    tag = "Exports",
    params(RegisterExportParameters, CsvParameters),
    responses(
        (
            status = 200,
            description = "One line a student. Cells that a spreadsheet would take for a formula begin with an apostrophe.",
            body = String,
            content_type = "text/csv",
            example = "admission_number,student,merged_into,2026-11-23 am,2026-11-23 pm,2026-11-24 am\r\nA-0412,Wanjiku Mwangi,,P,L,–\r\n",
        ),
        (status = 403, description = "A teacher who did not teach the class on any of the days.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/exports/register.csv",
    wrap = "Compress::default()",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn export_register(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let class_id = parameters.required("class_id");
    let days = NamedDays::take_range(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let class_id = class_id?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    let connection = &mut *reading.connection;
    let scope = Scope::of(&caller);
    let days = days.or(calendar::current_term(&services, connection, caller.school_id).await?);
    scope.require_class(connection, class_id, days).await?;
    let registers = select_registers(connection, scope, class_id, days).await?;
    let grid = Grid {
        school_id: caller.school_id,
        class_id,
        sessions: registers
            .iter()
            .map(|register| register.session_id)
            .collect(),
        dates: registers.iter().map(|register| register.date).collect(),
    };
    let students = grid.select_students(connection).await?;
    let is_stale = reading.is_stale;
    drop(reading);
    let headings: Vec<String> = registers.iter().map(heading).collect();
    let headings = headings.iter().map(String::as_str);
    let columns: Vec<&str> = FIXED.into_iter().chain(headings).collect();
    let lines = pages::all(async move |page| {
        let start = page.after.unwrap_or(0);
        let end = students.len().min(start + STUDENTS_AT_ONCE);
        let mut reading = Reading::at_once(&services, &caller).await?;
        let items = grid
            .lines(&mut reading.connection, &students[start..end])
            .await?;
        let next = (end < students.len()).then_some(end);
        Ok(Batch { items, next })
    })
    .await?;
    let name = format!("register-{}-{}.csv", days.from, days.to);
    csv.answer(name, &columns, lines, is_stale)
}
