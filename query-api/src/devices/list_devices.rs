//! `GET /devices`: which devices there are, and what they have not been able to send.

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

struct DeviceRow {
    device_id: Uuid,
    user_id: Uuid,
    user_name: Option<String>,
    app_version: Option<String>,
    last_contact_at: DateTime<Utc>,
    unsent: Option<i32>,
    oldest_unsent_at: Option<DateTime<Utc>>,
}

async fn find(
    connection: &mut PgConnection,
    school_id: Uuid,
    page: &PageRequest<Uuid>,
) -> Result<Batch<DeviceItem, Uuid>, sqlx::Error> {
    let mut rows = sqlx::query_as!(
        DeviceRow,
        r#"
        select d.device_id, d.user_id, u.name as "user_name?", d.app_version, d.last_contact_at, d.unsent,
               d.oldest_unsent_at
        from devices d
        left join users u on u.school_id = d.school_id and u.user_id = d.user_id
        where d.school_id = $1 and ($2::uuid is null or d.device_id > $2)
        order by d.device_id
        limit $3
        "#,
        school_id,
        page.after,
        page.rows(),
    )
    .fetch_all(connection)
    .await?;
    let next = page.cut(&mut rows, |row| row.device_id);
    let items = rows.into_iter().map(DeviceItem::from).collect();
    Ok(Batch { items, next })
}

/// A device that has sent something, or asked whether it is known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeviceItem {
    device_id: Uuid,
    /// Who was signed in when it was last heard of.
    user: Person,
    #[schema(example = "1.4.0")]
    app_version: Option<String>,
    last_contact_at: Instant,
    /// How many commands it still had then, after those it sent; null if it did not say.
    unsent: Option<i32>,
    /// When the oldest of them happened.
    oldest_unsent_at: Option<Instant>,
}

const COLUMNS: [&str; 7] = [
    "device_id",
    "user_id",
    "user",
    "app_version",
    "last_contact_at",
    "unsent",
    "oldest_unsent_at",
];

/// Lists devices with what they said of themselves at their last contact; as CSV all of them, without pages.
#[utoipa::path(
    tag = "Devices",
    params(PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Devices; as CSV with Accept: text/csv.", content(
            (Page<DeviceItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/devices")]
pub(crate) async fn list_devices(
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
        let devices = find(&mut reading.connection, caller.school_id, &page).await?;
        return Ok(reading.answer(&Page::new(devices.items, devices.next)?));
    }
    let is_stale = reading.is_stale;
    drop(reading);
    let devices = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        Ok(find(&mut reading.connection, caller.school_id, &page).await?)
    })
    .await?;
    let lines = devices.map_ok(|devices| devices.into_iter().map(DeviceItem::line).collect());
    csv.answer("devices.csv".to_owned(), &COLUMNS, lines, is_stale)
}

impl From<DeviceRow> for DeviceItem {
    fn from(row: DeviceRow) -> Self {
        Self {
            device_id: row.device_id,
            user: Person {
                id: row.user_id,
                name: row.user_name,
            },
            app_version: row.app_version,
            last_contact_at: row.last_contact_at.into(),
            unsent: row.unsent,
            oldest_unsent_at: row.oldest_unsent_at.map(Instant::from),
        }
    }
}

impl DeviceItem {
    fn line(self) -> Line {
        vec![
            self.device_id.to_string(),
            self.user.id.to_string(),
            text(self.user.name),
            text(self.app_version),
            self.last_contact_at.to_text(),
            text(self.unsent),
            self.oldest_unsent_at
                .map(Instant::to_text)
                .unwrap_or_default(),
        ]
    }
}
