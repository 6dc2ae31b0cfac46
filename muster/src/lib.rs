//! The one executable: every role of muster, the embedded PostgreSQL server, the roster import and the demo school.

pub mod embedded_postgres;
pub mod import;
mod migrate;
pub mod server;

pub use migrate::migrate;
