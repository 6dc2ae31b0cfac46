//! A whole document that somebody puts in the place of the one before.

use actix_web::{HttpRequest, web};
use chrono::SecondsFormat;
use domain::Instant;
use platform::auth::Caller;
use platform::ids;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde_json::{Value, json};

use crate::commands::{body, capacity, submit_one};

/// Sets the document in the body of a request by a command of this type, which is decided and stored like any other.
///
/// # Errors
/// As those of a batch, or why the command is not accepted.
pub(super) async fn put(
    services: &Services,
    caller: Caller,
    command_type: &str,
    (request, payload): (HttpRequest, web::Payload),
    received_at: Instant,
) -> Result<(), Problem> {
    let document = body::read_document(&request, payload.into_inner()).await?;
    let mut command = document.into_value()?;
    let Value::Object(members) = &mut command else {
        return Err(Problem::new(Slug::Malformed).detail("The body is no JSON object."));
    };
    members
        .entry("command_id")
        .or_insert_with(|| json!(ids::new_id()));
    members.insert("type".to_owned(), json!(command_type));
    let now = received_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    members.insert("occurred_at".to_owned(), json!(now));
    members.remove("device_seq");
    let _place = capacity::place_for(services, caller.school_id.into()).await?;
    submit_one(services, &caller.into(), command.into(), received_at).await
}
