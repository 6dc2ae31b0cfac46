//! `POST /auth/logout`.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::refresh;
use platform::problem::Problem;
use platform::server::Services;

use super::{cookie, same_origin};

/// Sign this device out.
///
/// Ends the device's refresh tokens and takes the cookie away. Whoever is signed out already stays so.
#[utoipa::path(
    operation_id = "log_out",
    tag = "sign-in",
    params(
        ("Muster-Client" = String, Header, description = "Always `1`: no other site's page can send it"),
        ("Origin" = Option<String>, Header, description = "The address of this server; browsers send it by themselves"),
        ("Sec-Fetch-Site" = Option<String>, Header, description = "`same-origin`, for requests without `Origin`; browsers send it by themselves"),
    ),
    responses(
        (status = 204, description = "Signed out"),
        (status = 403, description = "`forbidden`: `Muster-Client: 1` is missing, or neither `Origin` nor, without it, `Sec-Fetch-Site` says that the request comes from a page of this server", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/auth/logout")]
pub(crate) async fn log_out(
    request: HttpRequest,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    same_origin::require(&request, &services.proxies)?;
    if let Some(token) = cookie::read(&request) {
        refresh::revoke(&services.db, &services.clock, &token).await?;
    }
    Ok(HttpResponse::NoContent()
        .insert_header((
            header::SET_COOKIE,
            cookie::take_away(&request, &services.proxies),
        ))
        .finish())
}
