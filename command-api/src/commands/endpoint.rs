//! `POST /commands`.

use std::future::{Ready, ready};

use actix_web::middleware::Compress;
use actix_web::web::{Data, Json};
use actix_web::{FromRequest, HttpRequest, dev, post, web};
use domain::Instant;
use platform::auth::Role;
use platform::problem::{Problem, Slug};
use platform::server::Services;

use super::answer::BatchAnswer;
use super::authentication::authenticate;
use super::envelope::Envelope;
use super::submit::submit;
use super::{body, capacity};

/// Send a batch of commands.
///
/// Every command is decided by itself and in the order sent, so one that is not accepted never blocks its neighbours.
/// Sending a batch again changes nothing: commands that were accepted answer `duplicate`. The body may be encoded with
/// gzip. A batch without commands is a sign of life.
///
/// Marks of one register may be sent in a dense form, in `marks`, which weighs a third. They are written out before anything
/// else is done; if that is not possible for certain, the answer is `malformed`, and they have to be sent written out.
///
/// The office can hand in the work of a device that cannot send it: with `claimed_by`, the commands are decided as if that
/// person's device had sent them. It does not matter which of the two comes first; the other is a duplicate.
#[utoipa::path(
    operation_id = "send_commands",
    tag = "commands",
    request_body(content = Envelope, content_type = "application/json"),
    responses(
        (status = 200, description = "Every command has an outcome", body = BatchAnswer, example = json!({
            "received_at": "2026-11-24T08:01:10.250Z", "clock_offset_ms": 0, "position": "1-2e9-4b",
            "results": [
                {"index": 0, "command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e6f", "outcome": "accepted",
                 "effect": "current", "session_id": "ceee0c6e-8227-5e5c-bbef-c9d909a515ec",
                 "occurred_at": "2026-11-24T08:01:02.123Z", "flags": []},
                {"index": 1, "command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e70", "outcome": "rejected",
                 "problem": {"type": "/problems/not-enrolled", "title": "Not on the roster that day", "status": 422,
                             "detail": "The student is not enrolled in this class on that date."}}
            ]
        })),
        (status = 400, description = "`malformed`: no JSON or no envelope, or dense marks of which it is not certain what they stand for", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: auditors change nothing, and only the office may say `claimed_by`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`: more than 4 MiB inflated; `too-many-commands`: more than 1,000", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported-media`: neither JSON nor gzip of it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the school has nobody of the id in `claimed_by`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, `server-clock`: come again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[post("/commands", wrap = "Compress::default()")]
pub(crate) async fn send_commands(
    arrival: Arrival,
    request: HttpRequest,
    payload: web::Payload,
    services: Data<Services>,
) -> Result<Json<BatchAnswer>, Problem> {
    let caller = authenticate(&services, &request).await?;
    // Before anything is read: what is in a batch matters only if its sender may send one.
    caller.require(&[Role::Teacher, Role::Admin])?;
    let body = body::read(&request, payload.into_inner()).await?;
    let envelope = Envelope::parse(&body)?;
    let _place = capacity::place_for(&services, caller.school_id.into()).await?;
    submit(&services, &caller.into(), envelope, arrival.0)
        .await
        .map(Json)
}

/// When the headers of the request arrived. Extractors are made before the first of them waits for anything.
pub(crate) struct Arrival(Instant);

impl Arrival {
    /// That moment.
    pub(crate) fn at(&self) -> Instant {
        self.0
    }
}

impl FromRequest for Arrival {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(
            request
                .app_data::<Data<Services>>()
                .map(|services| Self(services.clock.now()))
                .ok_or_else(|| Slug::Internal.into()),
        )
    }
}
