//! A password that somebody wants from now on.

use std::ops::RangeInclusive;

use platform::auth::password::{self, PasswordError};
use secrecy::{ExposeSecret, SecretString};

/// How many characters a password has. Length is what makes one hard to guess; nothing else is asked of it.
const CHARACTERS: RangeInclusive<usize> = 8..=200;

/// A password that is good enough.
#[derive(Debug, Clone)]
pub struct NewPassword(SecretString);

/// The text is too short or too long for a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password has 8 to 200 characters")]
pub struct InvalidPassword;

impl NewPassword {
    /// Takes a password.
    ///
    /// # Errors
    /// It is too short or too long.
    pub fn parse(password: SecretString) -> Result<Self, InvalidPassword> {
        if CHARACTERS.contains(&password.expose_secret().chars().count()) {
            Ok(Self(password))
        } else {
            Err(InvalidPassword)
        }
    }

    /// What is stored of it.
    pub(crate) async fn hash(self) -> Result<String, PasswordError> {
        password::hash(self.0).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_characters_are_the_fewest() {
        assert!(NewPassword::parse("pässwörd".into()).is_ok());
        assert!(NewPassword::parse("passwor".into()).is_err());
        assert!(NewPassword::parse("x".repeat(201).into()).is_err());
    }
}
