//! `GET /time`: what time it is here, for a device that has to correct its clock.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, get, web};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::ToSchema;

use crate::instant::Instant;
use crate::parameters::Parameters;

/// The server's clock.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimeResponse {
    now: Instant,
}

/// Tells the server's time. Needs no sign-in.
#[utoipa::path(
    tag = "Time",
    responses(
        (status = 200, description = "What time it is.", body = TimeResponse),
        (status = 422, description = "`invalid-field`: there are no parameters.", body = Problem, content_type = "application/problem+json"),
    ),
    security(())
)]
#[get("/time")]
pub(crate) async fn get_time(
    parameters: Parameters,
    services: web::Data<Services>,
) -> Result<HttpResponse, Problem> {
    parameters.finish()?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(TimeResponse {
            now: services.clock.now().into(),
        }))
}
