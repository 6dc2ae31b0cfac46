//! The file that is sent.

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use futures::StreamExt;
use platform::problem::{Problem, Slug};

/// The most bytes of the file as it is sent: 16 MiB.
pub(super) const MOST_BYTES: usize = 16 << 20;
/// The most bytes of what is in it: 64 MiB, some 600,000 enrolments.
pub(super) const MOST_UNPACKED: u64 = 64 << 20;

/// How many bytes beyond the limit are taken off the wire and thrown away, so that a client that writes before it reads
/// finds the answer rather than a broken connection.
const MOST_DISCARDED: usize = 16 << 20;

/// What browsers call a zip archive.
const MEDIA_TYPES: [&str; 2] = ["application/zip", "application/x-zip-compressed"];

/// Reads a zip archive.
///
/// # Errors
/// `unsupported-media`, `too-large`, or `malformed` where it ends early.
pub(super) async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Vec<u8>, Problem> {
    require_zip(request)?;
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::new(Slug::Malformed)
                .detail("The body ended early.")
                .source(error)
        })?;
        if body.len() + chunk.len() > MOST_BYTES {
            discard(payload).await;
            return Err(Problem::new(Slug::TooLarge).detail("A file to import has at most 16 MiB."));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn require_zip(request: &HttpRequest) -> Result<(), Problem> {
    let headers = request.headers();
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map_or("", |value| {
            value.split(';').next().unwrap_or_default().trim()
        });
    let is_zip = MEDIA_TYPES
        .iter()
        .any(|zip| media_type.eq_ignore_ascii_case(zip));
    if is_zip && !headers.contains_key(header::CONTENT_ENCODING) {
        return Ok(());
    }
    Err(Problem::new(Slug::UnsupportedMedia)
        .detail("Send the zip archive as application/zip, not packed again."))
}

async fn discard(mut payload: Payload) {
    let mut discarded = 0;
    while let Some(Ok(chunk)) = payload.next().await {
        discarded += chunk.len();
        if discarded > MOST_DISCARDED {
            return;
        }
    }
}
