//! What sign-in needs to know about the people of a school.

use sqlx::PgConnection;
use uuid::Uuid;

use super::role::Role;

/// A person who can sign in, as the school knows them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their school.
    pub school_id: Uuid,
    /// Their id.
    pub user_id: Uuid,
    /// Their name, for people to read.
    pub name: String,
    /// What they may be.
    pub role: Role,
    /// Whether the account is closed.
    pub disabled: bool,
}

/// Looks a person up. The connection must be in a transaction for the school.
///
/// # Errors
/// The database does not answer, or holds a role that does not exist.
pub async fn find(
    connection: &mut PgConnection,
    school_id: Uuid,
    user_id: Uuid,
) -> Result<Option<User>, sqlx::Error> {
    let row = sqlx::query!(
        "select name, role, disabled from users where school_id = $1 and user_id = $2",
        school_id,
        user_id
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        Ok(User {
            school_id,
            user_id,
            name: row.name,
            role: row
                .role
                .parse()
                .map_err(|error| sqlx::Error::ColumnDecode {
                    index: "role".to_owned(),
                    source: Box::<super::UnknownRole>::new(error),
                })?,
            disabled: row.disabled,
        })
    })
    .transpose()
}
