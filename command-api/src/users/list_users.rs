//! `GET /users`.

use actix_web::get;
use actix_web::web::{Data, Json, Query};
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{User, Wanted};
use crate::page;

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserParameters {
    /// Only those whose name or username has this in it, in whatever case.
    #[param(example = "otieno")]
    q: Option<String>,
    /// How many: 1 to 200, usually 50.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Accounts of the school.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserPage {
    /// By username.
    items: Vec<UserItem>,
    /// Where the next page goes on; null: this is the last.
    next_cursor: Option<String>,
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
    params(UserParameters),
    responses(
        (status = 200, description = "A page by username, closed accounts too", body = UserPage),
        (status = 400, description = "`bad-position`, or `malformed`: an unknown parameter", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: not for teachers", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the limit, or a text with NUL", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[get("/users")]
pub(crate) async fn list_users(
    caller: Caller,
    services: Data<Services>,
    parameters: Query<UserParameters>,
) -> Result<Json<UserPage>, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let size = page::size_of(parameters.limit)?;
    if parameters
        .q
        .as_ref()
        .is_some_and(|text| text.contains('\0'))
    {
        return Err(
            Problem::new(Slug::InvalidField).field("/q", "has a character that no text has")
        );
    }
    let wanted = Wanted {
        text: parameters.q.as_deref(),
        after: page::key_of(parameters.cursor.as_deref(), |key| {
            Uuid::from_slice(&key).ok()
        })?,
        most: Some(size + 1),
        ..Wanted::default()
    };
    let mut transaction = services.db.read_school(caller.school_id).await?;
    let mut users = super::select(&mut transaction, wanted).await?;
    let has_more = page::cut(&mut users, size);
    let last = users.last().filter(|_| has_more);
    Ok(Json(UserPage {
        next_cursor: last.map(|user| page::cursor_of(user.user_id.as_bytes())),
        items: users.into_iter().map(UserItem::from).collect(),
    }))
}
