//! `GET /exceptions`: who is excused when, and who decided so.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::authority::Scope;
use crate::date_range::{DateRange, FIRST_DAY, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;
use crate::texts;

/// Which exceptions are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; Filter is what is read")]
pub(crate) struct ExceptionsParameters {
    student_id: Option<Uuid>,
    /// pending, approved, rejected or revoked.
    #[param(example = "approved")]
    status: Option<String>,
    /// With days on or after this one.
    from: Option<NaiveDate>,
    /// With days on or before this one.
    to: Option<NaiveDate>,
}

struct Filter {
    student_id: Option<Uuid>,
    status: Option<&'static str>,
    days: DateRange,
}

impl Filter {
    fn take(parameters: &mut Parameters) -> Self {
        Self {
            student_id: parameters.optional("student_id"),
            status: parameters.one_of("status", &["pending", "approved", "rejected", "revoked"]),
            days: NamedDays::take_range(parameters).or_all_time(),
        }
    }
}

/// The order of exceptions.
type Key = (NaiveDate, Uuid);

struct ExceptionRow {
    exception_id: Uuid,
    student_id: Uuid,
    category: String,
    start_date: NaiveDate,
    end_date: NaiveDate,
    slots: Option<Vec<String>>,
    reason: Vec<u8>,
    state: String,
    recorded_by: Uuid,
    recorded_by_name: Option<String>,
    recorded_at: DateTime<Utc>,
    decided_by: Option<Uuid>,
    decided_by_name: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decision_reason: Option<Vec<u8>>,
}

/// A teacher finds the exceptions of a student for days on which the student was in a class that the teacher taught.
async fn select(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &Filter,
    page: &PageRequest<Key>,
) -> Result<Vec<ExceptionRow>, sqlx::Error> {
    let (after_date, after_id) = page.after.unwrap_or((FIRST_DAY, Uuid::nil()));
    sqlx::query_as!(
        ExceptionRow,
        r#"
        select x.exception_id, x.student_id, x.category, x.start_date, x.end_date, x.slots, x.reason, x.state,
               x.recorded_by, r.name as "recorded_by_name?", x.recorded_at,
               x.decided_by, d.name as "decided_by_name?", x.decided_at, x.decision_reason
        from exceptions x
        left join users r on r.school_id = x.school_id and r.user_id = x.recorded_by
        left join users d on d.school_id = x.school_id and d.user_id = x.decided_by
        where x.school_id = $1
          and ($2::uuid is null or exists (
              select from enrolment_periods e
              join staff_periods t on t.school_id = e.school_id and t.class_id = e.class_id
              where e.school_id = x.school_id and e.student_id = x.student_id and t.teacher_id = $2
                and greatest(e.from_date, t.from_date, x.start_date)
                    < least(e.until_date, t.until_date, x.end_date + 1)
          ))
          and ($3::uuid is null or x.student_id = $3)
          and ($4::text is null or x.state = $4)
          and x.start_date <= $6 and x.end_date >= $5
          and (x.start_date, x.exception_id) > ($7::date, $8::uuid)
        order by x.start_date, x.exception_id
        limit $9
        "#,
        scope.school_id(),
        scope.teacher(),
        filter.student_id,
        filter.status,
        filter.days.from,
        filter.days.to,
        after_date,
        after_id,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

/// A dated excuse of a student.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExceptionItem {
    id: Uuid,
    student_id: Uuid,
    /// medical, family, excused, suspension or other.
    #[schema(example = "medical")]
    category: String,
    start_date: NaiveDate,
    /// The last day.
    end_date: NaiveDate,
    /// The parts of the day; null for all of it.
    slots: Option<Vec<String>>,
    /// Null for teachers, and if the student's texts were erased.
    reason: Option<String>,
    /// pending, approved, rejected or revoked.
    #[schema(example = "approved")]
    status: String,
    recorded_by: Person,
    recorded_at: Instant,
    /// Who approved, rejected or revoked it.
    decided_by: Option<Person>,
    decided_at: Option<Instant>,
    /// Null for teachers, without a reason, and if the student's texts were erased.
    decision_reason: Option<String>,
}

/// Lists exceptions, ordered by their first day.
#[utoipa::path(
    tag = "Exceptions",
    params(ExceptionsParameters, PageParameters),
    responses((status = 200, description = "Exceptions.", body = Page<ExceptionItem>))
)]
#[get(
    "/exceptions",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_exceptions(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::take(&mut parameters);
    let page = PageRequest::take(&mut parameters)?;
    parameters.finish()?;
    let scope = Scope::of(&caller);
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    if let Some(student_id) = filter.student_id {
        scope
            .require_student(&mut reading.connection, student_id)
            .await?;
    }
    let mut rows = select(&mut reading.connection, scope, &filter, &page).await?;
    let next = page.cut(&mut rows, |row| (row.start_date, row.exception_id));
    // Why a student is excused is between the family and the office.
    let may_read = scope.teacher().is_none();
    let sealed = rows.iter().flat_map(|row| {
        [Some(row.reason.as_slice()), row.decision_reason.as_deref()]
            .map(|text| text.filter(|_| may_read))
    });
    let mut opened =
        texts::open(&services, &mut reading.connection, caller.school_id, sealed).await?;
    let mut next_text = || opened.next().flatten();
    let items: Vec<ExceptionItem> = rows
        .into_iter()
        .map(|row| ExceptionItem::new(row, next_text(), next_text()))
        .collect();
    Ok(reading.answer(&Page::new(items, next)?))
}

impl ExceptionItem {
    fn new(row: ExceptionRow, reason: Option<String>, decision_reason: Option<String>) -> Self {
        Self {
            id: row.exception_id,
            student_id: row.student_id,
            category: row.category,
            start_date: row.start_date,
            end_date: row.end_date,
            slots: row.slots,
            reason,
            status: row.state,
            recorded_by: Person {
                id: row.recorded_by,
                name: row.recorded_by_name,
            },
            recorded_at: row.recorded_at.into(),
            decided_by: Person::new(row.decided_by, row.decided_by_name),
            decided_at: row.decided_at.map(Instant::from),
            decision_reason,
        }
    }
}
