//! Access tokens that let nobody in, each made of a good one.

use anyhow::{Context, Result};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The same statements and key id, signed by a key of the same kind that is not the server's.
pub(crate) fn forged(token: &str) -> Result<String> {
    let header = jsonwebtoken::decode_header(token)?;
    let key = SigningKey::from_bytes(&[7; 32]).to_pkcs8_der()?;
    Ok(jsonwebtoken::encode(
        &header,
        &claims(token)?,
        &EncodingKey::from_ed_der(key.as_bytes()),
    )?)
}

/// The same statements and key id, signed with the one kind of key that a careless server could mistake for its own.
pub(crate) fn of_another_kind(token: &str) -> Result<String> {
    let mut header = Header::new(Algorithm::HS256);
    header.kid = jsonwebtoken::decode_header(token)?.kid;
    Ok(jsonwebtoken::encode(
        &header,
        &claims(token)?,
        &EncodingKey::from_secret(b"a secret of somebody else"),
    )?)
}

/// The same statements under a header that says they need no signature.
pub(crate) fn unsigned(token: &str) -> Result<String> {
    let claims = token.split('.').nth(1).context("no claims")?;
    // {"alg":"none","typ":"JWT"}
    Ok(format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}."))
}

/// The server's signature under other statements.
pub(crate) fn altered(token: &str) -> Result<String> {
    let mut claims = claims(token)?;
    claims["role"] = json!("auditor");
    let own = jsonwebtoken::encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(b"any"),
    )?;
    let part = |token: &str, index| {
        token
            .split('.')
            .nth(index)
            .map(str::to_owned)
            .context("a token has three parts")
    };
    Ok([part(token, 0)?, part(&own, 1)?, part(token, 2)?].join("."))
}

fn claims(token: &str) -> Result<Value> {
    Ok(jsonwebtoken::dangerous::insecure_decode::<Value>(token)?.claims)
}
