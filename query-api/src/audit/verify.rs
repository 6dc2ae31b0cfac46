//! `GET /audit/verify`: whether the school's history is what was recorded.

use actix_web::{HttpResponse, get, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use event_store::log::TreeHead;
use event_store::verify::{Fault, Report, VerifyError, verify_at_one_moment};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::parameters::Parameters;

/// What a check of the whole history found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Verification {
    /// Whether everything fits.
    fits: bool,
    /// The first thing that does not fit, in words that name the event; null if everything does. The check stops there.
    fault: Option<String>,
    /// What is wrong, in one word: `changed`, `missing`, `inserted`, `unlogged`, `misfiled`, `moved`, `rewritten`,
    /// `leaf_damaged`, `other_than_signed`, `cut_off`, `not_signed` or `checkpoint_damaged`.
    #[schema(example = "rewritten")]
    fault_kind: Option<&'static str>,
    /// The register that it was found in, if it was found in one.
    fault_session_id: Option<Uuid>,
    /// Events that fit.
    events: u64,
    /// Registers, exceptions, class rolls and settings that they are about.
    streams: u64,
    /// Of the events, those so new that they are not in the log yet.
    pending: u64,
    /// Kept checkpoints that the log agrees with.
    checkpoints: u64,
    /// Of the events in the log, those after the last such checkpoint.
    uncovered: u64,
    /// The school's logs, oldest first: one, and another one after each restore.
    logs: Vec<Log>,
}

/// How far a log has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Log {
    origin: String,
    size: u64,
    /// The root over its leaves, in base64.
    root_hash: String,
}

impl From<TreeHead> for Log {
    fn from(head: TreeHead) -> Self {
        Self {
            origin: head.origin.to_string(),
            size: head.size,
            root_hash: STANDARD.encode(head.root),
        }
    }
}

impl From<Report> for Verification {
    fn from(report: Report) -> Self {
        Self {
            fits: report.fault.is_none(),
            fault_kind: report.fault.as_ref().map(Fault::kind),
            fault_session_id: report.fault.as_ref().and_then(session_of),
            fault: report.fault.map(|fault| fault.to_string()),
            events: report.events,
            streams: report.streams,
            pending: report.pending,
            checkpoints: report.checkpoints,
            uncovered: report.uncovered,
            logs: report.logs.into_iter().map(Log::from).collect(),
        }
    }
}

/// None if somebody has changed the id itself into something else.
fn session_of(fault: &Fault) -> Option<Uuid> {
    let (kind, id) = fault.aggregate()?;
    (kind == "attendance_session")
        .then(|| id.parse().ok())
        .flatten()
}

/// Computes every chain and every log of the school anew, and names the first event that does not fit. What it cannot find
/// is a history that somebody with power over the database rewrote as a whole: hold a checkpoint outside.
#[utoipa::path(
    tag = "Audit",
    responses(
        (status = 200, description = "What was found.", body = Verification),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/audit/verify")]
pub(crate) async fn verify_history(
    services: web::Data<Services>,
    caller: Caller,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    parameters.finish()?;
    let mut moment = services
        .db
        .read_school_at_one_moment(caller.school_id)
        .await?;
    let report = verify_at_one_moment(&mut moment, caller.school_id.into(), &[])
        .await
        .map_err(|error| match error {
            VerifyError::Database(error) => error.into(),
            VerifyError::RoleSeesTooLittle(error) => Problem::internal(error),
        })?;
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(Verification::from(report)))
}

#[cfg(test)]
mod tests {
    use event_store::verify::EventName;

    use super::*;

    #[test]
    fn a_fault_names_the_register_it_was_found_in() {
        let fault_in = |aggregate_type: &str, aggregate_id: &str| {
            Fault::EventMoved(EventName {
                aggregate_type: aggregate_type.to_owned(),
                aggregate_id: aggregate_id.to_owned(),
                sequence: 2,
                command_id: Uuid::nil(),
            })
        };
        let id = Uuid::from_u128(7);
        let session = |fault| session_of(&fault);
        assert_eq!(
            session(fault_in("attendance_session", &id.to_string())),
            Some(id)
        );
        assert_eq!(session(fault_in("class_roll", &id.to_string())), None);
        assert_eq!(session(fault_in("attendance_session", "torn")), None);
    }
}
