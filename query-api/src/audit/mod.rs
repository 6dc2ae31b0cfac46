//! For auditors, straight from the events: the only module that knows the event store.

mod event_item;
mod find_events;
mod list_events;

pub(crate) use list_events::*;
