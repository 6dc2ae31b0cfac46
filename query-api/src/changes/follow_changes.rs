//! `GET /changes`: which registers change, told as it happens.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{HttpRequest, HttpResponse, get, web};
use platform::auth::{Role, SignedIn};
use platform::problem::Problem;

use super::event_stream::{Opening, event_stream};
use super::listeners::{Listeners, Place};
use crate::parameters::Parameters;
use crate::position::Position;

/// How often a stream says that it is still there.
const COMMENT_EVERY: Duration = Duration::from_secs(20);
/// The request header that says what the client has heard last.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Keeps proxies of the kind of nginx from collecting the answer.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Tells as it happens which registers change, as server-sent events, to be read with `fetch`.
///
/// One event a register, without `event:`, its `data` a `Change`. It says that the register can be read anew, not what is in
/// it: by marks, corrections, closing and the like, and by exceptions over its absences. Rosters are not told. A teacher hears
/// of the classes that they teach or cover on the register's date.
///
/// `id` is a position, as in `changed_position`: everything up to it has been told. Sent as `Last-Event-ID` by the
/// next request, it makes the stream go on there. The first event of a stream is `event: hello`, with the position to resume
/// from, or `event: reset`: what was missed cannot be told, so read everything anew. Either has `data: {"reason"}`.
///
/// A comment comes every 20 seconds. The stream ends when the access token does, when the account is closed and when the
/// server stops; then connect again.
#[utoipa::path(
    tag = "Registers",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event heard.", example = "1-2fa-1c40")),
    responses(
        (
            status = 200,
            description = "Events, until the stream ends.",
            body = String,
            content_type = "text/event-stream",
            example = "id: 1-2fa-1c40\nevent: hello\ndata: {\"reason\":\"started\"}\n\nid: 1-2fb-1c44\ndata: {\"session_id\":\"ceee0c6e-8227-5e5c-bbef-c9d909a515ec\",\"class_id\":\"21d01924-32d0-57ec-93b8-807238824e08\",\"date\":\"2026-11-24\",\"subject_id\":null,\"slot\":null,\"changed_position\":\"1-2fb-1c44\",\"reason\":\"changed\"}\n\n: still here\n\n",
        ),
        (status = 403, description = "`forbidden`: for teachers and admins.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`: one person has at most 8 streams.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`: the server has as many streams as it can serve.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/changes")]
pub(crate) async fn follow_changes(
    listeners: web::Data<Listeners>,
    signed_in: SignedIn,
    request: HttpRequest,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    signed_in.caller.require(&[Role::Teacher, Role::Admin])?;
    parameters.finish()?;
    let mut listener = listeners.enter(signed_in)?;
    let opening = begin(&mut listener, last_event_id(&request)).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_ACCEL_BUFFERING, "no"))
        .streaming(event_stream(listener, opening, COMMENT_EVERY)))
}

/// What the client heard last: none if it has heard nothing, and no position if it is not readable.
fn last_event_id(request: &HttpRequest) -> Option<Option<Position>> {
    let value = request.headers().get(LAST_EVENT_ID)?;
    (!value.is_empty()).then(|| value.to_str().ok()?.parse().ok())
}

/// How the stream begins for a client that heard this last.
///
/// Positions of another epoch are of a history that may be gone, and one that the school has not reached is not of this
/// history. Only the very start is the same in all of them.
async fn begin(
    listener: &mut Place,
    last_heard: Option<Option<Position>>,
) -> Result<Opening, Problem> {
    let present = listener.present().await?;
    let hello = |reason, place| Opening {
        event: "hello",
        reason,
        place,
    };
    let reset = |reason| Opening {
        event: "reset",
        reason,
        place: present,
    };
    Ok(match last_heard {
        None => hello("started", present),
        Some(None) => reset("unreadable"),
        Some(Some(place)) if place != Position::START && place.epoch != listener.epoch() => {
            reset("other-epoch")
        }
        Some(Some(place)) if place <= present || place <= listener.read_present().await? => {
            hello("resumed", place)
        }
        Some(Some(_)) => reset("ahead"),
    })
}
