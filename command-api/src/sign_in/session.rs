//! What a device is handed once it is known who uses it.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use platform::auth::Role;
use platform::auth::refresh::RefreshToken;
use platform::problem::Problem;
use platform::server::Services;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::cookie;

/// An access token and whose it is. The refresh token comes beside it, in a cookie.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Sent as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// For how many seconds the token is good.
    #[schema(example = 900)]
    expires_in: i64,
    /// Who signed in.
    user: SignedInUser,
}

/// Who signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SignedInUser {
    /// The person.
    pub(crate) id: Uuid,
    /// Their name.
    #[schema(example = "Wanjiru Kamau")]
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// Their school.
    pub(crate) school_id: Uuid,
}

/// Answers with both tokens.
///
/// # Errors
/// There is no key to sign with.
pub(super) fn answer(
    request: &HttpRequest,
    services: &Services,
    user: SignedInUser,
    refresh_token: &RefreshToken,
) -> Result<HttpResponse, Problem> {
    let access = services.tokens.issue(user.school_id, user.id, user.role)?;
    Ok(HttpResponse::Ok()
        .insert_header((
            header::SET_COOKIE,
            cookie::hand_out(request, &services.proxies, refresh_token),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(SignedIn {
            access_token: access.token.expose_secret().to_owned(),
            token_type: "Bearer",
            expires_in: access.expires_in,
            user,
        }))
}
