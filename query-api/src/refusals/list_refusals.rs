//! `GET /refusals`: what was refused, newest first.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accept::accepts;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::freshness::{After, NO_PROJECTION};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;
use crate::texts;

/// The order of refusals, newest first.
type Key = (DateTime<Utc>, Uuid);

struct RefusalRow {
    refusal_id: Uuid,
    command_id: Option<Uuid>,
    command_type: Option<String>,
    slug: String,
    detail: String,
    actor_id: Uuid,
    actor_name: Option<String>,
    submitted_by: Option<Uuid>,
    submitter_name: Option<String>,
    device_id: Option<Uuid>,
    refused_at: DateTime<Utc>,
    sealed_command: Vec<u8>,
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    page: &PageRequest<Key>,
) -> Result<Vec<RefusalRow>, sqlx::Error> {
    let (before_time, before_id) = page.after.unzip();
    sqlx::query_as!(
        RefusalRow,
        r#"
        select r.refusal_id, r.command_id, r.command_type, r.slug, r.detail, r.actor_id, u.name as "actor_name?",
               r.submitted_by, submitter.name as "submitter_name?", r.device_id, r.refused_at, r.sealed_command
        from refusals r
        left join users u on u.school_id = r.school_id and u.user_id = r.actor_id
        left join users submitter on submitter.school_id = r.school_id and submitter.user_id = r.submitted_by
        where r.school_id = $1
          and ($2::timestamptz is null or (r.refused_at, r.refusal_id) < ($2, $3::uuid))
        order by r.refused_at desc, r.refusal_id desc
        limit $4
        "#,
        school_id,
        before_time,
        before_id,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

/// A command that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusalItem {
    id: Uuid,
    /// The id the command came with, if it could be read.
    command_id: Option<Uuid>,
    #[schema(example = "MarkAttendance")]
    command_type: Option<String>,
    /// The kind of problem, as the address of its page.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-enrolled")]
    kind: String,
    detail: String,
    actor: Person,
    /// Who handed the command in, if it did not come from the device itself.
    submitted_by: Option<Person>,
    device_id: Option<Uuid>,
    refused_at: Instant,
    /// The command as it was sent, JSON that may be cut off at the end; of one that could be read, without members that
    /// commands of its type do not have. Null if its texts were erased.
    command: Option<String>,
}

const COLUMNS: [&str; 10] = [
    "refused_at",
    "type",
    "detail",
    "command_type",
    "actor",
    "submitted_by",
    "command_id",
    "device_id",
    "command",
    "id",
];

/// Lists refused commands, newest first; as CSV all of them, without pages.
#[utoipa::path(
    tag = "Refusals",
    params(PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Refusals; as CSV with Accept: text/csv.", content(
            (Page<RefusalItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/refusals",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_refusals(
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
    let mut reading = Reading::begin(&services, &caller, after, NO_PROJECTION).await?;
    if !accepts(request.headers(), "text/csv") {
        let refusals = find(&services, &mut reading, &page).await?;
        return Ok(reading.answer(&Page::new(refusals.items, refusals.next)?));
    }
    let is_stale = reading.is_stale;
    drop(reading);
    let refusals = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        find(&services, &mut reading, &page).await
    })
    .await?;
    let lines = refusals.map_ok(|refusals| refusals.into_iter().map(RefusalItem::line).collect());
    csv.answer("refusals.csv".to_owned(), &COLUMNS, lines, is_stale)
}

async fn find(
    services: &Services,
    reading: &mut Reading,
    page: &PageRequest<Key>,
) -> Result<Batch<RefusalItem, Key>, Problem> {
    let school_id = reading.connection.school_id();
    let mut rows = select(&mut reading.connection, school_id, page).await?;
    let next = page.cut(&mut rows, |row| (row.refused_at, row.refusal_id));
    let sealed = rows.iter().map(|row| Some(row.sealed_command.as_slice()));
    let commands = texts::open(services, &mut reading.connection, school_id, sealed).await?;
    let commands: Vec<Option<String>> = commands.collect();
    let items = rows.into_iter().zip(commands).map(RefusalItem::from);
    Ok(Batch {
        items: items.collect(),
        next,
    })
}

impl From<(RefusalRow, Option<String>)> for RefusalItem {
    fn from((row, command): (RefusalRow, Option<String>)) -> Self {
        Self {
            id: row.refusal_id,
            command_id: row.command_id,
            command_type: row.command_type,
            kind: format!("/problems/{}", row.slug),
            detail: row.detail,
            actor: Person {
                id: row.actor_id,
                name: row.actor_name,
            },
            submitted_by: Person::new(row.submitted_by, row.submitter_name),
            device_id: row.device_id,
            refused_at: row.refused_at.into(),
            command,
        }
    }
}

impl RefusalItem {
    fn line(self) -> Line {
        vec![
            self.refused_at.to_text(),
            self.kind,
            self.detail,
            text(self.command_type),
            text(self.actor.name),
            text(self.submitted_by.and_then(|person| person.name)),
            text(self.command_id),
            text(self.device_id),
            text(self.command),
            self.id.to_string(),
        ]
    }
}
