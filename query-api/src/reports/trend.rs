//! `GET /reports/trend`: how attendance went from day to day, week to week, term to term.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::period::AskedPeriod;
use crate::accept::accepts;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::tally::{Rates, Tally};

/// Which days, and how they are put together.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct TrendParameters {
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
    /// day, week (from Monday) or term. Registers outside every taught term have no place among terms.
    #[param(default = "day")]
    by: Option<String>,
    /// class, grade or subject; the whole school, if it is missing. A class of several grades is a group of its own.
    group: Option<String>,
}

struct Row {
    period_start: NaiveDate,
    group_id: Option<String>,
    group_title: Option<String>,
    registers: i64,
    present: i64,
    absent: i64,
    late: i64,
    excused: i64,
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    days: DateRange,
    by: &str,
    group: Option<&str>,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"
        select g.period_start as "period_start!", g.group_id,
               case $5 when 'grade' then g.group_id else coalesce(c.title, b.title) end as group_title,
               g.registers as "registers!", g.present as "present!", g.absent as "absent!", g.late as "late!",
               g.excused as "excused!"
        from (
            select case $4 when 'day' then r.date when 'week' then date_trunc('week', r.date)::date
                   else t.starts_on end as period_start,
                   case $5 when 'class' then r.class_id::text when 'grade' then c.grades
                   when 'subject' then coalesce(r.subject_id, c.subject_id)::text end as group_id,
                   count(*) as registers, sum(r.present) as present, sum(r.absent) as absent, sum(r.late) as late,
                   sum(r.excused) as excused
            from register_sessions r
            left join classes c on $5 in ('grade', 'subject') and c.school_id = r.school_id and c.class_id = r.class_id
            left join lateral (
                select t.starts_on from terms t
                where $4 = 'term' and t.school_id = $1 and t.taught and r.date between t.starts_on and t.ends_on
                order by t.starts_on desc, t.term_id limit 1
            ) t on true
            where r.school_id = $1 and r.date between $2 and $3 and not r.void
              and ($4 <> 'term' or t.starts_on is not null)
            group by 1, 2
        ) g
        left join classes c on c.school_id = $1 and c.class_id = case $5 when 'class' then g.group_id end::uuid
        left join subjects b on b.school_id = $1 and b.subject_id = case $5 when 'subject' then g.group_id end::uuid
        order by g.period_start, group_title nulls first, g.group_id
        "#,
        school_id,
        days.from,
        days.to,
        by,
        group,
    )
    .fetch_all(connection)
    .await
}

/// A period, of the whole school or of a group.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendItem {
    /// The day, the week's Monday, or the term's first day.
    period_start: NaiveDate,
    /// The id of the class or the subject, or the grade as the import named it; null for the whole school, and for registers
    /// of no grade or subject.
    group_id: Option<String>,
    #[schema(example = "Mathematics")]
    group_title: Option<String>,
    /// How many registers there are that are not void.
    #[schema(example = 60)]
    registers: i64,
    #[serde(flatten)]
    rates: Rates,
}

/// Periods in their order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TrendResponse {
    from: NaiveDate,
    to: NaiveDate,
    by: &'static str,
    group: Option<&'static str>,
    /// The version of the school's policy that all rates follow; null before there is one.
    policy_version: Option<i32>,
    items: Vec<TrendItem>,
    next_cursor: Option<String>,
}

/// The order of the pages; a period of no group comes first.
type Key = (NaiveDate, String);

const COLUMNS: [&str; 4] = ["period_start", "group_id", "group", "registers"];

/// Lists attendance by day, week or term, of the whole school or by class, grade or subject; as CSV without pages.
///
/// All periods are counted under one version of the policy, so that they can be compared. Periods without a register are
/// left out.
#[utoipa::path(
    tag = "Reports",
    params(TrendParameters, PolicyParameters, PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Periods; as CSV with Accept: text/csv.", content(
            (TrendResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/reports/trend")]
pub(crate) async fn list_trend(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let period = AskedPeriod::take_range(&mut parameters);
    let by = parameters.one_of("by", &["day", "week", "term"]);
    let by = by.unwrap_or("day");
    let group = parameters.one_of("group", &["class", "grade", "subject"]);
    let version = AskedVersion::take(&mut parameters);
    let wanted = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let school_id = caller.school_id;
    let today = calendar::today(&services, connection, school_id).await?;
    let days = period.resolve(connection, school_id, today).await?;
    let policy = Policy::in_force(connection, school_id, days.to.min(today), version).await?;
    let rows = select(connection, school_id, days, by, group).await?;
    let items: Vec<TrendItem> = rows.into_iter().map(|row| row.item(&policy)).collect();
    if accepts(request.headers(), "text/csv") {
        let name = format!("trend-by-{by}-{}-{}.csv", days.from, days.to);
        let columns = [&COLUMNS[..], &Rates::COLUMNS].concat();
        let lines = items.into_iter().map(TrendItem::line);
        return csv.answer_all(name, &columns, lines, reading.is_stale);
    }
    let key = |item: &TrendItem| -> Key {
        (item.period_start, item.group_id.clone().unwrap_or_default())
    };
    let page = Page::of_all(items, &wanted, key)?;
    Ok(reading.answer(&TrendResponse {
        from: days.from,
        to: days.to,
        by,
        group,
        policy_version: policy.version,
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}

impl Row {
    fn item(self, policy: &Policy) -> TrendItem {
        let tally = Tally {
            present: self.present,
            absent: self.absent,
            late: self.late,
            excused: self.excused,
            unmarked: 0,
        };
        TrendItem {
            period_start: self.period_start,
            group_id: self.group_id,
            group_title: self.group_title,
            registers: self.registers,
            rates: Rates::new(&tally, policy),
        }
    }
}

impl TrendItem {
    fn line(self) -> Line {
        let mut line = vec![
            self.period_start.to_string(),
            text(self.group_id),
            text(self.group_title),
            self.registers.to_string(),
        ];
        line.extend(self.rates.cells());
        line
    }
}
