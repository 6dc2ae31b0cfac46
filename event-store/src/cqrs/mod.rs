//! The traits of cqrs-es on this store, for work on one aggregate at a time.
//!
//! Batches go through [`append`](crate::append()) themselves.

mod command_store;
mod executor;
mod recorded_event;
mod school_store;

pub use command_store::{CommandContext, CommandStore, Stamp};
pub use executor::execute;
pub use recorded_event::RecordedEvent;
pub use school_store::SchoolStore;
