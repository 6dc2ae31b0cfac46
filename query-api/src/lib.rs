//! The read side: each endpoint is one question, answered from read tables.
//!
//! An endpoint is one file, in reading order: parameters, row, query, response, handler. What endpoints share is small:
//! [`parameters`] (reading a query strictly), [`page`] and [`pages`] (keyset pages, and all of them as a stream),
//! [`authority`] (who may see which class on which day), [`freshness`] and [`reading`] (waiting for what a client wrote,
//! and a transaction for the caller's school), [`csv_export`].
//!
//! To add an endpoint: write its file beside its kin, name its function `<verb>_<resource>`, describe it with
//! `utoipa::path`, add it to [`routes`], and test it over HTTP in `tests/`.
//!
//! Only the module [`audit`] shows events; [`freshness`] asks of them no more than where an epoch ended.

mod accept;
mod access_log;
mod audit;
mod authority;
mod calendar;
mod changes;
mod csv_export;
mod cursor;
mod date_range;
mod devices;
mod exceptions;
mod exports;
mod freshness;
mod instant;
mod page;
mod pages;
mod parameters;
mod person;
mod policy;
mod position;
mod rate;
mod reading;
mod records;
mod refusals;
mod reports;
mod roster;
mod school_days;
mod sessions;
mod tally;
mod texts;
mod time;

use actix_web::App;
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};

pub use changes::Listeners;

/// Adds every endpoint, with paths below the base path of the API. The application data must hold
/// [`Services`](platform::server::Services) and, one for the whole process, [`Listeners`].
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(roster::get_roster)
        .service(sessions::list_sessions)
        .service(sessions::get_session)
        .service(records::list_records)
        .service(changes::follow_changes)
        .service(exceptions::list_exceptions)
        .service(refusals::list_refusals)
        .service(reports::get_class_summary)
        .service(reports::get_class_report)
        .service(reports::get_student_rate)
        .service(reports::list_absentees)
        .service(reports::list_late_arrivals)
        .service(reports::list_chronic_absence)
        .service(reports::list_consecutive_absences)
        .service(reports::list_missing_registers)
        .service(reports::list_trend)
        .service(reports::get_day)
        .service(reports::list_conflicts)
        .service(reports::list_sign_offs)
        .service(reports::check_sign_off)
        .service(reports::list_sign_off_amendments)
        .service(records::export_records)
        .service(exports::export_register)
        .service(exports::export_summary)
        .service(devices::list_devices)
        .service(audit::list_events)
        .service(audit::verify_history)
        .service(audit::get_checkpoint)
        .service(audit::list_checkpoints)
        .service(audit::get_inclusion_proof)
        .service(audit::get_consistency_proof)
        .service(audit::get_public_key)
        .service(audit::get_session_history)
        .service(audit::get_session_as_of)
        .service(audit::get_class_report_as_of)
        .service(access_log::list_access)
        .service(time::get_time);
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muster query API",
        description = "Reads registers, reports and history. Every error is a problem document (RFC 9457). \
            With the header Muster-After, an answer includes what was written up to a position; with the answer's \
            header Muster-Stale, part of it waits for a repair.",
    ),
    components(schemas(changes::Change)),
    security(("access_token" = []))
)]
struct Description;

/// The description of the API.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, mut description) = App::new()
        .into_utoipa_app()
        .openapi(Description::openapi())
        .service(scope::scope("/api/v1").configure(routes))
        .split_for_parts();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    description
        .components
        .get_or_insert_default()
        .add_security_scheme("access_token", SecurityScheme::Http(bearer));
    description
}
