//! `POST /me/password`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::{Caller, password, refresh};
use platform::problem::{Problem, Slug};
use platform::server::{LimitedJson, Services};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::account::Verified;
use super::secret::secret;
use super::session::{SignedIn, answer};
use super::{MAX_SIGN_IN_BYTES, rate_limit};
use crate::users::{self, NewPassword};

/// The password until now and the one from now on.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PasswordChange {
    /// The password until now.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// The password from now on: 8 to 200 characters.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 200)]
    new_password: SecretString,
}

/// Change one's own password.
///
/// All other devices are signed out. This one is answered as if it had just signed in.
#[utoipa::path(
    operation_id = "change_own_password",
    tag = "sign-in",
    request_body = PasswordChange,
    responses(
        (status = 200, description = "Changed", body = SignedIn),
        (status = 401, description = "`login-failed`: the current password is another one", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`: more than 8 KiB", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the new password is too short or too long", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[post("/me/password")]
pub(crate) async fn change_own_password(
    request: HttpRequest,
    caller: Caller,
    change: LimitedJson<PasswordChange, MAX_SIGN_IN_BYTES>,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    let change = change.0;
    rate_limit::check(&services, &caller.user_id.to_string(), &request).await?;
    let new_password = NewPassword::parse(change.new_password).map_err(|error| {
        Problem::new(Slug::InvalidField).field("/new_password", error.to_string())
    })?;
    let account = own_account(&services, caller).await?;
    let current_hash = Some(account.password_hash.clone());
    let is_right = password::verify(change.current_password, current_hash)
        .await
        .map_err(Problem::internal)?;
    if !is_right {
        return Err(Slug::LoginFailed.into());
    }
    let new_hash = new_password.hash().await?;
    let whose = (account.school_id, account.user_id);
    let mut transaction = services.db.school(account.school_id).await?;
    let user = account.hold(&mut transaction).await?;
    users::set_password(&mut transaction, &services.clock, whose, &new_hash).await?;
    let token = refresh::start_family(&mut transaction, &services.clock, whose.0, whose.1).await?;
    transaction.commit().await?;
    answer(&request, &services, user, &token)
}

/// The caller's account with its password, which is still to be compared. Without a password no current one is right.
async fn own_account(services: &Services, caller: Caller) -> Result<Verified, Problem> {
    let mut transaction = services.db.read_school(caller.school_id).await?;
    let password_hash = sqlx::query_scalar!(
        "select password_hash from users where school_id = $1 and user_id = $2",
        caller.school_id,
        caller.user_id
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Verified {
        school_id: caller.school_id,
        user_id: caller.user_id,
        password_hash: password_hash.ok_or(Slug::LoginFailed)?,
    })
}
