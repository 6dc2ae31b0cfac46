//! Why keys cannot be used.

use std::path::PathBuf;

use uuid::Uuid;

use crate::problem::Problem;

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyRingError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The content is no key ring.
    #[error("the key ring cannot be read: {0}")]
    Malformed(&'static str),
    /// A text was to be sealed for a subject whose key was not [ensured](super::KeyRing::ensure_keys) first, or whose
    /// key other processes with other master keys made again and again.
    #[error("no key was ensured for subject {0}")]
    NotEnsured(Uuid),
    /// The bytes were sealed under a master key that is not in this ring.
    #[error("the ring has no master key of version {0}")]
    MasterKeyMissing(u32),
    /// The bytes are no seal of this ring, or not for this purpose.
    #[error("the seal does not open")]
    Broken,
    /// The keys in the database cannot be reached.
    #[error("the keys in the database cannot be reached")]
    Database(#[from] sqlx::Error),
}

impl From<KeyRingError> for Problem {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "whatever is wrong with keys, no client can help it"
    )]
    fn from(error: KeyRingError) -> Self {
        match error {
            KeyRingError::Database(error) => error.into(),
            error => Self::internal(error),
        }
    }
}
