//! `GET /audit/events`: the history itself, as pages or as one stream.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, get, web};
use event_store::Position;
use event_store::feed::{self, Watermark};
use futures::TryStreamExt;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;

use super::event_filter::{EventFilter, EventFilterParameters};
use super::event_item::{EventItem, event_items};
use super::find_events::{EventRow, find_events};
use super::moment::can_be_read;
use crate::accept::accepts;
use crate::freshness::After;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages::{self, Batch};
use crate::parameters::Parameters;
use crate::reading::Reading;

/// Newline-delimited JSON.
const NDJSON: &str = "application/x-ndjson";

/// Lists events in the order in which everybody reads them; as a stream all of them, without pages. Events of the last
/// moment are left out while another one could still appear before them.
#[utoipa::path(
    tag = "Audit",
    params(EventFilterParameters, PageParameters),
    responses(
        (status = 200, description = "Events; with Accept: application/x-ndjson one a line.", content(
            (Page<EventItem> = "application/json"),
            (String = "application/x-ndjson"),
        )),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/audit/events",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_events(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let filter = EventFilter::take(&mut parameters);
    let page = PageRequest::take(&mut parameters)?;
    parameters.finish()?;
    after
        .wait_until(async |position| can_be_read(&services, position).await)
        .await?;
    let mut reading = Reading::at_once(&services, &caller).await?;
    let watermark = feed::watermark(&mut reading.connection).await?;
    if accepts(request.headers(), NDJSON) {
        drop(reading);
        return stream_events(services, caller, filter, watermark).await;
    }
    let events = load(&services, &mut reading, &caller, watermark, &filter, &page).await?;
    Ok(reading.answer(&Page::new(events.items, events.next)?))
}

async fn load(
    services: &Services,
    reading: &mut Reading,
    caller: &Caller,
    watermark: Watermark,
    filter: &EventFilter,
    page: &PageRequest<Position>,
) -> Result<Batch<EventItem, Position>, Problem> {
    let connection = &mut *reading.connection;
    let mut rows = find_events(connection, caller.school_id, watermark, filter, page).await?;
    let next = page.cut(&mut rows, EventRow::position).transpose()?;
    let items = event_items(services, connection, caller.school_id, rows).await?;
    Ok(Batch { items, next })
}

/// All events up to a watermark, one a line.
async fn stream_events(
    services: web::Data<Services>,
    caller: Caller,
    filter: EventFilter,
    watermark: Watermark,
) -> Result<HttpResponse, Problem> {
    let events = pages::all(async move |page| {
        let mut reading = Reading::at_once(&services, &caller).await?;
        load(&services, &mut reading, &caller, watermark, &filter, &page).await
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type(NDJSON)
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(events.and_then(async |events| lines(&events))))
}

fn lines(events: &[EventItem]) -> Result<web::Bytes, Problem> {
    let mut lines = Vec::new();
    for event in events {
        serde_json::to_writer(&mut lines, event).map_err(Problem::internal)?;
        lines.push(b'\n');
    }
    Ok(lines.into())
}
