//! The one executable: every role of muster, the embedded PostgreSQL server, the roster import and the demo school.

mod audit;
mod backup;
pub mod cli;
mod demo;
pub mod embedded_postgres;
pub mod import;
mod migrate;
mod notary;
mod privacy;
pub mod server;
mod store;
mod worker;

pub use migrate::migrate;
