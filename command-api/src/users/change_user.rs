//! `PATCH /users/{user_id}`.

use actix_web::web::{Data, Json, Path, Payload};
use actix_web::{HttpRequest, patch};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::add_user::new_password;
use super::list_users::UserItem;
use crate::commands::body;
use crate::sign_in::secret::optional_secret;

/// What changes about an account; a missing field stays as it is.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AccountChange {
    /// Whether the account is closed. Closing it signs its devices out within seconds; opened again, it has the password it had.
    disabled: Option<bool>,
    /// A new password: 8 to 200 characters. It signs the account's devices out, and opens the account if it was closed and
    /// `disabled` does not say otherwise.
    #[serde(default, deserialize_with = "optional_secret")]
    #[schema(value_type = Option<String>, format = Password, min_length = 8, max_length = 200)]
    password: Option<SecretString>,
}

/// Close or open an account, or give it a new password.
///
/// Nobody does that to their own: the office always has somebody who can sign in, and one's own password is changed with
/// `POST /me/password`, which asks for the one before.
#[utoipa::path(
    tag = "users",
    params(("user_id" = Uuid, Path, description = "The account.")),
    request_body(content = AccountChange, content_type = "application/json"),
    responses(
        (status = 200, description = "The account as it is now", body = UserItem),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only the office, and not one's own account", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not-found`: the school has no such account", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported-media`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the password is too short or too long", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[patch("/users/{user_id}")]
pub(crate) async fn change_user(
    caller: Caller,
    user_id: Path<Uuid>,
    request: HttpRequest,
    payload: Payload,
    services: Data<Services>,
) -> Result<Json<UserItem>, Problem> {
    caller.require(&[Role::Admin])?;
    let user_id = user_id.into_inner();
    if user_id == caller.user_id {
        let detail = "Your own account is changed by somebody else; your password at /me/password.";
        return Err(Problem::new(Slug::Forbidden).detail(detail));
    }
    let document = body::read_document(&request, payload.into_inner()).await?;
    let change: AccountChange = document.read()?;
    let hash = match change.password {
        Some(password) => {
            let password = new_password(password)?;
            Some(password.hash().await.map_err(Problem::internal)?)
        }
        None => None,
    };
    let clock = &services.clock;
    let mut transaction = services.db.school(caller.school_id).await?;
    if let Some(hash) = hash {
        super::replace_password(&mut transaction, clock, user_id, &hash).await?;
    }
    match change.disabled {
        Some(true) => super::close(&mut transaction, clock, user_id).await?,
        Some(false) => super::set_disabled(&mut transaction, user_id, false).await?,
        None => {}
    }
    let changed = super::read(&mut transaction, user_id).await?;
    transaction.commit().await?;
    Ok(Json(changed.into()))
}
