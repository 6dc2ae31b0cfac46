//! What handlers accept: sizes, kinds of content, and the problem for what cannot be read.

use actix_web::error::{Error, JsonPayloadError, PathError, PayloadError, QueryPayloadError};
use actix_web::{HttpRequest, web};

use crate::json;
use crate::problem::{Problem, Slug};

/// The largest body, unpacked: 4 MiB.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// Sets the limits of bodies and turns everything that cannot be read into a problem.
pub fn configure_extractors(config: &mut web::ServiceConfig) {
    config
        .app_data(web::PayloadConfig::new(MAX_BODY_BYTES))
        .app_data(
            web::JsonConfig::default()
                .limit(MAX_BODY_BYTES)
                .error_handler(refuse_json),
        )
        .app_data(web::QueryConfig::default().error_handler(refuse_query))
        .app_data(web::PathConfig::default().error_handler(refuse_path));
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may add kinds of error; a body that cannot be read is malformed"
)]
pub(super) fn json_problem(error: JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::OverflowKnownLength { .. }
        | JsonPayloadError::Overflow { .. }
        | JsonPayloadError::Payload(PayloadError::Overflow) => Slug::TooLarge.into(),
        JsonPayloadError::ContentType => Problem::new(Slug::UnsupportedMedia),
        JsonPayloadError::Deserialize(error) if error.is_data() => {
            malformed("The body is not of the form that this address takes.")
        }
        JsonPayloadError::Deserialize(error) => malformed(json::syntax(&error)),
        _ => Slug::Malformed.into(),
    }
}

fn refuse_json(error: JsonPayloadError, _: &HttpRequest) -> Error {
    json_problem(error).into()
}

fn refuse_query(_: QueryPayloadError, _: &HttpRequest) -> Error {
    malformed("A parameter of the address is missing or cannot be read.").into()
}

/// What is not even an id names nothing.
fn refuse_path(_: PathError, _: &HttpRequest) -> Error {
    Problem::new(Slug::NotFound).into()
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(Slug::Malformed).detail(detail)
}
