//! Numbers about the running process, for Prometheus.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::services::Services;
use crate::auth::bearer_token;
use crate::problem::{Problem, Slug};

/// How often samples are folded into their histograms, whether or not anybody reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Bounds of every histogram whose name ends in `_seconds`.
const SECONDS: [f64; 14] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0,
];

/// Starts collecting metrics for the whole process, once; later calls give the same collection.
///
/// # Errors
/// Something else collects metrics in this process already.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*installed {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    let upkeep = handle.clone();
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(UPKEEP);
            upkeep.run_upkeep();
        }
    });
    *installed = Some(handle.clone());
    Ok(handle)
}

/// Who may read the metrics: whoever asks from this machine, and whoever has the token.
#[derive(Clone, Debug, Default)]
pub struct MetricsAccess {
    handle: Option<PrometheusHandle>,
    token: Option<SecretString>,
}

impl MetricsAccess {
    /// Serves these metrics, to other machines only with the token.
    pub fn new(handle: PrometheusHandle, token: Option<SecretString>) -> Self {
        Self {
            handle: Some(handle),
            token,
        }
    }

    fn allows(&self, request: &HttpRequest) -> bool {
        is_local(request) || self.has_token(request)
    }

    fn has_token(&self, request: &HttpRequest) -> bool {
        match (&self.token, bearer_token(request)) {
            // Hashes take as long to compare wherever the tokens differ.
            (Some(token), Some(presented)) => {
                Sha256::digest(token.expose_secret()) == Sha256::digest(presented)
            }
            (None, _) | (_, None) => false,
        }
    }
}

/// Whether the request comes from this machine and was not passed on by a proxy on it.
fn is_local(request: &HttpRequest) -> bool {
    let passed_on = ["forwarded", "x-forwarded-for"]
        .iter()
        .any(|name| request.headers().contains_key(*name));
    !passed_on
        && request
            .peer_addr()
            .is_some_and(|address| address.ip().to_canonical().is_loopback())
}

/// `GET /metrics`
pub(super) async fn show_metrics(
    request: HttpRequest,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    if !services.metrics.allows(&request) {
        return Err(Slug::Forbidden.into());
    }
    let handle = services.metrics.handle.as_ref().ok_or(Slug::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(handle.render()))
}
