//! `GET /audit/sessions/{id}/history`: every event of a register, and what it changed.

use std::collections::{BTreeSet, HashMap};

use actix_web::{HttpResponse, get, web};
use domain::{
    Entry, Event, HistoryStep, MinutesLate, Recorded, RegisterState, SealedText, SessionEvent,
    register_history,
};
use event_store::feed::Watermark;
use event_store::{StreamEvent, StreamId};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::event_filter::EventFilter;
use super::event_item::{EventItem, event_items};
use super::find_events::{EventRow, find_events};
use super::moment::read_settled;
use super::names::NamedUser;
use super::{names, streams};
use crate::freshness::After;
use crate::instant::Instant;
use crate::page::PageRequest;
use crate::parameters::Parameters;
use crate::texts;

/// The history of a register, in the order in which it arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionHistoryResponse {
    session_id: Uuid,
    class_id: Uuid,
    date: chrono::NaiveDate,
    subject_id: Option<Uuid>,
    #[schema(example = "am")]
    slot: Option<String>,
    events: Vec<HistoryItem>,
}

/// An event and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    #[serde(flatten)]
    event: EventItem,
    /// What the actor is, as of today; null if the school has no such user any more.
    #[schema(example = "teacher")]
    actor_role: Option<String>,
    /// Whether something was there already that stands after it: it arrived late, into the middle of what had happened.
    arrived_late: bool,
    /// What became of it when it arrived: `current`, `superseded`, `after_close`, and so on, as its sender was told.
    #[schema(example = "current")]
    effect_on_arrival: String,
    /// What has become of it by now. A mark that is `superseded` or `after_close` does not count.
    #[schema(example = "superseded")]
    effect_now: String,
    /// The command that made this of it when it arrived; null if it still is what it was on arrival.
    changed_by: Option<Uuid>,
    /// What it made of the register as a whole; null if it left that as it was.
    register: Option<HistoryRegisterChange>,
    /// The entries that it changed. A close that arrives late can change many.
    students: Vec<HistoryStudentChange>,
}

/// A change of a register as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryRegisterChange {
    /// Null if there was no register.
    before: Option<HistoryRegister>,
    after: HistoryRegister,
}

/// What a register is as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryRegister {
    /// open or closed.
    #[schema(example = "closed")]
    status: String,
    void: bool,
    closed_at: Option<Instant>,
    closed_by: Option<Uuid>,
}

/// A change of what counts for a student.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryStudentChange {
    student_id: Uuid,
    /// Null if the school has no record of the student.
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    /// Null if there was no entry.
    before: Option<HistoryEntry>,
    /// Null if there is none any more.
    after: Option<HistoryEntry>,
}

/// What counted for a student.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    /// As it was seen; exceptions are no part of it.
    #[schema(example = "absent")]
    status: String,
    minutes_late: Option<u16>,
    /// Null if there are none, or if they were erased.
    remarks: Option<String>,
    /// Whether it is a correction.
    corrected: bool,
    /// The command that made it.
    command_id: Uuid,
}

