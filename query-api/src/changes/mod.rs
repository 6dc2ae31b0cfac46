//! `GET /changes`: whoever listens hears which registers changed, as soon as that can be read.
//!
//! While somebody listens, one task of the process looks at the cursors of the projection ([`watcher`]). When a shard's was
//! written, it reads once for each school in which somebody listens what changed there ([`changed_registers`]), and leaves
//! it where the school's streams see it ([`registry`]). Each stream tells what its listener may see ([`event_stream`]);
//! one that resumes, or was too slow to see everything that was left there, reads what it missed for itself. So a stream
//! that waits holds no connection to the database, and a slow one nothing but its place.

mod changed_registers;
mod event_stream;
mod follow_changes;
mod listeners;
mod registry;
mod watcher;

pub(crate) use event_stream::Change;
pub(crate) use follow_changes::*;
pub use listeners::Listeners;
