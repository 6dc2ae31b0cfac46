//! Refresh tokens as the database keeps them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{LIFETIME, RefreshToken};
use crate::ids;

/// Whose a token is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) family_id: Uuid,
    pub(super) school_id: Uuid,
    pub(super) user_id: Uuid,
}

/// Marks a token as used, voids what was issued in its place before, and forgets what is over in its family.
pub(super) async fn use_up(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    token_hash: &[u8],
    family_id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update refresh_tokens set used_at = coalesce(used_at, $2) where token_hash = $1",
        token_hash,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update refresh_tokens set voided_at = $2 where replaces = $1 and voided_at is null",
        token_hash,
        now
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from refresh_tokens where family_id = $1 and expires_at <= $2",
        family_id,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn issue(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    place: Place,
    replaces: Option<&[u8]>,
) -> Result<RefreshToken, sqlx::Error> {
    let token = SecretString::from(BASE64.encode(ids::random::<32>()));
    let expires_at = now + LIFETIME;
    sqlx::query!(
        "insert into refresh_tokens (token_hash, family_id, school_id, user_id, created_at, expires_at, replaces)
         values ($1, $2, $3, $4, $5, $6, $7)",
        hash(&token),
        place.family_id,
        place.school_id,
        place.user_id,
        now,
        expires_at,
        replaces
    )
    .execute(connection)
    .await?;
    Ok(RefreshToken { token, expires_at })
}

pub(super) async fn end_family(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
    family_id: Uuid,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update refresh_tokens set voided_at = $2 where family_id = $1 and voided_at is null",
        family_id,
        now
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A token is as unpredictable as a key, so its hash needs neither salt nor repetition.
pub(super) fn hash(token: &SecretString) -> Vec<u8> {
    Sha256::digest(token.expose_secret()).to_vec()
}
