//! `GET /reports/conflicts`: marks that lost to another person's different status, and registers that were closed before
//! the roster of their date changed.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use futures::TryStreamExt;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::find_conflicts::{ConflictRow, find_conflicts};
use crate::accept::accepts;
use crate::authority::Scope;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line};
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::pages;
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;
use crate::texts;

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

/// A mark that lost to, or was closed out by, another person's different status; or a student who came onto the roster of
/// a register's date, or left it, after the register was closed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictItem {
    session_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    student_name: Option<String>,
    /// superseded, `after_close`, `after_correction` or `roster-changed-after-close`.
    #[schema(example = "superseded")]
    kind: String,
    /// open, contested or settled. A roster change is open while register and roster disagree about the student, as they
    /// are now: on the roster without a mark, or marked without being on it.
    #[schema(example = "open")]
    state: String,
    /// Null for a roster change.
    lost: Option<ConflictSide>,
    /// Null for a roster change.
    won: Option<ConflictSide>,
    /// Who insisted on the mark that lost or let it go, if that is what decided the state.
    statement: Option<ConflictStatement>,
    /// What changed; null for the other kinds.
    roster_change: Option<RosterChange>,
}

/// An enrolment, withdrawal or cancellation that was recorded after the register of a day it changed was closed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RosterChange {
    /// enrolled, withdrawn or cancelled.
    #[schema(example = "enrolled")]
    change: String,
    /// Whether it put the student on the roster of the date; otherwise it took the student off.
    on_roster: bool,
    by: Person,
    recorded_at: Instant,
    command_id: Uuid,
    /// When the register was closed, by the clock of who closed it.
    closed_at: Instant,
}

/// What was said last about a mark that lost: the conflict is contested with a reason, or it was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConflictStatement {
    by: Person,
    occurred_at: Instant,
    /// Why somebody insists on the mark; null if it was let go, and in CSV.
    reason: Option<String>,
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

/// The columns, in an order that other programs rely on.
const COLUMNS: [&str; 20] = [
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
    "roster_change",
    "on_roster",
    "roster_changed_by",
    "roster_changed_recorded_at",
    "closed_at",
];

/// Lists conflicts, ordered by date and register; as CSV all of them, without pages.
///
/// Of kind `roster-changed-after-close` is every enrolment, withdrawal or cancellation that was recorded after a register
/// was closed and changed whether the student was on the roster of the register's date. One register can have several of
/// a student. They are gone while the register is open or void; closing it again, with the roster as it is by then, leaves
/// none of those recorded before.
#[utoipa::path(
    tag = "Reports",
    params(ConflictsParameters, PageParameters, CsvParameters),
    responses((status = 200, description = "Conflicts; as CSV with Accept: text/csv.", content(
        (Page<ConflictItem> = "application/json"),
        (String = "text/csv"),
    )))
)]
#[get(
    "/reports/conflicts",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
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
    let scope = Scope::of(&caller);
    let conflicts = find_conflicts(&mut reading.connection, scope, days, &page).await?;
    let sealed = conflicts.items.iter();
    let sealed = sealed.map(|row| row.statement_reason.as_deref());
    let reasons = texts::open(&services, &mut reading.connection, caller.school_id, sealed).await?;
    let items: Vec<ConflictItem> = conflicts
        .items
        .into_iter()
        .zip(reasons)
        .map(|(row, reason)| ConflictItem::new(row, reason))
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
        Ok(find_conflicts(&mut reading.connection, Scope::of(&caller), days, &page).await?)
    })
    .await?;
    let lines = conflicts.map_ok(|conflicts| conflicts.into_iter().map(line).collect());
    csv.answer(name, &COLUMNS, lines, is_stale)
}

impl ConflictItem {
    fn new(mut row: ConflictRow, reason: Option<String>) -> Self {
        Self {
            won: ConflictSide::won(&mut row),
            statement: ConflictStatement::of(&mut row, reason),
            roster_change: RosterChange::of(&mut row),
            lost: ConflictSide::lost(&mut row),
            session_id: row.session_id,
            class_id: row.class_id,
            date: row.date,
            student_id: row.student_id,
            student_name: row.student_name,
            kind: row.kind,
            state: row.state,
        }
    }
}

impl ConflictStatement {
    fn of(row: &mut ConflictRow, reason: Option<String>) -> Option<Self> {
        Some(Self {
            by: Person {
                id: row.statement_by?,
                name: row.statement_by_name.take(),
            },
            occurred_at: row.statement_at?.into(),
            reason,
        })
    }
}

impl ConflictSide {
    fn lost(row: &mut ConflictRow) -> Option<Self> {
        Some(Self {
            status: row.lost_status.take()?,
            occurred_at: row.lost_occurred_at?.into(),
            by: Person {
                id: row.by,
                name: row.by_name.take(),
            },
            recorded_at: row.recorded_at.into(),
            device_id: row.lost_device_id,
            command_id: row.command_id,
        })
    }

    fn won(row: &mut ConflictRow) -> Option<Self> {
        Some(Self {
            status: row.won_status.take()?,
            occurred_at: row.won_occurred_at?.into(),
            by: Person {
                id: row.won_by?,
                name: row.won_by_name.take(),
            },
            recorded_at: row.won_recorded_at?.into(),
            device_id: row.won_device_id,
            command_id: row.won_command_id?,
        })
    }

    fn cells(self) -> [String; 4] {
        [
            self.by.name.unwrap_or_default(),
            self.status,
            self.occurred_at.to_text(),
            self.recorded_at.to_text(),
        ]
    }
}

impl RosterChange {
    fn of(row: &mut ConflictRow) -> Option<Self> {
        Some(Self {
            change: row.change.take()?,
            on_roster: row.on_roster?,
            by: Person {
                id: row.by,
                name: row.by_name.take(),
            },
            recorded_at: row.recorded_at.into(),
            command_id: row.command_id,
            closed_at: row.closed_at?.into(),
        })
    }

    fn cells(self) -> [String; 5] {
        [
            self.change,
            self.on_roster.to_string(),
            self.by.name.unwrap_or_default(),
            self.recorded_at.to_text(),
            self.closed_at.to_text(),
        ]
    }
}

fn line(row: ConflictRow) -> Line {
    let conflict = ConflictItem::new(row, None);
    let mut line = vec![
        conflict.date.to_string(),
        conflict.session_id.to_string(),
        conflict.class_id.to_string(),
        conflict.student_id.to_string(),
        conflict.student_name.unwrap_or_default(),
        conflict.kind,
        conflict.state,
    ];
    for side in [conflict.lost, conflict.won] {
        line.extend(side.map_or_else(Default::default, ConflictSide::cells));
    }
    let change = conflict.roster_change;
    line.extend(change.map_or_else(Default::default, RosterChange::cells));
    line
}
