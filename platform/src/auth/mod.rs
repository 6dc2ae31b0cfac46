//! Who is calling: passwords, access tokens, refresh tokens, and the [`Caller`] that a handler asks for.

mod caller;
pub mod password;
pub mod refresh;
mod role;
mod signing_keys;
mod tokens;
pub mod users;

pub(crate) use caller::bearer_token;
pub use caller::{Caller, SignedIn};
pub use role::{Role, UnknownRole};
pub use tokens::{ACCESS_LIFETIME, AccessToken, Tokens, TokensError};
