//! Access tokens: signed statements, fifteen minutes long, that a person of a school signed in.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{Algorithm, Header, Validation};
use moka::future::Cache;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::caller::{Caller, SignedIn};
use super::role::Role;
use super::signing_keys::{ROTATION_CHECK, SigningKeys};
use super::users::{self, User};
use crate::clock::Clock;
use crate::database::Database;
use crate::keyring::KeyRing;
use crate::problem::{Problem, Slug};

/// How long an access token is good for.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// How long a person's role and whether their account is closed are taken from memory. Closing an account must take
/// effect within five seconds.
const USER_MEMORY: Duration = Duration::from_secs(3);

/// What tells an access token from any other token that might be signed with these keys.
const TYPE: &str = "access";

/// Why tokens cannot be issued.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// The signing keys cannot be reached.
    #[error("the signing keys cannot be reached")]
    Database(#[from] sqlx::Error),
    /// No private half of any signing key opens with the master keys at hand.
    #[error("no signing key can be opened with the master keys at hand")]
    NoSigner,
    /// The token could not be signed.
    #[error("the token could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

impl From<TokensError> for Problem {
    fn from(error: TokensError) -> Self {
        match error {
            TokensError::Database(error) => error.into(),
            TokensError::NoSigner | TokensError::Sign(_) => Self::internal(error),
        }
    }
}

/// What a token states.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    school: Uuid,
    role: Role,
    iat: i64,
    exp: i64,
    typ: String,
}

/// A token as it is handed out.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The token.
    pub token: SecretString,
    /// How many seconds it is good for.
    pub expires_in: i64,
}

/// Issues and checks access tokens. Clones share keys and memory.
#[derive(Clone)]
pub struct Tokens(Arc<Issuer>);

struct Issuer {
    db: Database,
    clock: Clock,
    keys: Arc<SigningKeys>,
    /// By school and user; none for somebody the school does not know.
    users: Cache<(Uuid, Uuid), Option<User>>,
}

impl Tokens {
    /// Reads the signing keys and makes a new one if none can sign or the one that does is old. From then on that is
    /// looked after once an hour, until the last clone is dropped. Needs a running tokio runtime.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn open(db: Database, keyring: KeyRing, clock: Clock) -> Result<Self, TokensError> {
        let keys = Arc::new(SigningKeys::open(db.clone(), keyring).await?);
        keys.rotate_if_due(clock.now()).await?;
        tokio::spawn(SigningKeys::keep_rotating(
            Arc::downgrade(&keys),
            clock.clone(),
            ROTATION_CHECK,
        ));
        Ok(Self(Arc::new(Issuer {
            db,
            clock,
            keys,
            users: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(USER_MEMORY)
                .build(),
        })))
    }

    /// Signs a token for somebody who has just proved who they are.
    ///
    /// # Errors
    /// There is no key to sign with.
    pub fn issue(
        &self,
        school_id: Uuid,
        user_id: Uuid,
        role: Role,
    ) -> Result<AccessToken, TokensError> {
        let keys = self.0.keys.current();
        let signer = keys.signer.as_ref().ok_or(TokensError::NoSigner)?;
        let now = self.0.clock.now();
        let claims = Claims {
            sub: user_id,
            school: school_id,
            role,
            iat: now.timestamp(),
            exp: (now + ACCESS_LIFETIME).timestamp(),
            typ: TYPE.to_owned(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(signer.key_id.to_string());
        Ok(AccessToken {
            token: jsonwebtoken::encode(&header, &claims, &signer.key)?.into(),
            expires_in: ACCESS_LIFETIME.num_seconds(),
        })
    }

    /// Who presents this token: somebody it was issued to, not longer ago than it is good for, whose account is open and
    /// whose role is still the one it states.
    ///
    /// # Errors
    /// `token-invalid`, `token-expired`, or what keeps the database from answering.
    pub async fn authenticate(&self, token: &str) -> Result<Caller, Problem> {
        Ok(self.admit(token).await?.caller)
    }

    /// As [`authenticate`](Self::authenticate), and for how long the token is good.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub async fn admit(&self, token: &str) -> Result<SignedIn, Problem> {
        let claims = self.verify(token).await?;
        if claims.exp <= self.0.clock.now().timestamp() {
            return Err(Slug::TokenExpired.into());
        }
        let user = self
            .user(claims.school, claims.sub)
            .await?
            .filter(|user| !user.disabled)
            .ok_or_else(|| Problem::new(Slug::TokenInvalid).detail("The account is closed."))?;
        if user.role != claims.role {
            return Err(
                Problem::new(Slug::TokenExpired).detail("The account has another role now.")
            );
        }
        Ok(SignedIn {
            caller: Caller {
                user_id: user.user_id,
                school_id: user.school_id,
                role: user.role,
            },
            until: DateTime::from_timestamp(claims.exp, 0).ok_or(Slug::TokenInvalid)?,
        })
    }

    async fn verify(&self, token: &str) -> Result<Claims, Problem> {
        let invalid = || Problem::from(Slug::TokenInvalid);
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let key_id: Uuid = header
            .kid
            .as_deref()
            .and_then(|kid| kid.parse().ok())
            .ok_or_else(invalid)?;
        let keys = self.0.keys.with(key_id).await?;
        let key = keys.verifiers.get(&key_id).ok_or_else(invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The library would compare with the machine's clock; `authenticate` compares with ours.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
            .map_err(|_| invalid())?
            .claims;
        if claims.typ == TYPE {
            Ok(claims)
        } else {
            Err(invalid())
        }
    }

    async fn user(&self, school_id: Uuid, user_id: Uuid) -> Result<Option<User>, Problem> {
        if let Some(user) = self.0.users.get(&(school_id, user_id)).await {
            return Ok(user);
        }
        let mut transaction = self.0.db.read_school(school_id).await?;
        let user = users::find(&mut transaction, school_id, user_id).await?;
        transaction.commit().await?;
        self.0
            .users
            .insert((school_id, user_id), user.clone())
            .await;
        Ok(user)
    }
}

impl std::fmt::Debug for Tokens {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
