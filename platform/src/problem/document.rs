//! The problem document.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::{Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::request::RequestScope;
use super::slug::Slug;

/// The media type of a problem document.
pub const PROBLEM_CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong, for the client. Serialises as an RFC 9457 problem document and is an error of actix handlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Content>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Content {
    slug: Slug,
    detail: Option<String>,
    errors: Vec<FieldProblem>,
    retry_after_seconds: Option<u32>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field, as a JSON pointer into the body.
    #[schema(example = "/commands/0/minutes_late")]
    pub pointer: String,
    /// What is wrong with it, as a sentence for people.
    #[schema(example = "must be between 0 and 240")]
    pub detail: String,
}

/// The document as it is written.
#[derive(Serialize, ToSchema)]
struct Document<'a> {
    /// The kind of problem, as the address of its page.
    #[serde(rename = "type")]
    #[schema(example = "/problems/not-enrolled")]
    kind: String,
    /// A short name of the kind.
    #[schema(example = "Not on the roster that day")]
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened this time, as a sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "<[FieldProblem]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldProblem],
    /// Under what the request stands in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Uuid>,
}

impl Problem {
    /// A problem of this kind.
    pub fn new(slug: Slug) -> Self {
        Self(Box::new(Content {
            slug,
            detail: None,
            errors: Vec::new(),
            retry_after_seconds: None,
        }))
    }

    /// An error of the server's own. Its cause is logged here, once; the client reads a fixed sentence.
    pub fn internal(cause: impl Error) -> Self {
        tracing::error!(error = Chain(&cause).to_string(), "request failed");
        Self::new(Slug::Internal)
    }

    /// Says what happened this time, in a sentence for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds what is wrong with one field, named by a JSON pointer.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldProblem {
            pointer: pointer.into(),
            detail: detail.into(),
        });
        self
    }

    /// Says after how many seconds the request may be sent again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Logs what caused the problem. The client is not told.
    #[must_use]
    pub fn source(self, cause: impl Error) -> Self {
        tracing::warn!(
            error = Chain(&cause).to_string(),
            problem = self.0.slug.as_str(),
            "request refused"
        );
        self
    }

    /// What kind of problem it is.
    pub fn slug(&self) -> Slug {
        self.0.slug
    }

    /// What happened this time, if it was said.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    fn document(&self, request_id: Option<Uuid>) -> Document<'_> {
        Document {
            kind: self.0.slug.path(),
            title: self.0.slug.title(),
            status: self.0.slug.status().as_u16(),
            detail: self.0.detail.as_deref(),
            errors: &self.0.errors,
            request_id,
        }
    }
}

impl From<Slug> for Problem {
    fn from(slug: Slug) -> Self {
        Self::new(slug)
    }
}

impl Serialize for Problem {
    /// Without the request id: this form stands inside another answer, such as the result of a command.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document(None).serialize(serializer)
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        Document::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Document::schemas(schemas);
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.slug.title())?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.slug.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.0.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_TYPE, PROBLEM_CONTENT_TYPE))
            .json(self.document(RequestScope::current()))
    }
}

/// An error followed by everything that caused it.
struct Chain<'a>(&'a dyn Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