/// Tells the history of a register: every event, what it changed, and whether it counts.
#[utoipa::path(
    tag = "Audit",
    params(("id" = Uuid, Path, description = "The session's id.", example = "ceee0c6e-8227-5e5c-bbef-c9d909a515ec")),
    responses(
        (status = 200, description = "The history.", body = SessionHistoryResponse),
        (status = 403, description = "Only for auditors and admins.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nothing has happened in a register with this id.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/audit/sessions/{id}/history",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_session_history(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    id: web::Path<Uuid>,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    parameters.finish()?;
    let mut reading = read_settled(&services, &caller, after).await?;
    let connection = &mut *reading.connection;
    let school_id = caller.school_id;
    let watermark = event_store::feed::watermark(connection).await?;
    let stream = [StreamId::session((*id).into())];
    let loaded = streams::load(connection, school_id, watermark, &stream).await?;
    let stored = loaded.into_values().next().unwrap_or_default();
    let events = of_session(&stored);
    let key = events.first().ok_or(Slug::NotFound)?.event.session();
    let items = event_items_of(&services, connection, school_id, watermark, *id).await?;
    let steps = register_history(&events);
    let names = Names::of(&services, connection, school_id, &steps, &events).await?;
    let late = arrived_late(&events);
    let items = items
        .into_iter()
        .zip(steps)
        .zip(events.iter().zip(late))
        .map(|((event, step), (recorded, arrived_late))| {
            let actor_role = names.role(recorded.actor_id.into());
            names.item(event, step, actor_role, arrived_late)
        });
    let body = SessionHistoryResponse {
        session_id: *id,
        class_id: key.class_id.into(),
        date: key.date,
        subject_id: key.subject_id.map(Into::into),
        slot: key.slot.as_ref().map(domain::Slot::to_string),
        events: items.collect(),
    };
    Ok(reading.answer(&body))
}

fn of_session(stored: &[StreamEvent]) -> Vec<Recorded<&SessionEvent>> {
    domain::of_one_kind(
        stored.iter().map(|event| &event.recorded),
        Event::as_session,
    )
}

/// The events as auditors see them, in the order of the stream.
async fn event_items_of(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    watermark: Watermark,
    stream: Uuid,
) -> Result<Vec<EventItem>, Problem> {
    let filter = EventFilter::of_session(stream);
    let mut rows: Vec<EventRow> = Vec::new();
    let mut page = PageRequest::first();
    loop {
        let mut found = find_events(connection, school_id, watermark, &filter, &page).await?;
        let next = page.cut(&mut found, EventRow::position).transpose()?;
        rows.extend(found);
        let Some(key) = next else { break };
        page = PageRequest::after(key);
    }
    rows.retain(|row| row.aggregate_type == StreamId::ATTENDANCE_SESSION);
    rows.sort_by_key(|row| row.sequence);
    event_items(services, connection, school_id, rows).await
}

/// Of each event, whether one that stands after it was there before.
fn arrived_late(events: &[Recorded<&SessionEvent>]) -> Vec<bool> {
    let mut last = None;
    let events = events.iter();
    events
        .map(|event| {
            let place = event.place();
            let is_late = last.is_some_and(|last| place < last);
            last = last.max(Some(place));
            is_late
        })
        .collect()
}

/// What history needs beside the events: who is who, and the remarks of entries, opened.
struct Names {
    students: HashMap<Uuid, Option<String>>,
    users: HashMap<Uuid, NamedUser>,
    remarks: HashMap<Vec<u8>, Option<String>>,
}

impl Names {
    async fn of(
        services: &Services,
        connection: &mut PgConnection,
        school_id: Uuid,
        steps: &[HistoryStep],
        events: &[Recorded<&SessionEvent>],
    ) -> Result<Self, Problem> {
        let changes = || steps.iter().flat_map(|step| &step.students);
        let ids: BTreeSet<Uuid> = changes().map(|change| change.student_id.into()).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let actors: Vec<Uuid> = events.iter().map(|event| event.actor_id.into()).collect();
        let entries = changes().filter_map(|change| change.after.as_ref());
        let sealed = entries.filter_map(|entry| entry.remarks.as_ref());
        let sealed: BTreeSet<&[u8]> = sealed.map(SealedText::as_bytes).collect();
        let to_open = sealed.iter().map(|text| Some(*text));
        let opened = texts::open(services, connection, school_id, to_open).await?;
        let students = names::students(connection, school_id, &ids).await?;
        Ok(Self {
            students: students
                .into_iter()
                .map(|student| (student.student_id, student.name))
                .collect(),
            users: names::users(connection, school_id, &actors).await?,
            remarks: sealed.into_iter().map(<[u8]>::to_vec).zip(opened).collect(),
        })
    }

    fn role(&self, user_id: Uuid) -> Option<String> {
        self.users.get(&user_id).map(|user| user.role.clone())
    }

    fn item(
        &self,
        event: EventItem,
        step: HistoryStep,
        actor_role: Option<String>,
        arrived_late: bool,
    ) -> HistoryItem {
        let students = step.students.into_iter().map(|change| {
            let student_id: Uuid = change.student_id.into();
            HistoryStudentChange {
                student_id,
                name: self.students.get(&student_id).cloned().flatten(),
                before: change.before.map(|entry| self.entry(&entry)),
                after: change.after.map(|entry| self.entry(&entry)),
            }
        });
        HistoryItem {
            event,
            actor_role,
            arrived_late,
            effect_on_arrival: step.effect_on_arrival.as_str().to_owned(),
            effect_now: step.effect_now.as_str().to_owned(),
            changed_by: step.changed_by.map(Into::into),
            register: step.register.map(|change| HistoryRegisterChange {
                before: change.before.map(HistoryRegister::from),
                after: change.after.into(),
            }),
            students: students.collect(),
        }
    }

    fn entry(&self, entry: &Entry) -> HistoryEntry {
        let sealed = entry.remarks.as_ref().map(SealedText::as_bytes);
        HistoryEntry {
            status: entry.status.as_str().to_owned(),
            minutes_late: entry.minutes_late.map(MinutesLate::get),
            remarks: sealed.and_then(|text| self.remarks.get(text).cloned().flatten()),
            corrected: entry.correction.is_some(),
            command_id: entry.command_id.into(),
        }
    }
}

impl From<RegisterState> for HistoryRegister {
    fn from(state: RegisterState) -> Self {
        Self {
            status: state.status.as_str().to_owned(),
            void: state.void,
            closed_at: state.closed_at.map(Instant::from),
            closed_by: state.closed_by.map(Into::into),
        }
    }
}
