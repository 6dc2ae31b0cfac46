//! Bodies that are known to be small.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::{JsonBody, Payload};
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::extractors::json_problem;
use crate::json::Document;
use crate::problem::Problem;

/// A JSON body of at most `BYTES`, unpacked: for routes that need no more and can be asked by anybody.
#[derive(Debug)]
pub struct LimitedJson<Content, const BYTES: usize>(pub Content);

impl<Content, const BYTES: usize> FromRequest for LimitedJson<Content, BYTES>
where
    Content: DeserializeOwned + 'static,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = JsonBody::<Document>::new(request, payload, None, true).limit(BYTES);
        Box::pin(async move {
            let document = body.await.map_err(json_problem)?;
            Ok(Self(document.read()?))
        })
    }
}
