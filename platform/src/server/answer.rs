//! What every answer has, whatever is asked and however it ends.

use std::time::{Instant, SystemTime};

use actix_web::body::{self, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue, HttpDate};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, ResponseError, web};
use tracing::{Instrument, Span, field};

use super::packed::{GZIP, slice_packed_body};
use super::services::Services;
use crate::ids;
use crate::problem::{PROBLEM_CONTENT_TYPE, Problem, RequestScope, Slug};

const MUSTER_STORE: HeaderName = HeaderName::from_static("muster-store");
/// Whoever came through TLS once asks for a year in no other way: not even the first request can be read on the way.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What machines ask every few seconds; the log is not for them.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Middleware around everything: gives the request an id, logs and counts it, makes every error a problem document, and
/// puts `Muster-Store` and `Date` on the answer.
///
/// To browsers that came through TLS the answer also says to come in no other way.
///
/// # Errors
/// Only those of other middleware inside of it. What a handler or extractor fails with is answered as a problem.
pub async fn answer<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let started = Instant::now();
    let request_id = ids::new_id();
    let services = request.app_data::<web::Data<Services>>().cloned();
    let method = method_name(request.method());
    let span = tracing::info_span!(
        "request",
        request.id = %request_id,
        http.method = method,
        http.route = field::Empty,
        user.id = field::Empty,
        school.id = field::Empty,
    );
    let mut response = RequestScope::new(request_id)
        .run(as_problem(request, next))
        .instrument(span.clone())
        .await?;
    if let Some(services) = &services {
        identify(&mut response, services);
    }
    record(&span, &response, method, started);
    Ok(response)
}

/// Calls the handler and replaces any error answer that is not a problem document yet: addresses and methods nobody
/// serves, and errors of the framework.
async fn as_problem<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    if is_packed_strangely(&request) {
        let problem = Problem::new(Slug::UnsupportedMedia).error_response();
        return Ok(request.into_response(problem).map_into_right_body());
    }
    slice_packed_body(&mut request);
    let wants_body = *request.method() != Method::HEAD;
    if !wants_body {
        // Whoever serves GET serves HEAD: the same answer without its body.
        request.head_mut().method = Method::GET;
    }
    let response = next.call(request).await?;
    let response = replace_bare_error(response.map_into_left_body());
    Ok(if wants_body {
        response
    } else {
        response.map_body(|_, _| EitherBody::right(BoxBody::new(body::None::new())))
    })
}

/// Whether the body is packed in a way that nothing here unpacks.
fn is_packed_strangely(request: &ServiceRequest) -> bool {
    request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|packing| {
            ![GZIP, "identity"]
                .iter()
                .any(|known| packing.as_bytes().eq_ignore_ascii_case(known.as_bytes()))
        })
}

fn replace_bare_error<B>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !is_error || kind.is_some_and(|kind| kind == PROBLEM_CONTENT_TYPE) {
        return response;
    }
    let slug = if status == StatusCode::NOT_FOUND && is_served_otherwise(response.request()) {
        Slug::MethodNotAllowed
    } else {
        Slug::of_status(status)
    };
    let problem = Problem::new(slug).error_response();
    response.into_response(problem.map_into_right_body())
}

/// Whether the address exists: routes are chosen by address and method together, so a wrong method finds nothing.
fn is_served_otherwise(request: &HttpRequest) -> bool {
    request.resource_map().has_resource(request.path())
}

fn identify<B>(response: &mut ServiceResponse<B>, services: &Services) {
    let origin = services.proxies.origin(response.request());
    let headers = response.headers_mut();
    if origin.is_some_and(|origin| origin.is_secure()) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    if let Ok(store) = HeaderValue::from_str(&services.store.current().header()) {
        headers.insert(MUSTER_STORE, store);
    }
    let now = HttpDate::from(SystemTime::from(services.clock.now())).to_string();
    if let Ok(date) = HeaderValue::from_str(&now) {
        headers.insert(header::DATE, date);
    }
}

fn record<B>(span: &Span, response: &ServiceResponse<B>, method: &str, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let status = response.status().as_u16();
    // The pattern and not the path: there must not be as many counters as there are ids.
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "none".to_owned());
    // Nor must the log hold what somebody typed into an address.
    span.record("http.route", route.as_str());
    let labels = [
        ("method", method.to_owned()),
        ("route", route),
        ("status", status.to_string()),
    ];
    metrics::counter!("muster_http_requests_total", &labels).increment(1);
    metrics::histogram!("muster_http_request_seconds", &labels).record(seconds);
    let duration_ms = seconds * 1_000.0;
    if PROBES.contains(&response.request().path()) {
        tracing::debug!(parent: span, http.status = status, duration_ms, "answered");
    } else {
        tracing::info!(parent: span, http.status = status, duration_ms, "answered");
    }
}

/// A method by its name; one that nobody serves has no name of its own, since clients can make up any number.
fn method_name(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 7] = [
        (Method::GET, "GET"),
        (Method::HEAD, "HEAD"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
        (Method::OPTIONS, "OPTIONS"),
    ];
    KNOWN
        .iter()
        .find(|(known, _)| known == method)
        .map_or("other", |(_, name)| name)
}
