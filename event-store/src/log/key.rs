//! The key that signs checkpoints, and how its public half is written.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The kind of key in signed notes: Ed25519.
const ED25519: u8 = 1;

/// The private half.
pub struct LogKey(SigningKey);

impl fmt::Debug for LogKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LogKey({})", self.public_key())
    }
}

impl LogKey {
    /// The key of this seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// What stands behind the name in a note's signature line: the key's hash and the signature.
    pub(super) fn sign(&self, name: &str, text: &str) -> String {
        let signature = self.0.sign(text.as_bytes());
        let hash = self.public_key().hash_as(name);
        STANDARD.encode([hash.as_slice(), &signature.to_bytes()].concat())
    }
}

/// The public half. `Display` writes its 32 bytes in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key: 32 bytes in base64, or name+hash+key as signed notes write it")]
pub struct InvalidPublicKey;

impl PublicKey {
    /// The key with these bytes.
    ///
    /// # Errors
    /// They are no point of the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidPublicKey> {
        let bytes = bytes.try_into().map_err(|_| InvalidPublicKey)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| InvalidPublicKey)?;
        Ok(Self(key))
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The key as a verifier of signed notes takes it: `name+hash+key`. The name is a log's origin.
    #[must_use]
    pub fn verifier(&self, name: &str) -> String {
        let hash = hex::encode(self.hash_as(name));
        format!("{name}+{hash}+{}", STANDARD.encode(self.with_kind()))
    }

    /// Four bytes that say which key a signature is of.
    fn hash_as(&self, name: &str) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update("\n")
            .chain_update(self.with_kind())
            .finalize();
        let [a, b, c, d, ..]: [u8; 32] = hash.into();
        [a, b, c, d]
    }

    fn with_kind(&self) -> Vec<u8> {
        [&[ED25519], self.as_bytes().as_slice()].concat()
    }

    /// Whether what stands behind the name in a signature line is this key's over the text.
    pub(super) fn has_signed(&self, name: &str, text: &str, line: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(line) else {
            return false;
        };
        let Some((hash, signature)) = bytes.split_first_chunk() else {
            return false;
        };
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        *hash == self.hash_as(name) && self.0.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = InvalidPublicKey;

    fn from_str(text: &str) -> Result<Self, InvalidPublicKey> {
        let text = text.trim();
        // A bare key may hold any number of pluses; what stands before one may not be base64.
        let bytes = STANDARD.decode(text).or_else(|_| {
            let key = text.splitn(3, '+').nth(2).ok_or(InvalidPublicKey)?;
            STANDARD.decode(key).map_err(|_| InvalidPublicKey)
        })?;
        match bytes.as_slice() {
            [ED25519, key @ ..] if key.len() == 32 => Self::from_bytes(key),
            key => Self::from_bytes(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_as_it_is_written_bare_or_with_a_name() {
        let mut with_two_pluses = 0;
        for seed in 0..=u8::MAX {
            let key = LogKey::from_seed(&[seed; 32]).public_key();
            let bare = key.to_string();
            with_two_pluses += usize::from(bare.matches('+').count() >= 2);
            assert_eq!(bare.parse(), Ok(key), "{bare}");
            let named = key.verifier("muster/0b0e1d64-0000-4000-8000-000000000001/1");
            assert_eq!(named.parse(), Ok(key), "{named}");
        }
        assert!(with_two_pluses > 0, "the case that is easily misread");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let short = STANDARD.encode([7; 31]);
        for text in ["", "+", "a+b+c", "name+00000000+", short.as_str()] {
            assert_eq!(text.parse::<PublicKey>(), Err(InvalidPublicKey), "{text}");
        }
    }
}
