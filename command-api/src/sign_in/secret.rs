//! Passwords in a request.

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// Reads a text that is never shown.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}
