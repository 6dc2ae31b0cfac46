//! `GET /reports/sign-offs/{sign_off_id}/amendments`: what changed about a period since it was signed off.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::amendments::with_amendments;
use crate::accept::accepts;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;

/// The order of amendments: as they arrived, and then any that does not change.
type Key = (DateTime<Utc>, String, (Uuid, NaiveDate));

/// Something that a signed return would show otherwise now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AmendmentItem {
    /// entry, register, exception or roster.
    #[schema(example = "entry")]
    kind: String,
    /// The day of an entry or register; the first day of an exception or a roster change.
    from: NaiveDate,
    /// The last day; null for a roster change without an end.
    to: Option<NaiveDate>,
    /// Null for a register.
    student_id: Option<Uuid>,
    #[schema(example = "Wanjiku Mwangi")]
    student_name: Option<String>,
    /// Null for an exception, which is of no class.
    class_id: Option<Uuid>,
    #[schema(example = "Form 2 East")]
    class_title: Option<String>,
    /// The register, or that of an entry.
    session_id: Option<Uuid>,
    #[schema(example = "am")]
    slot: Option<String>,
    /// Of an entry that is a correction, what it corrected.
    #[schema(example = "absent")]
    before: Option<String>,
    /// The status of an entry; what became of a register (opened, closed, reopened, voided, restored); the state of an
    /// exception; what was done to the roster (enrolled, withdrawn, cancelled).
    #[schema(example = "late")]
    now: String,
    by: Person,
    /// When it reached the store.
    recorded_at: Instant,
    /// The exception or the register; of an entry or a roster change, the command behind it.
    id: Uuid,
}

struct AmendmentRow {
    kind: String,
    from_date: NaiveDate,
    to_date: Option<NaiveDate>,
    student_id: Option<Uuid>,
    student_name: Option<String>,
    class_id: Option<Uuid>,
    class_title: Option<String>,
    session_id: Option<Uuid>,
    slot: Option<String>,
    before: Option<String>,
    now: String,
    by: Uuid,
    by_name: Option<String>,
    arrived_at: DateTime<Utc>,
    id: Uuid,
}

/// The columns, in an order that other programs rely on.
const COLUMNS: [&str; 14] = [
    "kind",
    "from",
    "to",
    "student",
    "class",
    "slot",
    "before",
    "now",
    "by",
    "recorded_at",
    "student_id",
    "class_id",
    "session_id",
    "id",
];

/// Lists what changed about a period since it was signed off, in the order in which it arrived.
///
/// These are entries whose present word arrived later; registers that were opened, closed, reopened, voided or restored by
/// what arrived later; exceptions that are or were approved, over days of the period, of which something arrived later; and
/// students whom something that arrived later put onto a roster of the period's days or took off. Entries of a register
/// that is void are not listed: the register is. As CSV all of them, without pages.
#[utoipa::path(
    tag = "Reports",
    params(
        ("sign_off_id" = Uuid, Path, description = "The sign-off."),
        PageParameters,
        CsvParameters,
    ),
    responses(
        (status = 200, description = "Amendments; as CSV with Accept: text/csv.", content(
            (Page<AmendmentItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such sign-off.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/sign-offs/{sign_off_id}/amendments",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_sign_off_amendments(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    sign_off_id: web::Path<Uuid>,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let page = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let (school_id, sign_off_id) = (caller.school_id, *sign_off_id);
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    require_sign_off(&mut reading.connection, school_id, sign_off_id).await?;
    if !accepts(request.headers(), "text/csv") {
        let found = find(&mut reading.connection, school_id, sign_off_id, &page).await?;
        return Ok(reading.answer(&Page::new(found.items, found.next)?));
    }
    let is_stale = reading.is_stale;
    drop(reading);
    let found = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        find(&mut reading.connection, school_id, sign_off_id, &page).await
    })
    .await?;
    let lines = found.map_ok(|items| items.into_iter().map(AmendmentItem::line).collect());
    let name = "sign-off-amendments.csv".to_owned();
    csv.answer(name, &COLUMNS, lines, is_stale)
}

async fn require_sign_off(
    connection: &mut PgConnection,
    school_id: Uuid,
    sign_off_id: Uuid,
) -> Result<(), Problem> {
    let is_known = sqlx::query_scalar!(
        r#"select exists (select from sign_offs where school_id = $1 and sign_off_id = $2) as "is_known!""#,
        school_id,
        sign_off_id,
    )
    .fetch_one(connection)
    .await?;
    if is_known {
        Ok(())
    } else {
        Err(Problem::new(Slug::NotFound))
    }
}

async fn find(
    connection: &mut PgConnection,
    school_id: Uuid,
    sign_off_id: Uuid,
    page: &PageRequest<Key>,
) -> Result<Batch<AmendmentItem, Key>, Problem> {
    let mut rows = select(connection, school_id, sign_off_id, page).await?;
    let next = page.cut(&mut rows, |row| {
        (row.arrived_at, row.kind.clone(), (row.id, row.from_date))
    });
    let items = rows.into_iter().map(AmendmentItem::from).collect();
    Ok(Batch { items, next })
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    sign_off_id: Uuid,
    page: &PageRequest<Key>,
) -> Result<Vec<AmendmentRow>, sqlx::Error> {
    let (after, kind, (id, from)) = match page.after.clone() {
        None => (None, None, (None, None)),
        Some((after, kind, (id, from))) => (Some(after), Some(kind), (Some(id), Some(from))),
    };
    with_amendments!(
        AmendmentRow,
        r#"
        select a.kind as "kind!", a.from_date as "from_date!", a.to_date, a.student_id, t.name as "student_name?", a.class_id,
               c.title as "class_title?", a.session_id, a.slot, a.before, a.now as "now!", a.by as "by!",
               u.name as "by_name?", a.arrived_at as "arrived_at!", a.id as "id!"
        "#,
        "sign_offs",
        "
        left join students t on t.school_id = s.school_id and t.student_id = a.student_id
        left join classes c on c.school_id = s.school_id and c.class_id = a.class_id
        left join users u on u.school_id = s.school_id and u.user_id = a.by
        where s.school_id = $1 and s.sign_off_id = $2 and a.kind is not null
          and ($3::timestamptz is null or (a.arrived_at, a.kind, a.id, a.from_date) > ($3, $4::text, $5::uuid, $6::date))
        order by a.arrived_at, a.kind, a.id, a.from_date
        limit $7
        ",
        school_id,
        sign_off_id,
        after,
        kind,
        id,
        from,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

impl From<AmendmentRow> for AmendmentItem {
    fn from(row: AmendmentRow) -> Self {
        Self {
            kind: row.kind,
            from: row.from_date,
            to: row.to_date,
            student_id: row.student_id,
            student_name: row.student_name,
            class_id: row.class_id,
            class_title: row.class_title,
            session_id: row.session_id,
            slot: row.slot,
            before: row.before,
            now: row.now,
            by: Person {
                id: row.by,
                name: row.by_name,
            },
            recorded_at: row.arrived_at.into(),
            id: row.id,
        }
    }
}

impl AmendmentItem {
    fn line(self) -> Line {
        vec![
            self.kind,
            self.from.to_string(),
            text(self.to),
            text(self.student_name),
            text(self.class_title),
            text(self.slot),
            text(self.before),
            self.now,
            text(self.by.name),
            self.recorded_at.to_text(),
            text(self.student_id),
            text(self.class_id),
            text(self.session_id),
            self.id.to_string(),
        ]
    }
}
