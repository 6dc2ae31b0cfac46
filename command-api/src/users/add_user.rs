//! `POST /users`.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, post};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::list_users::UserItem;
use super::{NewPassword, NewUser};
use crate::commands::body;
use crate::sign_in::secret::secret;

/// An account to be made.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NewAccount {
    /// What the person types to sign in: 1 to 100 characters without spaces, unique in the school in whatever case.
    #[schema(min_length = 1, max_length = 100, example = "amina.otieno")]
    username: String,
    /// The person's name.
    #[schema(min_length = 1, max_length = 100, example = "Amina Otieno")]
    name: String,
    /// `teacher`, `admin` or `auditor`.
    #[schema(pattern = "^(teacher|admin|auditor)$", example = "teacher")]
    role: String,
    /// The first password, which the person changes: 8 to 200 characters.
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 200)]
    password: SecretString,
}

/// Make an account.
///
/// Whoever is in the school's roster has one already.
#[utoipa::path(
    tag = "users",
    request_body(content = NewAccount, content_type = "application/json"),
    responses(
        (status = 201, description = "Made", body = UserItem),
        (status = 400, description = "`malformed`", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only the office", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported-media`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the username is taken or none, or another field does not fit", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[post("/users")]
pub(crate) async fn add_user(
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
    services: Data<Services>,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin])?;
    let document = body::read_document(&request, payload.into_inner()).await?;
    let account: NewAccount = document.read()?;
    let role = account.role.parse().map_err(|_| {
        let detail = "one of teacher, admin, auditor is meant";
        Problem::new(Slug::InvalidField).field("/role", detail)
    })?;
    let user = NewUser {
        username: account.username,
        name: account.name,
        role,
        password: new_password(account.password)?,
    };
    let mut transaction = services.db.school(caller.school_id).await?;
    let user_id = super::insert(&mut transaction, user).await?;
    let made = super::read(&mut transaction, user_id).await?;
    transaction.commit().await?;
    Ok(HttpResponse::Created().json(UserItem::from(made)))
}

/// Takes a password that somebody is given.
///
/// # Errors
/// `invalid-field`.
pub(super) fn new_password(password: SecretString) -> Result<NewPassword, Problem> {
    NewPassword::parse(password)
        .map_err(|error| Problem::new(Slug::InvalidField).field("/password", error.to_string()))
}
