//! Passwords: Argon2id, with as much work for a name nobody has as for one somebody has.

use std::sync::{Arc, OnceLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

use crate::ids;
use crate::problem::Problem;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The password or the stored hash is unusable.
    #[error("the password cannot be hashed or its stored hash cannot be read")]
    Hash(#[source] password_hash::Error),
    /// The work was interrupted.
    #[error("hashing was interrupted")]
    Interrupted(#[from] JoinError),
}

impl From<password_hash::Error> for PasswordError {
    fn from(error: password_hash::Error) -> Self {
        Self::Hash(error)
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        Self::internal(error)
    }
}

/// The hash to store for a password.
///
/// # Errors
/// The password is unusable, or the work was interrupted.
pub async fn hash(password: SecretString) -> Result<String, PasswordError> {
    on_a_worker(move || hash_now(&password)).await
}

/// Whether the password is the one the hash was made of. Without a hash (no such user, or one without a password) it
/// is never right, and takes as long to find out.
///
/// # Errors
/// The stored hash is unreadable, or the work was interrupted.
pub async fn verify(
    password: SecretString,
    stored_hash: Option<String>,
) -> Result<bool, PasswordError> {
    on_a_worker(move || match stored_hash {
        Some(stored) => matches_now(&password, &stored),
        None => matches_now(&password, nobodys_hash()?).map(|_| false),
    })
    .await
}

/// Runs work of tens of milliseconds and 19 MiB where it holds up no request, and no more of it at once than there are
/// processors.
async fn on_a_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    static PLACES: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let places = PLACES.get_or_init(|| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Arc::new(Semaphore::new(processors))
    });
    // The semaphore is never closed; without a place the work would only be slower.
    let place = Arc::clone(places).acquire_owned().await.ok();
    spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    })
    .await?
}

fn hash_now(password: &SecretString) -> Result<String, PasswordError> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.expose_secret().as_bytes())?;
    Ok(hash.to_string())
}

fn matches_now(password: &SecretString, stored: &str) -> Result<bool, PasswordError> {
    let stored = PasswordHash::new(stored).map_err(|_| password_hash::Error::EncodingInvalid)?;
    match Argon2::default().verify_password(password.expose_secret().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A hash of a password that nobody knows, made once.
fn nobodys_hash() -> Result<&'static str, PasswordError> {
    static HASH: OnceLock<String> = OnceLock::new();
    if HASH.get().is_none() {
        let password: String = ids::random::<32>()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let hash = hash_now(&password.into())?;
        // Another thread may have been first; one hash is as good as the other.
        let _ = HASH.set(hash);
    }
    Ok(HASH.get().map_or("", String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let stored = hash(secret("jua kali")).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(
            verify(secret("jua kali"), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!verify(secret("Jua kali"), Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn one_password_never_gives_the_same_hash_twice() {
        assert_ne!(
            hash(secret("jua kali")).await.unwrap(),
            hash(secret("jua kali")).await.unwrap()
        );
    }

    #[tokio::test]
    async fn nobodys_password_never_matches() {
        for password in ["", "jua kali"] {
            assert!(!verify(secret(password), None).await.unwrap());
        }
    }

    #[test]
    fn work_for_nobody_is_the_work_for_somebody() {
        let parameters = |hash: &str| {
            hash.split('$')
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let somebodys = hash_now(&secret("jua kali")).unwrap();
        assert_eq!(parameters(nobodys_hash().unwrap()), parameters(&somebodys));
    }

    #[tokio::test]
    async fn a_damaged_hash_is_an_error_and_not_a_wrong_password() {
        assert!(
            verify(secret("jua kali"), Some("$argon2id$broken".to_owned()))
                .await
                .is_err()
        );
    }
}
