//! For auditors, straight from the events: the only module that knows the event store.

mod checkpoints;
mod event_item;
mod find_events;
mod list_events;
mod proofs;
mod verify;

pub(crate) use checkpoints::*;
pub(crate) use list_events::*;
pub(crate) use proofs::*;
pub(crate) use verify::*;
