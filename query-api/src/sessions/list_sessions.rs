//! `GET /sessions`: registers, by date or in the order in which they changed.

use actix_web::middleware::Compress;
use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::changed_sessions::changed_sessions;
use super::dated_sessions::dated_sessions;
use super::marks_of_sessions::{SessionMark, marks_of_sessions};
use super::summary::{SessionRow, SessionSummary};
use crate::authority::Scope;
use crate::date_range::NamedDays;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::position::Position;
use crate::reading::Reading;

/// Which registers are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; Filter is what is read")]
pub(crate) struct SessionsParameters {
    class_id: Option<Uuid>,
    date: Option<NaiveDate>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// open or closed.
    #[param(example = "open")]
    status: Option<String>,
    /// Only what changed after this position, in the order of the changes: what a device has to fetch anew.
    #[param(example = "1-2fa-1c40")]
    changed_after: Option<String>,
    /// `marks`: with the current entries of each register.
    #[param(example = "marks")]
    include: Option<String>,
}

/// A register in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionItem {
    #[serde(flatten)]
    session: SessionSummary,
    /// Only with `include=marks`.
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<Vec<SessionMark>>,
}

/// What narrows the list.
pub(super) struct Filter {
    pub(super) class_id: Option<Uuid>,
    pub(super) days: NamedDays,
    pub(super) status: Option<&'static str>,
    pub(super) with_marks: bool,
}

/// In which order, and from where.
enum Order {
    ByDate(PageRequest<(NaiveDate, Uuid)>),
    ByChange(PageRequest<(Position, Uuid)>),
}

struct Wanted {
    filter: Filter,
    order: Order,
}

impl Wanted {
    fn read(mut parameters: Parameters) -> Result<Self, Problem> {
        let filter = Filter {
            class_id: parameters.optional("class_id"),
            days: NamedDays::take(&mut parameters),
            status: parameters.one_of("status", &["open", "closed"]),
            with_marks: parameters.one_of("include", &["marks"]).is_some(),
        };
        let order = match take_changed_after(&mut parameters)? {
            None => Order::ByDate(PageRequest::take(&mut parameters)?),
            Some(start) => {
                let mut page = PageRequest::take(&mut parameters)?;
                // Behind every register that changed at the named position itself.
                page.after.get_or_insert((start, Uuid::max()));
                Order::ByChange(page)
            }
        };
        parameters.finish()?;
        Ok(Self { filter, order })
    }
}

fn take_changed_after(parameters: &mut Parameters) -> Result<Option<Position>, Problem> {
    parameters
        .text("changed_after")
        .map(|text| {
            text.parse().map_err(|_| {
                Problem::new(Slug::BadPosition).field("/changed_after", "is not a changed_position")
            })
        })
        .transpose()
}

/// Lists registers. By date, or, with `changed_after`, in the order in which they changed.
#[utoipa::path(
    tag = "Registers",
    params(SessionsParameters, PageParameters),
    responses((status = 200, description = "Registers.", body = Page<SessionItem>))
)]
#[get(
    "/sessions",
    wrap = "Compress::default()",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_sessions(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    let wanted = Wanted::read(parameters)?;
    let scope = Scope::of(&caller);
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    if let Some(class_id) = wanted.filter.class_id {
        let days = wanted.filter.days.or_all_time();
        scope
            .require_class(&mut reading.connection, class_id, days)
            .await?;
    }
    let Page { items, next_cursor } = match wanted.order {
        Order::ByDate(page) => {
            dated_sessions(&mut reading.connection, scope, &wanted.filter, &page).await?
        }
        Order::ByChange(page) => {
            changed_sessions(&mut reading.connection, scope, &wanted.filter, &page).await?
        }
    };
    let items = if wanted.filter.with_marks {
        with_marks(&services, &mut reading, items).await?
    } else {
        without_marks(items)?
    };
    Ok(reading.answer(&Page { items, next_cursor }))
}

fn without_marks(rows: Vec<SessionRow>) -> Result<Vec<SessionItem>, Problem> {
    rows.into_iter()
        .map(|row| {
            Ok(SessionItem {
                session: row.try_into()?,
                marks: None,
            })
        })
        .collect()
}

async fn with_marks(
    services: &Services,
    reading: &mut Reading,
    rows: Vec<SessionRow>,
) -> Result<Vec<SessionItem>, Problem> {
    let school_id = reading.connection.school_id();
    let mut marks = marks_of_sessions(services, &mut reading.connection, school_id, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let marks = marks.remove(&row.session_id).unwrap_or_default();
            Ok(SessionItem {
                session: row.try_into()?,
                marks: Some(marks),
            })
        })
        .collect()
}
