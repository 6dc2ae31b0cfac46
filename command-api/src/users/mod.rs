//! Accounts, as the command line and the office manage them, and their passwords. Codes of schools and names of accounts
//! are found in whatever case they are written, with or without blanks around them.
//!
//! Who may sign in is no event: accounts are write-side rows. Closing one takes effect within seconds and signs all of
//! its devices out.

pub(crate) mod add_user;
pub(crate) mod change_user;
mod error;
pub(crate) mod list_users;
mod password;

use domain::Title;
use platform::auth::{Role, refresh};
use platform::clock::Clock;
use platform::database::{Database, SchoolTransaction};
use platform::ids;
use sqlx::PgConnection;
use uuid::Uuid;

pub use error::UsersError;
pub use password::{InvalidPassword, NewPassword};

/// An account to be made.
#[derive(Debug)]
pub struct NewUser {
    /// What the person types to sign in; unique in the school, in whatever case it is written.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their password.
    pub password: NewPassword,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub user_id: Uuid,
    /// What the person types to sign in.
    pub username: String,
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether the account is closed.
    pub disabled: bool,
    /// Whether it has a password; without one nobody can sign in.
    pub has_password: bool,
}

/// Makes an account and answers its id.
///
/// # Errors
/// There is no such school, or the name is taken or no name.
pub async fn add(db: &Database, school_code: &str, user: NewUser) -> Result<Uuid, UsersError> {
    let mut transaction = enter(db, school_code).await?;
    let user_id = insert(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(user_id)
}

/// Closes an account and signs its devices out. Closing it again changes nothing.
///
/// # Errors
/// There is no such school or account.
pub async fn disable(
    db: &Database,
    clock: &Clock,
    school_code: &str,
    username: &str,
) -> Result<(), UsersError> {
    let mut transaction = enter(db, school_code).await?;
    let user_id = find(&mut transaction, username).await?;
    close(&mut transaction, clock, user_id).await?;
    transaction.commit().await?;
    Ok(())
}

/// Gives an account a new password, opens it if it was closed, and signs its devices out.
///
/// # Errors
/// There is no such school or account.
pub async fn reset_password(
    db: &Database,
    clock: &Clock,
    school_code: &str,
    username: &str,
    password: NewPassword,
) -> Result<(), UsersError> {
    let hash = password.hash().await?;
    let mut transaction = enter(db, school_code).await?;
    let user_id = find(&mut transaction, username).await?;
    replace_password(&mut transaction, clock, user_id, &hash).await?;
    transaction.commit().await?;
    Ok(())
}

/// All accounts of a school, by name of the account.
///
/// # Errors
/// There is no such school.
pub async fn list(db: &Database, school_code: &str) -> Result<Vec<User>, UsersError> {
    let mut transaction = enter(db, school_code).await?;
    let users = select(&mut transaction, Wanted::default()).await?;
    transaction.commit().await?;
    Ok(users)
}

async fn insert(transaction: &mut SchoolTransaction, user: NewUser) -> Result<Uuid, UsersError> {
    let username = user.username.trim();
    let acceptable = (1..=100).contains(&username.chars().count())
        && !username
            .chars()
            .any(|c| c.is_control() || c.is_whitespace());
    if !acceptable {
        return Err(UsersError::InvalidUsername);
    }
    let name = Title::parse(&user.name).map_err(|_| UsersError::InvalidName)?;
    let user_id = ids::new_id();
    let hash = user.password.hash().await?;
    sqlx::query!(
        "insert into users (school_id, user_id, username, name, role, password_hash) values ($1, $2, $3, $4, $5, $6)",
        transaction.school_id(),
        user_id,
        username,
        name.as_str(),
        user.role.as_str(),
        hash
    )
    .execute(&mut **transaction)
    .await?;
    Ok(user_id)
}

async fn find(transaction: &mut SchoolTransaction, username: &str) -> Result<Uuid, UsersError> {
    sqlx::query_scalar!(
        "select user_id from users where school_id = $1 and lower(username) = lower($2)",
        transaction.school_id(),
        username.trim()
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(UsersError::UnknownUser)
}

async fn close(
    transaction: &mut SchoolTransaction,
    clock: &Clock,
    user_id: Uuid,
) -> Result<(), UsersError> {
    set_disabled(transaction, user_id, true).await?;
    let school_id = transaction.school_id();
    refresh::revoke_user(transaction, clock, school_id, user_id).await?;
    Ok(())
}

async fn set_disabled(
    transaction: &mut SchoolTransaction,
    user_id: Uuid,
    disabled: bool,
) -> Result<(), UsersError> {
    sqlx::query_scalar!(
        "update users set disabled = $3 where school_id = $1 and user_id = $2 returning user_id",
        transaction.school_id(),
        user_id,
        disabled
    )
    .fetch_optional(&mut **transaction)
    .await?
    .ok_or(UsersError::UnknownUser)?;
    Ok(())
}

async fn replace_password(
    transaction: &mut SchoolTransaction,
    clock: &Clock,
    user_id: Uuid,
    hash: &str,
) -> Result<(), UsersError> {
    set_disabled(transaction, user_id, false).await?;
    let whose = (transaction.school_id(), user_id);
    set_password(transaction, clock, whose, hash).await
}

/// Which accounts of a school are meant.
#[derive(Debug, Default)]
struct Wanted<'a> {
    /// Only this one.
    user_id: Option<Uuid>,
    /// Only those whose name or account has this in it, in whatever case.
    text: Option<&'a str>,
    /// Only those that stand after this one.
    after: Option<Uuid>,
    /// No more than so many.
    most: Option<i64>,
}

/// Accounts by the names of the accounts.
async fn select(
    transaction: &mut SchoolTransaction,
    wanted: Wanted<'_>,
) -> Result<Vec<User>, UsersError> {
    let rows = sqlx::query!(
        r#"select user_id, username, name, role, disabled, password_hash is not null as "has_password!"
        from users
        where school_id = $1
          and ($2::uuid is null or user_id = $2)
          and ($3::text is null or strpos(lower(name || ' ' || username), lower($3)) > 0)
          and ($4::uuid is null or lower(username) > (
            select lower(before.username) from users before where before.school_id = $1 and before.user_id = $4
          ))
        order by lower(username) limit $5"#,
        transaction.school_id(),
        wanted.user_id,
        wanted.text,
        wanted.after,
        wanted.most
    )
    .fetch_all(&mut **transaction)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(User {
                user_id: row.user_id,
                username: row.username,
                name: row.name,
                role: row.role.parse()?,
                disabled: row.disabled,
                has_password: row.has_password,
            })
        })
        .collect()
}

