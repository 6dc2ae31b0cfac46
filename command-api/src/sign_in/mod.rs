//! Signing in, staying signed in, signing out, and one's own password.
//!
//! A device holds two tokens: an access token for fifteen minutes, in memory, sent as `Authorization: Bearer`; and a
//! refresh token for sixty days, in a cookie that scripts cannot read ([`cookie`]) and that other sites cannot use
//! ([`same_origin`]).

mod account;
mod cookie;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod own_password;
mod rate_limit;
pub(crate) mod refresh;
mod same_origin;
pub(crate) mod secret;
mod session;

/// How large the body of a sign-in may be: these routes can be asked by anybody.
const MAX_SIGN_IN_BYTES: usize = 8 * 1024;
