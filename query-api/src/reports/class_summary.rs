//! `GET /reports/class-summary`: how a class did on one day.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use futures::stream;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::accept::accepts;
use crate::authority::Scope;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::rate::percent;
use crate::reading::Reading;

/// Which class, which day.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct ClassSummaryParameters {
    class_id: Uuid,
    /// Today, if it is missing.
    date: Option<NaiveDate>,
}

/// Sums over the registers of the day. Students without an entry are those enrolled on the date who have none in a
/// register that is there; on a day without a register, all who are enrolled.
struct SummaryRow {
    policy_version: Option<i32>,
    present: i64,
    absent: i64,
    late: i64,
    excused: i64,
    unmarked: i64,
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
) -> Result<SummaryRow, sqlx::Error> {
    sqlx::query_as!(
        SummaryRow,
        r#"
        with registers as (
            select session_id, present, absent, late, excused, unmarked from register_sessions
            where school_id = $1 and class_id = $2 and date = $3 and not void
        ),
        enrolled as (
            select student_id from enrolment_periods
            where school_id = $1 and class_id = $2 and from_date <= $3 and (until_date is null or until_date > $3)
        ),
        without_entry as (
            select count(*) as students
            from enrolled n
            cross join (
                select session_id from registers
                union all
                select null where not exists (select from registers)
            ) r
            where not exists (
                select from register_entries e
                where e.school_id = $1 and e.session_id = r.session_id and e.student_id = n.student_id
            )
        )
        select (select max(version) from policies where school_id = $1) as policy_version,
               coalesce(sum(present), 0) as "present!", coalesce(sum(absent), 0) as "absent!",
               coalesce(sum(late), 0) as "late!", coalesce(sum(excused), 0) as "excused!",
               coalesce(sum(unmarked), 0) + (select students from without_entry) as "unmarked!"
        from registers
        "#,
        school_id,
        class_id,
        date,
    )
    .fetch_one(connection)
    .await
}

/// A class on a day, by effective status, summed over its registers: `roster = marked + unmarked`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassSummaryResponse {
    class_id: Uuid,
    date: NaiveDate,
    /// The version of the school's policy that the rates follow; null before there is one.
    policy_version: Option<i32>,
    /// Students of each register of the day, added up: a class of 40 with a morning and an afternoon register has 80. Of
    /// the class, if there is no register.
    #[schema(example = 40)]
    roster: i64,
    #[schema(example = 39)]
    marked: i64,
    #[schema(example = 1)]
    unmarked: i64,
    #[schema(example = 35)]
    present: i64,
    #[schema(example = 2)]
    absent: i64,
    #[schema(example = 1)]
    late: i64,
    #[schema(example = 1)]
    excused: i64,
    /// (present + late) / (present + late + absent), in percent; null if nobody counts.
    #[schema(example = "94.74")]
    attendance_rate: Option<String>,
    /// present / marked, in percent; null if nobody is marked.
    #[schema(example = "89.74")]
    present_rate: Option<String>,
}

const COLUMNS: [&str; 12] = [
    "class_id",
    "date",
    "policy_version",
    "roster",
    "marked",
    "unmarked",
    "present",
    "absent",
    "late",
    "excused",
    "attendance_rate",
    "present_rate",
];

/// Sums up a class's registers of one day. Registers that are void do not count.
///
/// Every count is of entries, not of children: a school that registers mornings and afternoons, or every lesson, gets each
/// student once for each register. A class of 40 with two registers has a roster of 80, and a student who missed the
/// morning only is 1 absent and 1 present; so the rates are those of the sessions attended, half days where there are two.
/// A register that nobody has begun is not expected here. For one register by itself, read `/sessions` of the date: its
/// `counts` are of children. Without any register the roster is the enrolled students, all of them unmarked.
#[utoipa::path(
    tag = "Reports",
    params(ClassSummaryParameters, CsvParameters),
    responses(
        (status = 200, description = "The summary; as CSV with Accept: text/csv.", content(
            (ClassSummaryResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "A teacher who did not teach the class that day.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/reports/class-summary")]
pub(crate) async fn get_class_summary(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let class_id = parameters.required("class_id");
    let date: Option<NaiveDate> = parameters.optional("date");
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let class_id = class_id?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    let date = match date {
        Some(date) => date,
        None => calendar::today(&services, &mut reading.connection, caller.school_id).await?,
    };
    let day = DateRange {
        from: date,
        to: date,
    };
    Scope::of(&caller)
        .require_class(&mut reading.connection, class_id, day)
        .await?;
    let row = select(&mut reading.connection, caller.school_id, class_id, date).await?;
    let summary = ClassSummaryResponse::new(class_id, date, row);
    if accepts(request.headers(), "text/csv") {
        let name = format!("class-summary-{date}.csv");
        let line = stream::once(async move { Ok(vec![summary.line()]) });
        return csv.answer(name, &COLUMNS, line, reading.is_stale);
    }
    Ok(reading.answer(&summary))
}

impl ClassSummaryResponse {
    fn new(class_id: Uuid, date: NaiveDate, row: SummaryRow) -> Self {
        let attended = row.present + row.late;
        let marked = attended + row.absent + row.excused;
        Self {
            class_id,
            date,
            policy_version: row.policy_version,
            roster: marked + row.unmarked,
            marked,
            unmarked: row.unmarked,
            present: row.present,
            absent: row.absent,
            late: row.late,
            excused: row.excused,
            attendance_rate: percent(
                attended.unsigned_abs(),
                (attended + row.absent).unsigned_abs(),
            ),
            present_rate: percent(row.present.unsigned_abs(), marked.unsigned_abs()),
        }
    }

    fn line(&self) -> Line {
        vec![
            self.class_id.to_string(),
            self.date.to_string(),
            self.policy_version
                .map(|version| version.to_string())
                .unwrap_or_default(),
            self.roster.to_string(),
            self.marked.to_string(),
            self.unmarked.to_string(),
            self.present.to_string(),
            self.absent.to_string(),
            self.late.to_string(),
            self.excused.to_string(),
            self.attendance_rate.clone().unwrap_or_default(),
            self.present_rate.clone().unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(
        present: i64,
        absent: i64,
        late: i64,
        excused: i64,
        unmarked: i64,
    ) -> ClassSummaryResponse {
        let row = SummaryRow {
            policy_version: Some(1),
            present,
            absent,
            late,
            excused,
            unmarked,
        };
        ClassSummaryResponse::new(Uuid::nil(), NaiveDate::default(), row)
    }

    #[test]
    fn late_is_not_absent_and_unmarked_is_neither() {
        let summary = summary(26, 2, 2, 0, 10);
        assert_eq!((summary.roster, summary.marked), (40, 30));
        assert_eq!(summary.attendance_rate.as_deref(), Some("93.33"));
        assert_eq!(summary.present_rate.as_deref(), Some("86.67"));
    }

    #[test]
    fn the_excused_count_for_neither_side_of_attendance() {
        let summary = summary(3, 1, 0, 6, 0);
        assert_eq!(summary.attendance_rate.as_deref(), Some("75.00"));
        assert_eq!(summary.present_rate.as_deref(), Some("30.00"));
    }

    #[test]
    fn where_nobody_counts_there_is_no_rate() {
        assert_eq!(summary(0, 0, 0, 5, 3).attendance_rate, None);
        assert_eq!(summary(0, 0, 0, 5, 3).present_rate.as_deref(), Some("0.00"));
        assert_eq!(summary(0, 0, 0, 0, 40).present_rate, None);
    }
}
