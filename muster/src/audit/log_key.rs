//! The key that signs checkpoints: made once for an installation, its private half sealed with the master key.

use anyhow::{Context, Result};
use event_store::log::{LogKey, PublicKey};
use platform::clock::Clock;
use platform::database::Database;
use platform::keyring::KeyRing;

/// The installation's key, made if there is none.
///
/// # Errors
/// It was sealed with a master key that is not at hand, or the database fails.
pub(crate) async fn open_or_make(
    database: &Database,
    keyring: &KeyRing,
    clock: &Clock,
) -> Result<LogKey> {
    let seed = platform::ids::random();
    let fresh = LogKey::from_seed(&seed).public_key();
    sqlx::query!(
        "insert into log_key (public_key, sealed_private_key, created_at) values ($1, $2, $3) on conflict do nothing",
        fresh.as_bytes(),
        keyring.seal_secret(&seed),
        clock.now()
    )
    .execute(database.pool())
    .await
    .context("the key that signs checkpoints cannot be kept")?;
    let sealed = sqlx::query_scalar!("select sealed_private_key from log_key")
        .fetch_one(database.pool())
        .await
        .context("the key that signs checkpoints cannot be read")?;
    let seed: [u8; 32] = keyring
        .open_secret(&sealed)
        .ok()
        .and_then(|seed| seed.try_into().ok())
        .context("the key that signs checkpoints was sealed with another key file")?;
    Ok(LogKey::from_seed(&seed))
}

/// Its public half; none before the first checkpoint.
pub(crate) async fn public_key(database: &Database) -> Result<Option<PublicKey>> {
    let key = sqlx::query_scalar!("select public_key from log_key")
        .fetch_optional(database.pool())
        .await
        .context("the key that signs checkpoints cannot be read")?;
    Ok(key.as_deref().map(PublicKey::from_bytes).transpose()?)
}
