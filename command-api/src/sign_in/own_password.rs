//! `POST /me/password`.

use actix_web::web::{Data, Json};
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::{Caller, password, refresh};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::rate_limit;
use super::secret::secret;
use super::session::{SignedIn, SignedInUser, answer};
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
        (status = 422, description = "`invalid-field`: the new password is too short or too long", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "`rate-limited`", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[post("/me/password")]
pub(crate) async fn change_own_password(
    request: HttpRequest,
    caller: Caller,
    change: Json<PasswordChange>,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    let change = change.into_inner();
    let store_id = services.store.current().store_id;
    rate_limit::check(store_id, &caller.user_id.to_string(), &request)?;
    let new_password = NewPassword::parse(change.new_password).map_err(|error| {
        Problem::new(Slug::InvalidField).field("/new_password", error.to_string())
    })?;
    let (user, current_hash) = own_account(&services, caller).await?;
    let is_right = password::verify(change.current_password, current_hash)
        .await
        .map_err(Problem::internal)?;
    if !is_right {
        return Err(Slug::LoginFailed.into());
    }
    let account = (caller.school_id, caller.user_id);
    users::set_password(&services.db, &services.clock, account, new_password).await?;
    let token = refresh::start_family(
        &services.db,
        &services.clock,
        caller.school_id,
        caller.user_id,
    )
    .await?;
    answer(&request, &services.tokens, user, &token)
}

async fn own_account(
    services: &Services,
    caller: Caller,
) -> Result<(SignedInUser, Option<String>), Problem> {
    let mut transaction = services.db.read_school(caller.school_id).await?;
    let account = sqlx::query!(
        "select name, password_hash from users where school_id = $1 and user_id = $2",
        caller.school_id,
        caller.user_id
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let user = SignedInUser {
        id: caller.user_id,
        name: account.name,
        role: caller.role,
        school_id: caller.school_id,
    };
    Ok((user, account.password_hash))
}
