//! For auditors, straight from the events: the only module that knows the event store.
//!
//! [`list_events`] shows events as they are. What was known at a [`moment`] is folded from whole [`streams`] by [`known`], which
//! is the fold of everybody: a register as it stood in [`session_as_of`], a report in [`class_report_as_of`], which counts
//! [`merges`]. What each event
//! of a register changed is in [`session_history`]. That nobody rewrote them is what [`verify`], [`checkpoints`] and [`proofs`] are
//! for.

mod checkpoints;
mod class_report_as_of;
mod event_filter;
mod event_item;
mod find_events;
mod known;
mod list_events;
mod merges;
mod moment;
mod names;
mod proofs;
mod session_as_of;
mod session_history;
mod streams;
mod verify;

pub(crate) use checkpoints::*;
pub(crate) use class_report_as_of::*;
pub(crate) use list_events::*;
pub(crate) use proofs::*;
pub(crate) use session_as_of::*;
pub(crate) use session_history::*;
pub(crate) use verify::*;
