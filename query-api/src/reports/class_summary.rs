//! `GET /reports/class-summary`: how a class did on one day.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
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
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::tally::{RosterRates, Tally};

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
async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
) -> Result<Tally, sqlx::Error> {
    sqlx::query_as!(
        Tally,
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
        select coalesce(sum(present), 0) as "present!", coalesce(sum(absent), 0) as "absent!",
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
    #[serde(flatten)]
    counts: RosterRates,
}

const COLUMNS: [&str; 3] = ["class_id", "date", "policy_version"];

/// Sums up a class's registers of one day. Registers that are void do not count.
///
/// Every count is of entries, not of children: a school that registers mornings and afternoons, or every lesson, gets each
/// student once for each register. A class of 40 with two registers has a roster of 80, and a student who missed the
/// morning only is 1 absent and 1 present; so the rates are those of the sessions attended, half days where there are two.
/// A register that nobody has begun is not expected here. For one register by itself, read `/sessions` of the date: its
/// `counts` are of children. Without any register the roster is the enrolled students, all of them unmarked.
#[utoipa::path(
    tag = "Reports",
    params(ClassSummaryParameters, PolicyParameters, CsvParameters),
    responses(
        (status = 200, description = "The summary; as CSV with Accept: text/csv.", content(
            (ClassSummaryResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "A teacher who did not teach the class that day.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
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
    let version = AskedVersion::take(&mut parameters);
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let class_id = class_id?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let date = date.unwrap_or(today);
    let day = DateRange {
        from: date,
        to: date,
    };
    Scope::of(&caller)
        .require_class(connection, class_id, day)
        .await?;
    let policy = Policy::in_force(connection, caller.school_id, date.min(today), version).await?;
    let tally = select(connection, caller.school_id, class_id, date).await?;
    let summary = ClassSummaryResponse {
        class_id,
        date,
        policy_version: policy.version,
        counts: RosterRates::new(&tally, &policy),
    };
    if accepts(request.headers(), "text/csv") {
        let name = format!("class-summary-{date}.csv");
        let columns = [&COLUMNS[..], &RosterRates::COLUMNS].concat();
        return csv.answer_all(
            name,
            &columns,
            std::iter::once(summary.line()),
            reading.is_stale,
        );
    }
    Ok(reading.answer(&summary))
}

impl ClassSummaryResponse {
    fn line(&self) -> Line {
        let mut line = vec![
            self.class_id.to_string(),
            self.date.to_string(),
            text(self.policy_version),
        ];
        line.extend(self.counts.cells());
        line
    }
}
