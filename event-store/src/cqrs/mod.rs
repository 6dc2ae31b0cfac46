//! The traits of cqrs-es on this store, for work on one aggregate at a time.
//!
//! Batches go through [`append`](crate::append()) themselves, so nothing that serves calls this module: its tests show
//! that the store meets the published traits and that the published reader understands the table.

mod command_store;
mod executor;
mod recorded_event;
mod school_store;

pub use command_store::{CommandContext, CommandStore, Stamp};
pub use executor::execute;
pub use recorded_event::RecordedEvent;
pub use school_store::SchoolStore;
