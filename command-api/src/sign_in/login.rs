//! `POST /auth/login`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::{password, refresh};
use platform::problem::{Problem, Slug};
use platform::server::{LimitedJson, Services};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::account::Verified;
use super::secret::secret;
use super::session::{SignedIn, answer};
use super::{MAX_SIGN_IN_BYTES, rate_limit};

/// No school's code and no account's name is longer.
const MAX_NAME_CHARACTERS: usize = 200;

/// A school, an account and its password.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Login {
    /// The school's login code. Case and blanks around it do not matter.
    #[schema(example = "KIBERA-PRIMARY")]
    school_code: String,
    /// The account's name within the school. Case and blanks around it do not matter.
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
        (status = 413, description = "`too-large`: more than 8 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`: come again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/auth/login")]
pub(crate) async fn log_in(
    request: HttpRequest,
    login: LimitedJson<Login, MAX_SIGN_IN_BYTES>,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    let Login {
        school_code,
        username,
        password,
    } = login.0;
    let (school_code, username) = (school_code.trim(), username.trim());
    // Before anything is kept of it. Nothing is called that.
    if is_too_long(school_code) || is_too_long(username) {
        return Err(Slug::LoginFailed.into());
    }
    let account = format!("{school_code}/{username}");
    rate_limit::check(&services, &account, &request).await?;
    let account = find_account(&services, school_code, username).await?;
    // Also without an account: how long the answer takes must not tell whether there is one.
    let password_hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let is_right = password::verify(password, password_hash)
        .await
        .map_err(Problem::internal)?;
    let account = account.filter(|_| is_right).ok_or(Slug::LoginFailed)?;
    let mut transaction = services.db.school(account.school_id).await?;
    let user = account.hold(&mut transaction).await?;
    let token = refresh::start_family(
        &mut transaction,
        &services.clock,
        account.school_id,
        account.user_id,
    )
    .await?;
    transaction.commit().await?;
    answer(&request, &services, user, &token)
}

fn is_too_long(name: &str) -> bool {
    name.chars().nth(MAX_NAME_CHARACTERS).is_some()
}

/// An open account with a password, which is still to be compared.
async fn find_account(
    services: &Services,
    school_code: &str,
    username: &str,
) -> Result<Option<Verified>, Problem> {
    // The database knows no text with NUL, so nobody is called that.
    if school_code.contains('\0') || username.contains('\0') {
        return Ok(None);
    }
    let found = sqlx::query!(
        r#"select school_id as "school_id!", user_id as "user_id!", password_hash, disabled as "disabled!"
        from find_login($1, $2)"#,
        school_code,
        username
    )
    .fetch_optional(services.db.pool())
    .await?;
    Ok(found
        .filter(|account| !account.disabled)
        .and_then(|account| {
            Some(Verified {
                school_id: account.school_id,
                user_id: account.user_id,
                password_hash: account.password_hash?,
            })
        }))
}
