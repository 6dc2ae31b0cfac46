//! What sign-in needs to know about the people of a school.

use std::collections::HashMap;

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
            role: read_role(&row.role)?,
            disabled: row.disabled,
        })
    })
    .transpose()
}

/// Of these people those whose account is open, and what they may be. The connection must be in a transaction for the
/// school.
///
/// # Errors
/// As [`find`].
pub async fn find_open(
    connection: &mut PgConnection,
    school_id: Uuid,
    user_ids: &[Uuid],
) -> Result<HashMap<Uuid, Role>, sqlx::Error> {
    let rows = sqlx::query!(
        "select user_id, role from users where school_id = $1 and user_id = any($2) and not disabled",
        school_id,
        user_ids
    )
    .fetch_all(connection)
    .await?;
    let roles = rows
        .into_iter()
        .map(|row| Ok((row.user_id, read_role(&row.role)?)));
    roles.collect()
}

fn read_role(text: &str) -> Result<Role, sqlx::Error> {
    text.parse().map_err(|error| sqlx::Error::ColumnDecode {
        index: "role".to_owned(),
        source: Box::<super::UnknownRole>::new(error),
    })
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use super::*;
    use crate::scratch::Scratch;

    #[sqlx::test(migrations = "../migrations")]
    async fn of_many_those_are_found_whose_account_is_open_here(
        _: PgPoolOptions,
        options: PgConnectOptions,
    ) {
        let scratch = Scratch::new(&options).await;
        let (here, elsewhere) = (scratch.add_school().await, scratch.add_school().await);
        let teacher = scratch.add_user(here, Role::Teacher).await;
        let office = scratch.add_user(here, Role::Admin).await;
        let closed = scratch.add_user(here, Role::Teacher).await;
        scratch.disable_user(here, closed).await;
        let stranger = scratch.add_user(elsewhere, Role::Teacher).await;
        let mut connection = scratch.app.read_school(here).await.unwrap();
        let asked = [teacher, office, closed, stranger];
        let open = find_open(&mut connection, here, &asked).await.unwrap();
        assert_eq!(
            open,
            [(teacher, Role::Teacher), (office, Role::Admin)].into()
        );
    }
}
