//! `POST /auth/refresh`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::refresh;
use platform::problem::{Problem, Slug};
use platform::server::Services;

use super::session::{SignedIn, SignedInUser, answer};
use super::{cookie, same_origin};

/// Stay signed in.
///
/// Exchanges the refresh token of the cookie for its successor, and answers as signing in does. The old token stays
/// good until the successor has been used, so a lost answer signs nobody out.
#[utoipa::path(
    operation_id = "refresh_sign_in",
    tag = "sign-in",
    params(
        ("Muster-Client" = String, Header, description = "Always `1`: no other site's page can send it"),
        ("Origin" = Option<String>, Header, description = "The address of this server; browsers send it by themselves"),
        ("Sec-Fetch-Site" = Option<String>, Header, description = "`same-origin`, for requests without `Origin`; browsers send it by themselves"),
    ),
    responses(
        (status = 200, description = "Signed in for longer; the new refresh token is in the cookie", body = SignedIn),
        (status = 401, description = "`token-invalid`: sign in again", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: `Muster-Client: 1` is missing, or neither `Origin` nor, without it, `Sec-Fetch-Site` says that the request comes from a page of this server", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/auth/refresh")]
pub(crate) async fn refresh_sign_in(
    request: HttpRequest,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    same_origin::require(&request, &services.proxies)?;
    let token = cookie::read(&request).ok_or_else(|| {
        Problem::new(Slug::TokenInvalid).detail("The request carries no refresh token.")
    })?;
    let renewed = refresh::rotate(&services.db, &services.clock, &token).await?;
    let user = SignedInUser {
        id: renewed.user.user_id,
        name: renewed.user.name,
        role: renewed.user.role,
        school_id: renewed.user.school_id,
    };
    answer(&request, &services, user, &renewed.token)
}
