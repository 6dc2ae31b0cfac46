//! The account whose password was found right, held while it is acted upon.

use platform::problem::{Problem, Slug};
use sqlx::PgConnection;
use uuid::Uuid;

use super::session::SignedInUser;

/// An account whose password was compared with what was presented, which takes too long to hold anything meanwhile.
pub(super) struct Verified {
    pub(super) school_id: Uuid,
    pub(super) user_id: Uuid,
    /// The hash that the password was compared with.
    pub(super) password_hash: String,
}

impl Verified {
    /// Holds the account until the end of the transaction, if the password found right is still the one it has and
    /// nobody has closed it. Whoever changes the password or closes the account does that before or after, and so ends
    /// the sign-ins that follow from the old password.
    ///
    /// # Errors
    /// `login-failed`, or what keeps the database from answering.
    pub(super) async fn hold(
        &self,
        connection: &mut PgConnection,
    ) -> Result<SignedInUser, Problem> {
        let account = sqlx::query!(
            "select name, role, password_hash, disabled from users where school_id = $1 and user_id = $2
             for no key update",
            self.school_id,
            self.user_id
        )
        .fetch_optional(connection)
        .await?
        .filter(|account| {
            !account.disabled && account.password_hash.as_ref() == Some(&self.password_hash)
        })
        .ok_or(Slug::LoginFailed)?;
        Ok(SignedInUser {
            id: self.user_id,
            name: account.name,
            role: account.role.parse().map_err(Problem::internal)?,
            school_id: self.school_id,
        })
    }
}
