//! Keys that are not in the database, and what they seal.
//!
//! Free text about a student is sealed under a key of that student's own. That key lies in the database wrapped by a
//! master key, which lies in a file or an environment variable, kept and backed up apart. Who has only the database
//! reads nothing; whose key is gone, their texts are gone, and the events that held them stay as they were.
//!
//! Sealed text is `key id (16) || nonce (24) || ciphertext`, XChaCha20-Poly1305 with the school's id as associated
//! data. What is sealed under a master key is `version (4, big-endian) || nonce (24) || ciphertext`.

mod aead;
mod erasure;
mod error;
mod held;
mod material;
mod rotation;
mod subject_keys;
mod unreadable;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::database::Database;
pub use erasure::erase_keys;
pub use error::KeyRingError;
use held::Held;
use material::Material;
pub use rotation::{Rewrapped, add_master_key, retire_master_keys};
use subject_keys::{Key, SubjectKey};

/// What a secret sealed under the master key is bound to, so that it cannot stand in for a text's key.
const SECRET_CONTEXT: &[u8] = b"muster secret";

/// Where the master keys come from. Both hold the same JSON.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// A file that only its owner can read.
    File(PathBuf),
    /// The content itself, from the environment.
    Secret(SecretString),
}

impl From<PathBuf> for KeySource {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<SecretString> for KeySource {
    fn from(content: SecretString) -> Self {
        Self::Secret(content)
    }
}

/// The master keys, as their file has them at the time, and, for sealing, the subjects' keys used of late. Clones share them.
#[derive(Clone)]
pub struct KeyRing(Arc<Ring>);

struct Ring {
    master: Held,
    /// By school and subject.
    subjects: RwLock<HashMap<(Uuid, Uuid), SubjectKey>>,
}

impl KeyRing {
    /// Reads an existing ring. If its file is renewed, it is read again at the next use.
    ///
    /// # Errors
    /// The file cannot be read, or the content is no key ring.
    pub fn open(source: &KeySource) -> Result<Self, KeyRingError> {
        Ok(Self::of(Held::open(source)?))
    }

    /// Makes a new ring in a new file that only its owner can read. An existing file is never touched.
    ///
    /// # Errors
    /// The file is there already or cannot be written.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, KeyRingError> {
        let material = Material::generate();
        let path = path.into();
        material.write(&path)?;
        Ok(Self::of(Held::written(&path, material)))
    }

    /// The key of the fingerprints that tell a repeated command from a different one.
    pub fn fingerprint_key(&self) -> &[u8; 32] {
        self.0.master.fingerprint_key()
    }

    /// Sees to it that each of these subjects has a key, so that [`seal`](Self::seal) can use it: reads the keys that
    /// exist and makes the others, in a transaction of its own that is committed on return. A key that this ring cannot
    /// unwrap is as good as none. The key of a subject that was [erased](erase_keys) is kept nowhere. It must run before the transaction that appends, whose first write is the append.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn ensure_keys(
        &self,
        db: &Database,
        school_id: Uuid,
        subjects: &[Uuid],
    ) -> Result<(), KeyRingError> {
        let mut wanted: Vec<Uuid> = {
            let known = self
                .0
                .subjects
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            let fresh = |id| {
                known
                    .get(&(school_id, id))
                    .is_some_and(SubjectKey::is_fresh)
            };
            subjects.iter().copied().filter(|id| !fresh(*id)).collect()
        };
        if wanted.is_empty() {
            return Ok(());
        }
        // In one order for everybody, so that two who make the same keys wait for each other and never both ways.
        wanted.sort_unstable();
        wanted.dedup();
        let ensured = subject_keys::ensure(&self.0.master.now(), db, school_id, &wanted).await?;
        let mut known = self
            .0
            .subjects
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for (subject_id, key) in ensured {
            known.insert((school_id, subject_id), key);
        }
        Ok(())
    }

    /// Seals a text about a subject: a student, or the school itself for a text about nobody. Never the same bytes
    /// twice.
    ///
    /// # Errors
    /// The subject's key was not [ensured](Self::ensure_keys).
    pub fn seal(
        &self,
        school_id: Uuid,
        subject_id: Uuid,
        text: &str,
    ) -> Result<Vec<u8>, KeyRingError> {
        let known = self
            .0
            .subjects
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let subject = known
            .get(&(school_id, subject_id))
            .ok_or(KeyRingError::NotEnsured(subject_id))?;
        let mut sealed = subject.key_id.as_bytes().to_vec();
        sealed.extend(aead::seal(
            &subject.key,
            school_id.as_bytes(),
            text.as_bytes(),
        ));
        Ok(sealed)
    }

    /// Opens sealed texts of one school, in order. None for a text that reads as erased: its key is gone, or the bytes
    /// are damaged. The connection must be in a transaction for the school.
    ///
    /// # Errors
    /// The database cannot be reached. Nothing that is wrong with a text or its key is an error.
    pub async fn open_all(
        &self,
        connection: &mut PgConnection,
        school_id: Uuid,
        sealed: &[&[u8]],
    ) -> Result<Vec<Option<String>>, KeyRingError> {
        let keys =
            subject_keys::of_texts(&self.0.master.now(), connection, school_id, sealed).await?;
        Ok(sealed
            .iter()
            .map(|bytes| open_one(&keys, school_id, bytes))
            .collect())
    }

    /// Seals a secret of the server's own under the newest master key.
    pub fn seal_secret(&self, secret: &[u8]) -> Vec<u8> {
        self.0.master.now().seal(SECRET_CONTEXT, secret)
    }

    /// Opens what [`seal_secret`](Self::seal_secret) sealed, also under an older master key.
    ///
    /// # Errors
    /// The master key is not in this ring, or the bytes are not such a seal.
    pub fn open_secret(&self, sealed: &[u8]) -> Result<Vec<u8>, KeyRingError> {
        self.0.master.now().open(SECRET_CONTEXT, sealed)
    }

    fn of(master: Held) -> Self {
        Self(Arc::new(Ring {
            master,
            subjects: RwLock::default(),
        }))
    }
}

impl std::fmt::Debug for KeyRing {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").finish_non_exhaustive()
    }
}

fn open_one(keys: &HashMap<Uuid, Key>, school_id: Uuid, sealed: &[u8]) -> Option<String> {
    let (key_id, sealed) = subject_keys::split(sealed)?;
    let text = aead::open(keys.get(&key_id)?, school_id.as_bytes(), sealed)?;
    String::from_utf8(text).ok()
}

#[cfg(test)]
mod tests;
