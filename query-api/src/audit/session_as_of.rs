//! `GET /audit/sessions/{id}/as-of`: a register as it stood.

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use domain::{AsOf, MinutesLate, SealedText, Slot, StudentId, UserId};
use event_store::{StreamEvent, StreamId};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::known::{Known, Stood, Surroundings, moments};
use super::moment::{AskedMoment, MomentParameters, read_settled};
use super::{names, streams};
use crate::freshness::After;
use crate::instant::Instant;
use crate::parameters::Parameters;
use crate::position::Position;
use crate::sessions::{
    Counts, ListedStudent, MarkRow, SessionResponse, SessionStudent, SessionSummary,
    StudentConflict, open_marks,
};

/// The other axis of time.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter, which is read on its own"
)]
pub(crate) struct OccurredUntilParameters {
    /// Of what had arrived, only what had happened by then. The roster is not narrowed by it: what changes a roster says from
    /// which day it holds.
    occurred_until: Option<DateTime<Utc>>,
}

/// A register as it stood, with the students it had then.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionAsOfResponse {
    /// What had arrived by then is in it.
    recorded_at: Instant,
    /// What had happened by then; null is no such bound.
    occurred_until: Option<Instant>,
    /// When something arrived that changed the register, from its first event until now: where a look back shows something
    /// else.
    moments: Vec<Instant>,
    #[serde(flatten)]
    session: SessionResponse,
}

/// Shows a register as it stood: what was known at a moment, of what had happened by another one.
///
/// It is folded from the events that had arrived, as registers always are: with the exceptions and the roster known then.
/// Names are those of today, and whom the office merged since are shown apart.
#[utoipa::path(
    tag = "Audit",
    params(
        ("id" = Uuid, Path, description = "The session's id.", example = "ceee0c6e-8227-5e5c-bbef-c9d909a515ec"),
        MomentParameters,
        OccurredUntilParameters,
    ),
    responses(
        (status = 200, description = "The register as it stood.", body = SessionAsOfResponse),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nobody knew of such a register then.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Something recorded by then could still appear.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/audit/sessions/{id}/as-of",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_session_as_of(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    id: web::Path<Uuid>,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let asked = AskedMoment::take(&mut parameters);
    let occurred_until: Option<DateTime<Utc>> = parameters.optional("occurred_until");
    parameters.finish()?;
    let mut reading = read_settled(&services, &caller, after).await?;
    let connection = &mut *reading.connection;
    let school_id = caller.school_id;
    let moment = asked.settle(&services, connection, school_id).await?;
    let as_of = AsOf {
        occurred_until,
        ..moment.as_of
    };
    let stream = StreamId::session((*id).into());
    let loaded = streams::load(connection, school_id, moment.watermark, &[stream]).await?;
    let events = loaded.into_values().next().unwrap_or_default();
    let class_id = class_of(&events).ok_or(Slug::NotFound)?;
    let registers = [events.as_slice()];
    let surroundings =
        streams::load_surroundings(connection, school_id, moment.watermark, class_id, registers)
            .await?;
    let stood = Known::at(&surroundings, as_of)
        .register(&events)
        .ok_or_else(|| {
            Problem::new(Slug::NotFound).detail("Nothing had been heard of the register by then.")
        })?;
    let mut moments: Vec<Instant> = moments(&events, &surroundings)
        .into_iter()
        .map(Instant::from)
        .collect();
    moments.dedup_by_key(|moment| moment.to_text());
    let changed = changed(&events, &surroundings, as_of);
    let session = describe(&services, connection, school_id, *id, &stood, changed).await?;
    Ok(reading.answer(&SessionAsOfResponse {
        recorded_at: as_of.recorded_at.into(),
        occurred_until: occurred_until.map(Instant::from),
        moments,
        session,
    }))
}

/// The class of a register.
fn class_of(events: &[StreamEvent]) -> Option<Uuid> {
    let first = events.first()?.recorded.event.as_session()?;
    Some(first.session().class_id.into())
}

