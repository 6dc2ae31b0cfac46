//! Backups, the data and the keys apart, and the way back.

mod postgres_tools;
mod restore;
mod save;

pub(crate) use postgres_tools::PostgresTools;
pub(crate) use restore::{Dumps, put_back, take_into_use};
pub(crate) use save::{Saved, save};
