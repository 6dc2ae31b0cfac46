//! `GET /imports`.

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use chrono::{DateTime, Utc};
use platform::auth::{Caller, Role};
use platform::database::SchoolTransaction;
use platform::problem::Problem;
use platform::server::Services;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::oneroster::ImportCounts;
use crate::page;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageParameters {
    /// How many: 1 to 200, usually 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Imports of the school.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportPage {
    /// The newest first.
    items: Vec<ImportItem>,
    /// Where the next page goes on; null: this is the last.
    next_cursor: Option<String>,
}

/// An import that was made or refused. Previews are none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportItem {
    at: DateTime<Utc>,
    /// `web` or `command_line`.
    #[schema(example = "web")]
    from: &'static str,
    /// Who sent it; null: the command line.
    by: Option<ImportedBy>,
    /// Null: the command line imported a folder.
    file: Option<ImportedFile>,
    /// `imported`, `unchanged` or `refused`.
    #[schema(example = "imported")]
    outcome: String,
    counts: ImportCounts,
    /// How many events were appended.
    events: i32,
    /// How many errors the files had.
    errors: i32,
}

/// Who sent a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportedBy {
    id: Uuid,
    #[schema(example = "Grace Wambui")]
    name: String,
}

/// A file that was imported.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportedFile {
    #[schema(example = "roster.zip")]
    name: Option<String>,
    bytes: i64,
    /// SHA-256 in hexadecimal digits.
    sha256: String,
}

/// List the imports of the school.
///
/// For the office and auditors; also those of the command line that the store took.
#[utoipa::path(
    tag = "imports",
    params(PageParameters),
    responses(
        (status = 200, description = "A page, the newest first", body = ImportPage),
        (status = 400, description = "`bad-position`, or `malformed`: an unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not for teachers", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the limit", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[get("/imports")]
pub(crate) async fn list_imports(
    caller: Caller,
    services: Data<Services>,
    parameters: Query<PageParameters>,
) -> Result<Json<ImportPage>, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let size = page::size_of(parameters.limit)?;
    let before = page::key_of(parameters.cursor.as_deref(), import_id)?.unwrap_or(i64::MAX);
    let mut transaction = services.db.read_school(caller.school_id).await?;
    Ok(Json(read_page(&mut transaction, before, size).await?))
}

async fn read_page(
    transaction: &mut SchoolTransaction,
    before: i64,
    size: i64,
) -> Result<ImportPage, Problem> {
    let mut rows = sqlx::query!(
        r#"select i.import_id, i.imported_at, i.user_id, u.name as "name?", i.file_name, i.file_bytes, i.file_sha256,
            i.outcome, i.events, i.errors, i.counts::text as "counts!"
        from imports i
        left join users u on u.school_id = i.school_id and u.user_id = i.user_id
        where i.school_id = $1 and i.import_id < $2
        order by i.import_id desc limit $3"#,
        transaction.school_id(),
        before,
        size + 1
    )
    .fetch_all(&mut **transaction)
    .await?;
    let has_more = page::cut(&mut rows, size);
    let next_cursor = rows
        .last()
        .filter(|_| has_more)
        .map(|row| page::cursor_of(&row.import_id.to_be_bytes()));
    let items = rows
        .into_iter()
        .map(|row| {
            Ok(ImportItem {
                at: row.imported_at,
                from: row.user_id.map_or("command_line", |_| "web"),
                by: row.user_id.map(|id| ImportedBy {
                    id,
                    name: row.name.unwrap_or_default(),
                }),
                file: row
                    .file_bytes
                    .zip(row.file_sha256)
                    .map(|(bytes, hash)| ImportedFile {
                        name: row.file_name,
                        bytes,
                        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
                    }),
                outcome: row.outcome,
                counts: serde_json::from_str(&row.counts).map_err(Problem::internal)?,
                events: row.events,
                errors: row.errors,
            })
        })
        .collect::<Result<_, Problem>>()?;
    Ok(ImportPage { items, next_cursor })
}

fn import_id(key: Vec<u8>) -> Option<i64> {
    Some(i64::from_be_bytes(key.try_into().ok()?))
}