fn changed(events: &[StreamEvent], surroundings: &Surroundings, as_of: AsOf) -> Position {
    let all = events
        .iter()
        .chain(surroundings.exceptions.iter().flatten());
    let newest = streams::newest(all, as_of);
    Position {
        epoch: newest.epoch,
        transaction_id: newest.transaction_id,
        number: newest.position,
    }
}

/// The register as its readers know it, with the names of its students and of those who marked them.
async fn describe(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    id: Uuid,
    stood: &Stood,
    changed_position: Position,
) -> Result<SessionResponse, Problem> {
    let ids: Vec<Uuid> = stood.students.keys().map(|id| (*id).into()).collect();
    let entries = stood.register.entries.values();
    let markers: Vec<Uuid> = entries.map(|entry| entry.marked_by.into()).collect();
    let users = names::users(connection, school_id, &markers).await?;
    let name_of = |id: UserId| users.get(&id.into()).map(|user| user.name.clone());
    let mut rows = Vec::with_capacity(ids.len());
    for named in names::students(connection, school_id, &ids).await? {
        let mark = mark(stood, named.student_id.into(), name_of);
        rows.push((named, mark));
    }
    let rows = open_marks(services, connection, school_id, rows).await?;
    let students = rows.into_iter().filter_map(|(named, mark)| {
        let student_id: StudentId = named.student_id.into();
        let said = stood.students.get(&student_id)?;
        Some(SessionStudent {
            student: ListedStudent {
                student_id: named.student_id,
                name: named.name.unwrap_or_default(),
                admission_number: named.admission_number,
                on_roster: said.on_roster,
                merged_into: None,
            },
            mark,
            effective_status: said.effective_status.as_str().to_owned(),
            exception_id: said.exception_id.map(Into::into),
            conflict: stood.conflict(student_id).map(conflict),
        })
    });
    Ok(SessionResponse {
        students: students.collect(),
        session: summary(id, stood, changed_position),
    })
}

fn summary(id: Uuid, stood: &Stood, changed_position: Position) -> SessionSummary {
    let register = &stood.register;
    let students = stood.students.values();
    SessionSummary {
        id,
        class_id: register.key.class_id.into(),
        date: register.key.date,
        subject_id: register.key.subject_id.map(Into::into),
        slot: register.key.slot.as_ref().map(Slot::to_string),
        status: register.status.as_str().to_owned(),
        void: register.void,
        counts: Counts::of(students.map(|student| student.effective_status.as_str())),
        opened_at: register.opened_at.map(Instant::from),
        closed_at: register.closed_at.map(Instant::from),
        closed_by: register.closed_by.map(Into::into),
        changed_position,
    }
}

fn mark(
    stood: &Stood,
    student_id: StudentId,
    name_of: impl Fn(UserId) -> Option<String>,
) -> Option<MarkRow> {
    let bytes = |text: &SealedText| text.as_bytes().to_vec();
    let entry = stood.register.entries.get(&student_id)?;
    let correction = entry.correction.as_ref();
    let minutes_late = entry.minutes_late.map(MinutesLate::get);
    Some(MarkRow {
        status: entry.status.as_str().to_owned(),
        minutes_late: minutes_late.and_then(|minutes| i16::try_from(minutes).ok()),
        remarks: entry.remarks.as_ref().map(bytes),
        occurred_at: entry.occurred_at,
        recorded_at: entry.recorded_at,
        marked_by: entry.marked_by.into(),
        marked_by_name: name_of(entry.marked_by),
        command_id: entry.command_id.into(),
        corrected: correction.is_some(),
        correction_reason: correction.map(|correction| bytes(&correction.reason)),
        original_status: correction.map(|it| it.original_status.as_str().to_owned()),
    })
}

fn conflict(conflict: &domain::Conflict) -> StudentConflict {
    StudentConflict {
        kind: conflict.kind.as_str().to_owned(),
        state: conflict.state.as_str().to_owned(),
        mark_id: conflict.lost.command_id.into(),
        other_by: conflict.lost.by.into(),
        other_status: conflict.lost.status.as_str().to_owned(),
        other_at: conflict.lost.occurred_at.into(),
    }
}
