//! `GET /reports/conflicts`: marks that lost to another person's different status.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::accept::accepts;
use crate::authority::{Scope, visible_query_as};
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line};
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;

/// For which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; NamedDays is what is read"
)]
pub(crate) struct ConflictsParameters {
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
}

/// The order of conflicts.
type Key = (NaiveDate, Uuid, Uuid);

struct ConflictRow {
    session_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
    student_id: Uuid,
    student_name: Option<String>,
    kind: String,
    state: String,
    lost_command_id: Uuid,
    lost_by: Uuid,
    lost_by_name: Option<String>,
    lost_status: String,
    lost_occurred_at: DateTime<Utc>,
    lost_recorded_at: DateTime<Utc>,
    lost_device_id: Option<Uuid>,
    won_command_id: Uuid,
    won_by: Uuid,
    won_by_name: Option<String>,
    won_status: String,
    won_occurred_at: DateTime<Utc>,
    won_recorded_at: DateTime<Utc>,
    won_device_id: Option<Uuid>,
}

async fn select(
    connection: &mut PgConnection,
    scope: Scope,
    days: DateRange,
    page: &PageRequest<Key>,
) -> Result<Vec<ConflictRow>, sqlx::Error> {
    let (after_date, after_session, after_command) =
        page.after.unwrap_or((days.from, Uuid::nil(), Uuid::nil()));
    visible_query_as!(
        ConflictRow,
        r#"
        select r.session_id, r.class_id, r.date, r.student_id, s.name as "student_name?", r.kind, r.state,
               r.lost_command_id, r.lost_by, l.name as "lost_by_name?", r.lost_status, r.lost_occurred_at,
               r.lost_recorded_at, r.lost_device_id,
               r.won_command_id, r.won_by, w.name as "won_by_name?", r.won_status, r.won_occurred_at,
               r.won_recorded_at, r.won_device_id
        from conflicts r
        left join students s on s.school_id = r.school_id and s.student_id = r.student_id
        left join users l on l.school_id = r.school_id and l.user_id = r.lost_by
        left join users w on w.school_id = r.school_id and w.user_id = r.won_by
        where
        "#,
        r#"
        and r.date between $3 and $4
        and (r.date, r.session_id, r.lost_command_id) > ($5::date, $6::uuid, $7::uuid)
        order by r.date, r.session_id, r.lost_command_id
        limit $8
        "#,
        scope.school_id(),
        scope.teacher(),
        days.from,
        days.to,
        after_date,
        after_session,
        after_command,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

/// A mark that lost to, or was closed out by, another person's different status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictItem {
    session_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    student_name: Option<String>,
    /// superseded, `after_close` or `after_correction`.
    #[schema(example = "superseded")]
    kind: String,
    /// open, contested or settled.
    #[schema(example = "open")]
    state: String,
    lost: ConflictSide,
    won: ConflictSide,
}

/// Who said what, when, and on which device.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictSide {
    by: Person,
    #[schema(example = "absent")]
    status: String,
    occurred_at: Instant,
    recorded_at: Instant,
    device_id: Option<Uuid>,
    command_id: Uuid,
}

const COLUMNS: [&str; 15] = [
    "date",
    "session_id",
    "class_id",
    "student_id",
    "student",
    "kind",
    "state",
    "lost_by",
    "lost_status",
    "lost_occurred_at",
    "lost_recorded_at",
    "won_by",
    "won_status",
    "won_occurred_at",
    "won_recorded_at",
];

/// Lists conflicts, ordered by date and register; as CSV all of them, without pages.
#[utoipa::path(
    tag = "Reports",
    params(ConflictsParameters, PageParameters, CsvParameters),
    responses((status = 200, description = "Conflicts; as CSV with Accept: text/csv.", content(
        (Page<ConflictItem> = "application/json"),
        (String = "text/csv"),
    )))
)]
#[get("/reports/conflicts")]
pub(crate) async fn list_conflicts(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let days = NamedDays::take_range(&mut parameters);
    let page = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    let term = calendar::current_term(&services, &mut reading.connection, caller.school_id).await?;
    let days = days.or(term);
    if accepts(request.headers(), "text/csv") {
        let is_stale = reading.is_stale;
        drop(reading);
        return answer_csv(services, caller, days, csv, is_stale).await;
    }
    let conflicts = find(&mut reading, &caller, days, &page).await?;
    let items: Vec<ConflictItem> = conflicts
        .items
        .into_iter()
        .map(ConflictItem::from)
        .collect();
    Ok(reading.answer(&Page::new(items, conflicts.next)?))
}

async fn answer_csv(
    services: web::Data<Services>,
    caller: Caller,
    days: DateRange,
    csv: CsvOptions,
    is_stale: bool,
) -> Result<HttpResponse, Problem> {
    let name = format!("conflicts-{}-{}.csv", days.from, days.to);
    let conflicts = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        find(&mut reading, &caller, days, &page).await
    })
    .await?;
    let lines = conflicts.map_ok(|conflicts| conflicts.into_iter().map(line).collect());
    csv.answer(name, &COLUMNS, lines, is_stale)
}

async fn find(
    reading: &mut Reading,
    caller: &Caller,
    days: DateRange,
    page: &PageRequest<Key>,
) -> Result<Batch<ConflictRow, Key>, Problem> {
    let mut items = select(&mut reading.connection, Scope::of(caller), days, page).await?;
    let next = page.cut(&mut items, |row| {
        (row.date, row.session_id, row.lost_command_id)
    });
    Ok(Batch { items, next })
}

impl From<ConflictRow> for ConflictItem {
    fn from(row: ConflictRow) -> Self {
        Self {
            session_id: row.session_id,
            class_id: row.class_id,
            date: row.date,
            student_id: row.student_id,
            student_name: row.student_name,
            kind: row.kind,
            state: row.state,
            lost: ConflictSide {
                by: Person {
                    id: row.lost_by,
                    name: row.lost_by_name,
                },
                status: row.lost_status,
                occurred_at: row.lost_occurred_at.into(),
                recorded_at: row.lost_recorded_at.into(),
                device_id: row.lost_device_id,
                command_id: row.lost_command_id,
            },
            won: ConflictSide {
                by: Person {
                    id: row.won_by,
                    name: row.won_by_name,
                },
                status: row.won_status,
                occurred_at: row.won_occurred_at.into(),
                recorded_at: row.won_recorded_at.into(),
                device_id: row.won_device_id,
                command_id: row.won_command_id,
            },
        }
    }
}

fn line(row: ConflictRow) -> Line {
    vec![
        row.date.to_string(),
        row.session_id.to_string(),
        row.class_id.to_string(),
        row.student_id.to_string(),
        row.student_name.unwrap_or_default(),
        row.kind,
        row.state,
        row.lost_by_name.unwrap_or_default(),
        row.lost_status,
        Instant::from(row.lost_occurred_at).to_text(),
        Instant::from(row.lost_recorded_at).to_text(),
        row.won_by_name.unwrap_or_default(),
        row.won_status,
        Instant::from(row.won_occurred_at).to_text(),
        Instant::from(row.won_recorded_at).to_text(),
    ]
}
