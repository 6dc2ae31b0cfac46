//! What the HTTP servers of all roles have in common.
//!
//! An application is put together as
//! `App::new().app_data(Data::new(services)).configure(configure_extractors).configure(configure_operations)`, then the
//! routes of the role, and around all of it `.wrap(from_fn(answer))`.

mod answer;
mod extractors;
mod limited_json;
mod metrics;
mod operations;
mod packed;
mod proxies;
mod readiness;
mod services;
mod store;

pub use answer::answer;
pub use extractors::{MAX_BODY_BYTES, configure_extractors};
pub use limited_json::LimitedJson;
pub use metrics::{MetricsAccess, install_metrics};
pub use operations::configure_operations;
pub use proxies::{InvalidProxy, Origin, TrustedProxies, TrustedProxy};
pub use readiness::Readiness;
pub use services::{OpenError, Services};
pub use store::{StoreIdentity, StoreName};

#[cfg(test)]
mod tests;
