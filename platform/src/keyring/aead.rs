//! Authenticated encryption: `nonce (24) || ciphertext`, XChaCha20-Poly1305.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::subject_keys::Key;
use crate::ids;

/// Bytes of the nonce in front. So many that random ones never meet.
pub(super) const NONCE_LENGTH: usize = 24;

/// Bytes by which a seal is longer than what it seals.
pub(super) const OVERHEAD: usize = NONCE_LENGTH + 16;

/// Seals bytes under a key and a fresh nonce, bound to a context that is not part of the seal.
#[expect(
    clippy::expect_used,
    reason = "the cipher fails only for texts of more than 256 GiB"
)]
pub(super) fn seal(key: &Key, context: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = ids::random::<NONCE_LENGTH>();
    let payload = Payload {
        msg: plain,
        aad: context,
    };
    let ciphertext = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .expect("the text is short enough");
    [nonce.as_slice(), &ciphertext].concat()
}

/// Opens a seal; none if the key, the context or any byte is not the one it was made with.
pub(super) fn open(key: &Key, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LENGTH>()?;
    let payload = Payload {
        msg: ciphertext,
        aad: context,
    };
    cipher(key).decrypt(&XNonce::from(*nonce), payload).ok()
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}
