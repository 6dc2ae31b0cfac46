//! `GET /audit/access-log`: who looked at what.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;

/// What narrows the log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; AccessFilter is what is read"
)]
pub(crate) struct AccessParameters {
    /// Who asked.
    user_id: Option<Uuid>,
    /// The id of a student, class, session or anything else that was asked for by it.
    about: Option<Uuid>,
    /// Asked at this time or later.
    from: Option<DateTime<Utc>>,
    /// Asked before this time.
    to: Option<DateTime<Utc>>,
}

struct AccessFilter {
    user_id: Option<Uuid>,
    about: Option<Uuid>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

struct Row {
    access_id: i64,
    accessed_at: DateTime<Utc>,
    user_id: Uuid,
    user_name: Option<String>,
    role: String,
    endpoint: String,
    parameters: String,
}

/// Newest first, along the primary key.
async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    filter: &AccessFilter,
    page: &PageRequest<i64>,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"
        select a.access_id, a.accessed_at, a.user_id, u.name as "user_name?", a.role, a.endpoint, a.parameters
        from access_log a
        left join users u on u.school_id = a.school_id and u.user_id = a.user_id
        where a.school_id = $1 and a.access_id < $2
          and ($3::uuid is null or a.user_id = $3)
          and ($4::uuid is null or $4 = any(a.ids))
          and ($5::timestamptz is null or a.accessed_at >= $5)
          and ($6::timestamptz is null or a.accessed_at < $6)
        order by a.access_id desc
        limit $7
        "#,
        school_id,
        page.after.unwrap_or(i64::MAX),
        filter.user_id,
        filter.about,
        filter.from,
        filter.to,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}

/// That somebody asked something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessItem {
    at: Instant,
    by: Person,
    /// What they were: admin or auditor.
    #[schema(example = "admin")]
    role: String,
    /// What they asked for, as the API describes it.
    #[schema(example = "/sessions/{id}")]
    endpoint: String,
    /// With which ids and filters.
    #[schema(example = "id=ceee0c6e-8227-5e5c-bbef-c9d909a515ec")]
    parameters: String,
}

/// Lists who of the office and the auditors asked what about students, the newest first. It says what they asked, not what
/// they were answered. Nobody can change it, and reading it is in it too.
#[utoipa::path(
    tag = "Audit",
    params(AccessParameters, PageParameters),
    responses(
        (status = 200, description = "Who asked what.", body = Page<AccessItem>),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/audit/access-log",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_access(
    services: web::Data<Services>,
    caller: Caller,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let filter = AccessFilter {
        user_id: parameters.optional("user_id"),
        about: parameters.optional("about"),
        from: parameters.optional("from"),
        to: parameters.optional("to"),
    };
    let page = PageRequest::take(&mut parameters)?;
    parameters.finish()?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let mut rows = select(&mut reading.connection, caller.school_id, &filter, &page).await?;
    let next = page.cut(&mut rows, |row| row.access_id);
    let items = rows.into_iter().map(AccessItem::from).collect();
    Ok(reading.answer(&Page::new(items, next)?))
}

impl From<Row> for AccessItem {
    fn from(row: Row) -> Self {
        Self {
            at: row.accessed_at.into(),
            by: Person {
                id: row.user_id,
                name: row.user_name,
            },
            role: row.role,
            endpoint: row.endpoint,
            parameters: row.parameters,
        }
    }
}
