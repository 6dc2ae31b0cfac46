//! Why an account could not be managed.

use platform::auth::UnknownRole;
use platform::auth::password::PasswordError;
use platform::problem::{Problem, Slug};

/// A school has one account of a name.
const USERNAME_CONSTRAINT: &str = "users_school_id_username_key";

/// Why an account could not be managed.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    /// No school has this login code.
    #[error("no school has this login code")]
    UnknownSchool,
    /// The school has no account of this name.
    #[error("the school has no account of this name")]
    UnknownUser,
    /// The school has an account of this name.
    #[error("the school has an account of this name already")]
    UsernameTaken,
    /// The name cannot be typed to sign in.
    #[error("a username has 1 to 100 characters and no spaces")]
    InvalidUsername,
    /// The person's name is none.
    #[error("a name has 1 to 100 characters and no line breaks")]
    InvalidName,
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database holds a role that does not exist.
    #[error(transparent)]
    UnknownRole(#[from] UnknownRole),
    /// The database failed.
    #[error("the accounts cannot be reached")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for UsersError {
    fn from(error: sqlx::Error) -> Self {
        let constraint = error
            .as_database_error()
            .and_then(|error| error.constraint());
        if constraint == Some(USERNAME_CONSTRAINT) {
            Self::UsernameTaken
        } else {
            Self::Database(error)
        }
    }
}

impl From<UsersError> for Problem {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::Database(error) => error.into(),
            UsersError::InvalidUsername | UsersError::UsernameTaken => {
                Self::new(Slug::InvalidField).field("/username", error.to_string())
            }
            UsersError::InvalidName => {
                Self::new(Slug::InvalidField).field("/name", error.to_string())
            }
            UsersError::UnknownSchool | UsersError::UnknownUser => Self::new(Slug::NotFound),
            UsersError::Password(_) | UsersError::UnknownRole(_) => Self::internal(error),
        }
    }
}
