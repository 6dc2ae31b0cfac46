//! The keys that sign access tokens. Several are valid at once, so that a new one signs nobody out.
//!
//! Every process looks at the keys when it starts and once an hour, makes a new one when its own has signed for thirty
//! days, and removes those that were replaced so long ago that nothing they signed is good any more.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::tokens::TokensError;
use crate::clock::Clock;
use crate::database::Database;
use crate::ids;
use crate::keyring::KeyRing;

/// After how long the keys are read again, so that a key that was taken away stops being accepted.
const MEMORY: Duration = Duration::from_secs(30);

/// How often every process looks whether its key has to be replaced.
pub(super) const ROTATION_CHECK: Duration = Duration::from_hours(1);

/// For how long a key signs.
const SIGNS_FOR: TimeDelta = TimeDelta::days(30);

/// For how long a replaced key is accepted: much longer than another process can go on signing with it
/// ([`ROTATION_CHECK`]) and its last token is good ([`super::ACCESS_LIFETIME`]).
const KEPT_FOR: TimeDelta = TimeDelta::days(1);

/// The signing keys, as remembered from the database.
pub(super) struct SigningKeys {
    db: Database,
    keyring: KeyRing,
    known: RwLock<Arc<KeySet>>,
    /// Held while the keys are read, so that made-up key ids cause one read at a time and no more.
    reading: Mutex<()>,
}

/// All signing keys as the database held them at one moment.
pub(super) struct KeySet {
    /// The newest key whose private half this process can open.
    pub(super) signer: Option<Signer>,
    /// The public halves.
    pub(super) verifiers: HashMap<Uuid, DecodingKey>,
    read_at: Instant,
}

/// A key that signs.
pub(super) struct Signer {
    pub(super) key_id: Uuid,
    pub(super) key: EncodingKey,
    created_at: DateTime<Utc>,
}

impl SigningKeys {
    pub(super) async fn open(db: Database, keyring: KeyRing) -> Result<Self, TokensError> {
        let known = read(&db, &keyring).await?;
        Ok(Self {
            db,
            keyring,
            known: RwLock::new(Arc::new(known)),
            reading: Mutex::new(()),
        })
    }

    /// The keys as last read.
    pub(super) fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The keys, read again if they are old or this one is not among them: another process may have made it.
    pub(super) async fn with(&self, key_id: Uuid) -> Result<Arc<KeySet>, TokensError> {
        let arrived = Instant::now();
        let keys = self.current();
        if !keys.verifiers.contains_key(&key_id) || keys.read_at.elapsed() >= MEMORY {
            self.refresh(arrived).await?;
        }
        Ok(self.current())
    }

    /// Replaces the key that signs if it is old or there is none, and removes what was replaced long ago. The database
    /// is asked in any case: another process may have made a key.
    pub(super) async fn rotate_if_due(&self, now: DateTime<Utc>) -> Result<(), TokensError> {
        self.refresh(Instant::now()).await?;
        let is_young = |signer: &Signer| now - signer.created_at < SIGNS_FOR;
        if !self.current().signer.as_ref().is_some_and(is_young) {
            self.add(now).await?;
        }
        sqlx::query!(
            "delete from signing_keys replaced
             where exists (select from signing_keys successor
                           where successor.created_at > replaced.created_at and successor.created_at <= $1)",
            now - KEPT_FOR
        )
        .execute(self.db.pool())
        .await?;
        Ok(())
    }

    /// Rotates time and again, for as long as the keys are in use.
    pub(super) async fn keep_rotating(keys: Weak<Self>, clock: Clock, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let Some(keys) = keys.upgrade() else { return };
            if let Err(error) = keys.rotate_if_due(clock.now()).await {
                tracing::warn!(%error, "the signing keys cannot be rotated; this is tried again");
            }
        }
    }

    /// Makes a key. From now on it signs; the others go on being accepted.
    async fn add(&self, now: DateTime<Utc>) -> Result<(), TokensError> {
        let key = SigningKey::from_bytes(&ids::random());
        let public_key = key.verifying_key();
        sqlx::query!(
            "insert into signing_keys (key_id, public_key, sealed_private_key, created_at) values ($1, $2, $3, $4)",
            ids::new_id(),
            public_key.as_bytes(),
            self.keyring.seal_secret(key.as_bytes()),
            now
        )
        .execute(self.db.pool())
        .await?;
        self.refresh(Instant::now()).await
    }

    /// Reads the keys, unless somebody else began to after the given moment.
    async fn refresh(&self, wanted_since: Instant) -> Result<(), TokensError> {
        let _alone = self.reading.lock().await;
        if self.current().read_at <= wanted_since {
            let keys = Arc::new(read(&self.db, &self.keyring).await?);
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        Ok(())
    }
}

async fn read(db: &Database, keyring: &KeyRing) -> Result<KeySet, TokensError> {
    let read_at = Instant::now();
    let rows = sqlx::query!(
        "select key_id, public_key, sealed_private_key, created_at from signing_keys
         order by created_at desc, key_id desc"
    )
    .fetch_all(db.pool())
    .await?;
    let signer = rows.iter().find_map(|row| {
        Some(Signer {
            key_id: row.key_id,
            key: open(keyring, &row.sealed_private_key)?,
            created_at: row.created_at,
        })
    });
    let verifiers = rows
        .iter()
        .filter(|row| row.public_key.len() == ed25519_dalek::PUBLIC_KEY_LENGTH)
        .map(|row| (row.key_id, DecodingKey::from_ed_der(&row.public_key)))
        .collect();
    Ok(KeySet {
        signer,
        verifiers,
        read_at,
    })
}

/// None if it was sealed with a master key this process does not have.
fn open(keyring: &KeyRing, sealed: &[u8]) -> Option<EncodingKey> {
    let seed = keyring.open_secret(sealed).ok()?;
    let key = SigningKey::from_bytes(&seed.try_into().ok()?);
    let der = key.to_pkcs8_der().ok()?;
    Some(EncodingKey::from_ed_der(der.as_bytes()))
}
