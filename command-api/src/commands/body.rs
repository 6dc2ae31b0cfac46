//! The bytes of a request, and the text in them.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::dev::{Decompress, Payload};
use actix_web::error::PayloadError;
use actix_web::http::header;
use futures::StreamExt;
use platform::json::{self, Document};
use platform::problem::{Problem, Slug};

/// The most bytes of a request once it is inflated.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How many bytes beyond the limit are still taken off the wire and thrown away, so that a client that writes before it
/// reads finds the answer rather than a broken connection.
const MAX_DISCARDED: usize = 16 * 1024 * 1024;

/// Reads a JSON body, inflating it if need be.
///
/// # Errors
/// `unsupported-media`, `too-large` or `malformed`.
pub(crate) async fn read(request: &HttpRequest, payload: Payload) -> Result<Vec<u8>, Problem> {
    require_json(request)?;
    let mut stream = Decompress::from_headers(payload, request.headers());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(unreadable)?;
        if let Err(too_large) = check_size(body.len() + chunk.len()) {
            discard(stream).await;
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Reads a JSON body that is one document.
///
/// # Errors
/// As those of [`read`], and `malformed` for what is no JSON.
pub(crate) async fn read_document(
    request: &HttpRequest,
    payload: Payload,
) -> Result<Document, Problem> {
    let body = read(request, payload).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Problem::new(Slug::Malformed).detail(json::syntax(&error)))
}

/// Checks how many bytes a request has once it is inflated and written out.
///
/// # Errors
/// `too-large`.
pub(crate) fn check_size(bytes: usize) -> Result<(), Problem> {
    if bytes > MAX_BYTES {
        return Err(Problem::new(Slug::TooLarge).detail("A request has at most 4 MiB, inflated."));
    }
    Ok(())
}

fn require_json(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported = |detail: &str| Err(Problem::new(Slug::UnsupportedMedia).detail(detail));
    let headers = request.headers();
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map_or("", |value| {
            value.split(';').next().unwrap_or_default().trim()
        });
    if !media_type.eq_ignore_ascii_case("application/json") {
        return unsupported("Send the body as application/json.");
    }
    let packing = headers
        .get(header::CONTENT_ENCODING)
        .map(|value| value.as_bytes().to_ascii_lowercase());
    match packing.as_deref() {
        None | Some(b"identity" | b"gzip") => Ok(()),
        Some(_) => unsupported("Send the body as it is or encoded with gzip."),
    }
}

fn unreadable(error: PayloadError) -> Problem {
    Problem::new(Slug::Malformed)
        .detail("The body ended early or its encoding is broken.")
        .source(error)
}

async fn discard(mut stream: Decompress<Payload>) {
    let mut discarded = 0;
    while let Some(Ok(chunk)) = stream.next().await {
        discarded += chunk.len();
        if discarded > MAX_DISCARDED {
            return;
        }
    }
}

/// A body as text. Bytes that are no UTF-8 are replaced, but it is known where, so that only the command in which they
/// stand is refused.
pub(crate) struct Text<'a> {
    text: Cow<'a, str>,
    /// Where replaced bytes stand in the text, in order.
    replaced: Vec<usize>,
}

impl<'a> Text<'a> {
    /// Takes the bytes of a body.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        if let Ok(text) = str::from_utf8(bytes) {
            return Self {
                text: Cow::Borrowed(text),
                replaced: Vec::new(),
            };
        }
        let mut text = String::with_capacity(bytes.len());
        let mut replaced = Vec::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                replaced.push(text.len());
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Self {
            text: Cow::Owned(text),
            replaced,
        }
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// How many runs of bytes were replaced within a part of [`as_str`](Self::as_str).
    pub(crate) fn replaced_in(&self, part: &str) -> usize {
        let start = part.as_ptr().addr() - self.text.as_ptr().addr();
        let before = |end| self.replaced.partition_point(|at| *at < end);
        before(start + part.len()) - before(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_where_bytes_were_no_text() {
        let text = Text::new(b"one tw\xffo thr\xc3\x28ee");
        assert_eq!(text.as_str(), "one tw\u{fffd}o thr\u{fffd}(ee");
        let (one, rest) = text.as_str().split_at(4);
        let (two, three) = rest.split_at(7);
        let replaced = [one, two, three, text.as_str()].map(|part| text.replaced_in(part));
        assert_eq!(replaced, [0, 1, 1, 2]);
    }

    #[test]
    fn a_replacement_character_that_was_sent_is_text() {
        let text = Text::new("\u{fffd}".as_bytes());
        assert_eq!(text.replaced_in(text.as_str()), 0);
    }
}
