//! `GET /audit/checkpoint` and `/audit/checkpoints`: how far the school's log has come, signed.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use event_store::log::Checkpoint;
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::accept::accepts;
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::reading::Reading;

/// Newest first: the log's epoch and the size.
type Key = (i64, i64);

/// A signed head of the school's log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckpointItem {
    /// The name of the log.
    #[schema(
        example = "muster/6d757374-6572-4000-8000-000000000001/b987390a-ec7e-53f2-b891-f0e9ad84cbb8/1"
    )]
    origin: String,
    /// How many leaves it had.
    size: u64,
    /// The root over them, in base64.
    #[schema(example = "xK4XsHDsZ27brzd6g+kn+o/i3VdOExJ0p1dWaD2BqL4=")]
    root_hash: String,
    issued_at: Instant,
    /// The text to hold outside: a C2SP checkpoint, signed with Ed25519.
    note: String,
}

struct CheckpointRow {
    log_epoch: i32,
    size: i64,
    note: String,
    issued_at: DateTime<Utc>,
}

impl CheckpointRow {
    fn item(self) -> Result<CheckpointItem, Problem> {
        let Checkpoint { head, note } = Checkpoint::read(&self.note).map_err(Problem::internal)?;
        Ok(CheckpointItem {
            origin: head.origin.to_string(),
            size: head.size,
            root_hash: STANDARD.encode(head.root),
            issued_at: self.issued_at.into(),
            note,
        })
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters")]
pub(crate) struct CheckpointParameters {
    /// The one at this size; without it, the newest.
    size: Option<u64>,
}

/// Shows the newest checkpoint, or the newest log's at a size; with Accept: text/plain the text to hold outside alone.
#[utoipa::path(
    tag = "Audit",
    params(CheckpointParameters),
    responses(
        (status = 200, description = "The checkpoint.", content(
            (CheckpointItem = "application/json"),
            (String = "text/plain"),
        )),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is none.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/audit/checkpoint")]
pub(crate) async fn get_checkpoint(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let size: Option<u64> = parameters.optional("size");
    parameters.finish()?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let row = find(&mut reading.connection, caller.school_id, size)
        .await?
        .ok_or_else(|| Problem::new(Slug::NotFound).detail("There is no such checkpoint."))?;
    if accepts(request.headers(), "text/plain") {
        return Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(row.note));
    }
    Ok(reading.answer(&row.item()?))
}

async fn find(
    connection: &mut PgConnection,
    school_id: Uuid,
    size: Option<u64>,
) -> sqlx::Result<Option<CheckpointRow>> {
    sqlx::query_as!(
        CheckpointRow,
        "select log_epoch, size, note, issued_at from log_checkpoints
        where school_id = $1 and ($2::bigint is null or size = $2)
        order by log_epoch desc, size desc limit 1",
        school_id,
        size.map(|size| i64::try_from(size).unwrap_or(i64::MAX))
    )
    .fetch_optional(connection)
    .await
}

/// Lists the checkpoints that were issued, newest first.
#[utoipa::path(
    tag = "Audit",
    params(PageParameters),
    responses(
        (status = 200, description = "Checkpoints.", body = Page<CheckpointItem>),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/audit/checkpoints")]
pub(crate) async fn list_checkpoints(
    services: web::Data<Services>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let page = PageRequest::take(&mut parameters)?;
    parameters.finish()?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let mut rows = list(&mut reading.connection, caller.school_id, &page).await?;
    let next = page.cut(&mut rows, |row| (i64::from(row.log_epoch), row.size));
    let items: Result<Vec<CheckpointItem>, Problem> =
        rows.into_iter().map(CheckpointRow::item).collect();
    Ok(reading.answer(&Page::new(items?, next)?))
}

async fn list(
    connection: &mut PgConnection,
    school_id: Uuid,
    page: &PageRequest<Key>,
) -> sqlx::Result<Vec<CheckpointRow>> {
    let (before_epoch, before_size) = page.after.unzip();
    sqlx::query_as!(
        CheckpointRow,
        "select log_epoch, size, note, issued_at from log_checkpoints
        where school_id = $1 and ($2::bigint is null or (log_epoch, size) < ($2, $3::bigint))
        order by log_epoch desc, size desc limit $4",
        school_id,
        before_epoch,
        before_size,
        page.rows()
    )
    .fetch_all(connection)
    .await
}
