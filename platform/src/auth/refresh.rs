//! Refresh tokens: what keeps a device signed in for sixty days after its last contact.
//!
//! A sign-in starts a family of one token. Each refresh adds a successor. A replaced token stays valid until its
//! successor has been used, because the answer that carried the successor may have been lost; presenting it again voids
//! the unused successor and issues another. Whoever presents a token that is older than that, or a voided one, holds a
//! copy, so the whole family ends.

mod stored;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use sqlx::PgConnection;
use uuid::Uuid;

use self::stored::{Place, end_family, hash, issue, use_up};
use super::users::{self, User};
use crate::clock::Clock;
use crate::database::{Database, SchoolTransaction};
use crate::ids;
use crate::problem::{Problem, Slug};

/// How long a token is good for after it was issued.
pub const LIFETIME: TimeDelta = TimeDelta::days(60);

/// A token as it is handed to the device. The database keeps only its hash.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The token.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// A token that was exchanged for its successor.
#[derive(Clone, Debug)]
pub struct Renewed {
    /// Whose it is, as the school knows them now.
    pub user: User,
    /// The successor.
    pub token: RefreshToken,
}

/// Why a token was not exchanged.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// Nobody was given this token, or it is over.
    #[error("the refresh token is unknown or expired")]
    Unknown,
    /// The token was replaced for good, voided, or belongs to a family that has ended. The family has ended now.
    #[error("the refresh token is not valid any more")]
    Revoked,
    /// The account is closed.
    #[error("the account is closed")]
    AccountClosed,
    /// The tokens cannot be reached.
    #[error("the refresh tokens cannot be reached")]
    Database(#[from] sqlx::Error),
}

impl From<RefreshError> for Problem {
    fn from(error: RefreshError) -> Self {
        match error {
            RefreshError::Unknown | RefreshError::Revoked => Self::new(Slug::TokenInvalid),
            RefreshError::AccountClosed => {
                Self::new(Slug::TokenInvalid).detail("The account is closed.")
            }
            RefreshError::Database(error) => error.into(),
        }
    }
}

/// Starts a family for somebody who has just proved who they are.
///
/// The connection is in a transaction that holds the account's row and has seen that the account is open and the proof
/// still good: a sign-in with a password that is replaced meanwhile would outlive those that are ended with it.
///
/// # Errors
/// The database does not answer.
pub async fn start_family(
    connection: &mut PgConnection,
    clock: &Clock,
    school_id: Uuid,
    user_id: Uuid,
) -> Result<RefreshToken, sqlx::Error> {
    let place = Place {
        family_id: ids::new_id(),
        school_id,
        user_id,
    };
    issue(connection, clock.now(), place, None).await
}

/// Exchanges a token for its successor.
///
/// # Errors
/// The token is not good for that, or the account is closed; see [`RefreshError`].
pub async fn rotate(
    db: &Database,
    clock: &Clock,
    presented: &SecretString,
) -> Result<Renewed, RefreshError> {
    let token_hash = hash(presented);
    let (mut transaction, place) = enter(db, &token_hash).await?.ok_or(RefreshError::Unknown)?;
    let now = clock.now();
    let result = renew(&mut transaction, now, &token_hash, place).await;
    if matches!(
        result,
        Err(RefreshError::Revoked | RefreshError::AccountClosed)
    ) {
        end_family(&mut transaction, now, place.family_id).await?;
    }
    // The end of a family must be kept as well as a successor.
    if !matches!(result, Err(RefreshError::Database(_))) {
        transaction.commit().await?;
    }
    result
}

/// Ends the family of a token: signs the device out. A token that nobody was given changes nothing.
///
/// # Errors
/// The database does not answer.
pub async fn revoke(
    db: &Database,
    clock: &Clock,
    presented: &SecretString,
) -> Result<(), sqlx::Error> {
    if let Some((mut transaction, place)) = enter(db, &hash(presented)).await? {
        end_family(&mut transaction, clock.now(), place.family_id).await?;
        transaction.commit().await?;
    }
    Ok(())
}

/// Ends every family of a person: signs all their devices out, after a new password or when the account is closed. The
/// connection is in the transaction that changes the account, after the change.
///
/// # Errors
/// The database does not answer.
pub async fn revoke_user(
    connection: &mut PgConnection,
    clock: &Clock,
    school_id: Uuid,
    user_id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update refresh_tokens set voided_at = $3 where school_id = $1 and user_id = $2 and voided_at is null",
        school_id,
        user_id,
        clock.now()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Begins a transaction in which nobody else changes this person's tokens or account. None if nobody was given the
/// token.
async fn enter(
    db: &Database,
    token_hash: &[u8],
) -> Result<Option<(SchoolTransaction, Place)>, sqlx::Error> {
    let Some(place) = sqlx::query_as!(
        Place,
        "select family_id, school_id, user_id from refresh_tokens where token_hash = $1",
        token_hash
    )
    .fetch_optional(db.pool())
    .await?
    else {
        return Ok(None);
    };
    let mut transaction = db.school(place.school_id).await?;
    sqlx::query!(
        "select user_id from users where school_id = $1 and user_id = $2 for no key update",
        place.school_id,
        place.user_id
    )
    .fetch_optional(&mut *transaction)
    .await?;
    Ok(Some((transaction, place)))
}

async fn renew(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    token_hash: &[u8],
    place: Place,
) -> Result<Renewed, RefreshError> {
    let token = sqlx::query!(
        r#"select expires_at, voided_at is not null as "voided!",
                  exists (select from refresh_tokens successor
                          where successor.replaces = $1 and successor.used_at is not null) as "succeeded!"
           from refresh_tokens where token_hash = $1"#,
        token_hash
    )
    .fetch_one(&mut *connection)
    .await?;
    if token.expires_at <= now {
        return Err(RefreshError::Unknown);
    }
    if token.voided || token.succeeded {
        return Err(RefreshError::Revoked);
    }
    let user = users::find(connection, place.school_id, place.user_id)
        .await?
        .filter(|user| !user.disabled)
        .ok_or(RefreshError::AccountClosed)?;
    use_up(connection, now, token_hash, place.family_id).await?;
    let token = issue(connection, now, place, Some(token_hash)).await?;
    Ok(Renewed { user, token })
}

#[cfg(test)]
mod tests;
