//! The keys that sign access tokens. Several are valid at once, so that a new one signs nobody out.

use std::collections::HashMap;
use std::time::Instant;

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use sqlx::PgPool;
use uuid::Uuid;

use super::tokens::TokensError;
use crate::clock::Clock;
use crate::ids;
use crate::keyring::KeyRing;

/// All signing keys as the database held them at one moment.
pub(super) struct SigningKeys {
    /// The newest key whose private half this process can open.
    pub(super) signer: Option<(Uuid, EncodingKey)>,
    /// The public halves.
    pub(super) verifiers: HashMap<Uuid, DecodingKey>,
    pub(super) read_at: Instant,
}

/// Reads all keys.
pub(super) async fn read(pool: &PgPool, keyring: &KeyRing) -> Result<SigningKeys, TokensError> {
    let read_at = Instant::now();
    let rows = sqlx::query!(
        "select key_id, public_key, sealed_private_key from signing_keys order by created_at desc, key_id desc"
    )
    .fetch_all(pool)
    .await?;
    let signer = rows
        .iter()
        .find_map(|row| Some((row.key_id, open(keyring, &row.sealed_private_key)?)));
    let verifiers = rows
        .iter()
        .filter(|row| row.public_key.len() == ed25519_dalek::PUBLIC_KEY_LENGTH)
        .map(|row| (row.key_id, DecodingKey::from_ed_der(&row.public_key)))
        .collect();
    Ok(SigningKeys {
        signer,
        verifiers,
        read_at,
    })
}

/// Makes a key. From now on it signs; the others go on being accepted.
pub(super) async fn add(
    pool: &PgPool,
    keyring: &KeyRing,
    clock: &Clock,
) -> Result<(), TokensError> {
    let key = SigningKey::from_bytes(&ids::random());
    let public_key = key.verifying_key();
    sqlx::query!(
        "insert into signing_keys (key_id, public_key, sealed_private_key, created_at) values ($1, $2, $3, $4)",
        ids::new_id(),
        public_key.as_bytes(),
        keyring.seal_secret(key.as_bytes()),
        clock.now()
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// None if it was sealed with a master key this process does not have.
fn open(keyring: &KeyRing, sealed: &[u8]) -> Option<EncodingKey> {
    let seed = keyring.open_secret(sealed).ok()?;
    let key = SigningKey::from_bytes(&seed.try_into().ok()?);
    let der = key.to_pkcs8_der().ok()?;
    Some(EncodingKey::from_ed_der(der.as_bytes()))
}
