//! `GET /reports/sign-offs`: the periods that were handed in, and how much about each has changed since.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::amendments::with_amendments;
use crate::accept::accepts;
use crate::csv_export::{CsvOptions, CsvParameters, Line};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;
use crate::texts;

/// The order of sign-offs, newest first.
type Key = (DateTime<Utc>, Uuid);

/// A period that was handed in as it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignOffItem {
    sign_off_id: Uuid,
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// Null: the whole school.
    class_id: Option<Uuid>,
    #[schema(example = "Form 2 East")]
    class_title: Option<String>,
    /// Null without one, and if the school's texts were erased.
    note: Option<String>,
    signed_by: Person,
    signed_at: Instant,
    /// When it reached the store. Whatever reached it later was not handed in.
    recorded_at: Instant,
    amendments: AmendmentCounts,
}

/// How much about a period has changed since it was signed off.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"entries": 2, "registers": 1, "exceptions": 1, "roster": 0}))]
pub(crate) struct AmendmentCounts {
    /// Entries whose present word arrived later.
    entries: i64,
    /// Registers that were opened, closed, reopened, voided or restored by what arrived later.
    registers: i64,
    /// Exceptions that are or were approved, of which something arrived later.
    exceptions: i64,
    /// Students whom what arrived later put onto a roster or took off one.
    roster: i64,
}

struct SignOffRow {
    sign_off_id: Uuid,
    from_date: NaiveDate,
    to_date: NaiveDate,
    class_id: Option<Uuid>,
    class_title: Option<String>,
    note: Option<Vec<u8>>,
    signed_by: Uuid,
    signed_by_name: Option<String>,
    signed_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
    entries: i64,
    registers: i64,
    exceptions: i64,
    roster: i64,
}

/// The columns, in an order that other programs rely on.
const COLUMNS: [&str; 13] = [
    "from",
    "to",
    "class",
    "note",
    "signed_by",
    "signed_at",
    "recorded_at",
    "amended_entries",
    "amended_registers",
    "amended_exceptions",
    "amended_roster",
    "class_id",
    "sign_off_id",
];

/// Lists the periods that were signed off, newest first, each with how much about it has changed since.
///
/// What changed is at `/reports/sign-offs/{sign_off_id}/amendments`. As CSV all of them, without pages.
#[utoipa::path(
    tag = "Reports",
    params(PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Sign-offs; as CSV with Accept: text/csv.", content(
            (Page<SignOffItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/reports/sign-offs")]
pub(crate) async fn list_sign_offs(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let page = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    if !accepts(request.headers(), "text/csv") {
        let found = find(&services, &mut reading, caller.school_id, &page).await?;
        return Ok(reading.answer(&Page::new(found.items, found.next)?));
    }
    let is_stale = reading.is_stale;
    drop(reading);
    let found = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        find(&services, &mut reading, caller.school_id, &page).await
    })
    .await?;
    let lines = found.map_ok(|items| items.into_iter().map(SignOffItem::line).collect());
    csv.answer("sign-offs.csv".to_owned(), &COLUMNS, lines, is_stale)
}

async fn find(
    services: &Services,
    reading: &mut Reading,
    school_id: Uuid,
    page: &PageRequest<Key>,
) -> Result<Batch<SignOffItem, Key>, Problem> {
    let mut rows = select(&mut reading.connection, school_id, page).await?;
    let next = page.cut(&mut rows, |row| (row.recorded_at, row.sign_off_id));
    let sealed = rows.iter().map(|row| row.note.as_deref());
    let notes = texts::open(services, &mut reading.connection, school_id, sealed).await?;
    let items = rows.into_iter().zip(notes);
    let items = items.map(|(row, note)| SignOffItem::new(row, note));
    Ok(Batch {
        items: items.collect(),
        next,
    })
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    page: &PageRequest<Key>,
) -> Result<Vec<SignOffRow>, sqlx::Error> {
    let (before, before_id) = page.after.unzip();
    with_amendments!(
        SignOffRow,
        r#"
        select s.sign_off_id as "sign_off_id!", s.from_date as "from_date!", s.to_date as "to_date!", s.class_id,
               c.title as "class_title?", s.note, s.signed_by as "signed_by!", u.name as "signed_by_name?",
               s.signed_at as "signed_at!", s.recorded_at as "recorded_at!", count(*) filter (where a.kind = 'entry') as "entries!",
               count(*) filter (where a.kind = 'register') as "registers!",
               count(*) filter (where a.kind = 'exception') as "exceptions!",
               count(*) filter (where a.kind = 'roster') as "roster!"
        "#,
        "(
            select * from sign_offs
            where school_id = $1 and ($2::timestamptz is null or (recorded_at, sign_off_id) < ($2, $3::uuid))
            order by recorded_at desc, sign_off_id desc
            limit $4
        )",
        "
        left join classes c on c.school_id = s.school_id and c.class_id = s.class_id
        left join users u on u.school_id = s.school_id and u.user_id = s.signed_by
        group by s.sign_off_id, s.from_date, s.to_date, s.class_id, c.title, s.note, s.signed_by, u.name, s.signed_at,
                 s.recorded_at
        order by s.recorded_at desc, s.sign_off_id desc
        ",
        school_id,
        before,
        before_id,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

impl SignOffItem {
    fn new(row: SignOffRow, note: Option<String>) -> Self {
        Self {
            sign_off_id: row.sign_off_id,
            from: row.from_date,
            to: row.to_date,
            class_id: row.class_id,
            class_title: row.class_title,
            note,
            signed_by: Person {
                id: row.signed_by,
                name: row.signed_by_name,
            },
            signed_at: row.signed_at.into(),
            recorded_at: row.recorded_at.into(),
            amendments: AmendmentCounts {
                entries: row.entries,
                registers: row.registers,
                exceptions: row.exceptions,
                roster: row.roster,
            },
        }
    }

    fn line(self) -> Line {
        let counts = self.amendments;
        let mut line = vec![
            self.from.to_string(),
            self.to.to_string(),
            self.class_title.unwrap_or_default(),
            self.note.unwrap_or_default(),
            self.signed_by.name.unwrap_or_default(),
            self.signed_at.to_text(),
            self.recorded_at.to_text(),
        ];
        let counts = [
            counts.entries,
            counts.registers,
            counts.exceptions,
            counts.roster,
        ];
        line.extend(counts.map(|count| count.to_string()));
        let class_id = self.class_id.map(|class_id| class_id.to_string());
        line.extend([class_id.unwrap_or_default(), self.sign_off_id.to_string()]);
        line
    }
}
