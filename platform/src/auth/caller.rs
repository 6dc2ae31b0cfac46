//! The signed-in person behind a request.

use std::future::{Future, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::role::Role;
use crate::problem::{Problem, Slug};
use crate::server::Services;

/// The signed-in person behind a request. A handler that takes one is only reached by signed-in people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub user_id: Uuid,
    /// Their school, and so the only one whose things exist for them.
    pub school_id: Uuid,
    /// What they are there.
    pub role: Role,
}

impl Caller {
    /// Refuses callers who are none of these.
    ///
    /// # Errors
    /// `forbidden`.
    pub fn require(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.contains(&self.role) {
            Ok(())
        } else {
            Err(Slug::Forbidden.into())
        }
    }
}

/// The signed-in person behind a request that goes on for longer, and for how long their token is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub caller: Caller,
    /// When the request has to end.
    pub until: DateTime<Utc>,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed_in = SignedIn::from_request(request, payload);
        Box::pin(async move { Ok(signed_in.await?.caller) })
    }
}

impl FromRequest for SignedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    /// A request is admitted once, however many ask who is behind it.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request.extensions().get::<Self>().copied();
        if let Some(admitted) = admitted {
            return Box::pin(ready(Ok(admitted)));
        }
        let services = request.app_data::<web::Data<Services>>().cloned();
        let token = bearer_token(request).map(str::to_owned);
        let request = request.clone();
        Box::pin(async move {
            let services = services.ok_or(Slug::Internal)?;
            let token = token.ok_or_else(|| {
                Problem::new(Slug::TokenInvalid).detail("The request carries no access token.")
            })?;
            let signed_in = services.tokens.admit(&token).await?;
            tracing::Span::current()
                .record("user.id", tracing::field::display(signed_in.caller.user_id))
                .record(
                    "school.id",
                    tracing::field::display(signed_in.caller.school_id),
                );
            request.extensions_mut().insert(signed_in);
            Ok(signed_in)
        })
    }
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