/// The account of this id.
async fn read(transaction: &mut SchoolTransaction, user_id: Uuid) -> Result<User, UsersError> {
    let wanted = Wanted {
        user_id: Some(user_id),
        ..Wanted::default()
    };
    let found = select(transaction, wanted).await?;
    found.into_iter().next().ok_or(UsersError::UnknownUser)
}

/// Changes the password of somebody who is signed in, and signs all devices out. The connection is in a transaction that
/// holds the account.
///
/// # Errors
/// The account is gone.
pub(crate) async fn set_password(
    connection: &mut PgConnection,
    clock: &Clock,
    (school_id, user_id): (Uuid, Uuid),
    password_hash: &str,
) -> Result<(), UsersError> {
    sqlx::query_scalar!(
        "update users set password_hash = $3 where school_id = $1 and user_id = $2 returning user_id",
        school_id,
        user_id,
        password_hash
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or(UsersError::UnknownUser)?;
    refresh::revoke_user(connection, clock, school_id, user_id).await?;
    Ok(())
}

/// Begins a transaction for the school with this login code.
async fn enter(db: &Database, school_code: &str) -> Result<SchoolTransaction, UsersError> {
    let school_id = sqlx::query_scalar!("select find_school($1)", school_code.trim())
        .fetch_one(db.pool())
        .await?
        .ok_or(UsersError::UnknownSchool)?;
    Ok(db.school(school_id).await?)
}
