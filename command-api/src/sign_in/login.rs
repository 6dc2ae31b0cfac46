//! `POST /auth/login`.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::{Role, password, refresh};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::rate_limit;
use super::secret::secret;
use super::session::{SignedIn, SignedInUser, answer};

/// A school, an account and its password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    /// The school's login code.
    #[schema(example = "KIBERA-PRIMARY")]
    school_code: String,
    /// The account's name within the school.
    #[schema(example = "wanjiru.kamau")]
    username: String,
    /// The password.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// Sign in.
///
/// Whether school, account or password is wrong, or the account is closed, the answer is the same.
#[utoipa::path(
    operation_id = "log_in",
    tag = "sign-in",
    request_body = Login,
    responses(
        (status = 200, description = "Signed in; the refresh token is in the cookie", body = SignedIn,
         headers(("Set-Cookie" = String, description = "`muster_refresh`, HttpOnly, SameSite=Strict"))),
        (status = 401, description = "`login-failed`", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`: come again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/auth/login")]
pub(crate) async fn log_in(
    request: HttpRequest,
    login: Json<Login>,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    let Login {
        school_code,
        username,
        password,
    } = login.into_inner();
    let account = format!("{school_code}/{username}");
    rate_limit::check(services.store.current().store_id, &account, &request)?;
    let user = find_account(&services, &school_code, &username).await?;
    let (user, password_hash) = match user {
        Some((user, password_hash)) => (Some(user), password_hash),
        None => (None, None),
    };
    // Also without an account: how long the answer takes must not tell whether there is one.
    let is_right = password::verify(password, password_hash)
        .await
        .map_err(Problem::internal)?;
    let user = user.filter(|_| is_right).ok_or(Slug::LoginFailed)?;
    let token =
        refresh::start_family(&services.db, &services.clock, user.school_id, user.id).await?;
    answer(&request, &services.tokens, user, &token)
}

/// An open account and the hash of its password.
async fn find_account(
    services: &Services,
    school_code: &str,
    username: &str,
) -> Result<Option<(SignedInUser, Option<String>)>, Problem> {
    // The database knows no text with NUL, so nobody is called that.
    if school_code.contains('\0') || username.contains('\0') {
        return Ok(None);
    }
    let found = sqlx::query!(
        r#"select school_id as "school_id!", user_id as "user_id!", name as "name!", role as "role!", password_hash,
            disabled as "disabled!"
        from find_login($1, $2)"#,
        school_code,
        username
    )
    .fetch_optional(services.db.pool())
    .await?;
    found
        .filter(|account| !account.disabled)
        .map(|account| {
            let role: Role = account.role.parse().map_err(Problem::internal)?;
            let user = SignedInUser {
                id: account.user_id,
                name: account.name,
                role,
                school_id: account.school_id,
            };
            Ok((user, account.password_hash))
        })
        .transpose()
}
