//! `GET /users`.

use actix_web::get;
use actix_web::web::{Data, Json};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::User;

/// The accounts of the school.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    /// All of them, by username: a school has some hundreds at most.
    items: Vec<UserItem>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserItem {
    id: Uuid,
    /// What the person types to sign in.
    #[schema(example = "amina.otieno")]
    username: String,
    #[schema(example = "Amina Otieno")]
    name: String,
    /// `teacher`, `admin` or `auditor`.
    #[schema(example = "teacher")]
    role: &'static str,
    /// Whether the account is closed.
    disabled: bool,
    /// Whether it has a password; without one nobody can sign in.
    has_password: bool,
}

impl From<User> for UserItem {
    fn from(user: User) -> Self {
        Self {
            id: user.user_id,
            username: user.username,
            name: user.name,
            role: user.role.as_str(),
            disabled: user.disabled,
            has_password: user.has_password,
        }
    }
}

/// List the accounts of the school.
///
/// For the office and auditors.
#[utoipa::path(
    tag = "users",
    responses(
        (status = 200, description = "All accounts, closed ones too", body = UserList),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not for teachers", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[get("/users")]
pub(crate) async fn list_users(
    caller: Caller,
    services: Data<Services>,
) -> Result<Json<UserList>, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let mut transaction = services.db.school(caller.school_id).await?;
    let users = super::all(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Json(UserList {
        items: users.into_iter().map(UserItem::from).collect(),
    }))
}
