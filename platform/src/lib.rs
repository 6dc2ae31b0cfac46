//! What every role of Muster shares and no business word: time, ids, the database, keys, sign-in, problems, the HTTP
//! server around the APIs, logs and the end of the process.
//!
//! Reading order: [`database`] (the two walls around a school's data), [`problem`] (how anything goes wrong towards a
//! client), [`auth`] (who is calling), [`server`] (what every answer has in common).

pub mod auth;
pub mod clock;
pub mod database;
pub mod ids;
pub mod json;
pub mod keyring;
pub mod problem;
pub mod server;
pub mod shutdown;
pub mod telemetry;

#[cfg(test)]
mod scratch;
