//! The transparency log of a school: a Merkle tree over its events, in the order of the feed, whose signed heads can be
//! held by somebody outside.
//!
//! [`sequence`] gives every event its leaf. [`issue_checkpoints`] signs how far the logs have come. [`inclusion`] and
//! [`consistency`] make proofs for whoever holds a checkpoint. A restore begins a new log ([`open_all`]), whose first leaf
//! states which log it goes on from.
//!
//! What a leaf is the hash of: for an event the byte 0x01, the school's id, the command's id (16 bytes each) and the
//! event's hash in its chain (32 bytes), which covers everything else; for the first leaf after a restore the byte 0x02 and
//! the three lines origin, size and root of the log before it, written as in a checkpoint.

mod checkpoint;
mod checkpoints;
mod key;
mod leaf;
mod nodes;
mod open;
mod proofs;
mod sequencer;

pub use checkpoint::{Checkpoint, CheckpointError, InvalidOrigin, Origin, TreeHead};
pub use checkpoints::{Due, issue_checkpoints, kept_checkpoints};
pub use key::{InvalidPublicKey, LogKey, PublicKey};
pub use leaf::{event_leaf, restored_leaf};
pub(crate) use nodes::missing_nodes;
pub use nodes::{LogEnd, newest_log, root_at};
pub use open::open_all;
pub use proofs::{Inclusion, consistency, inclusion};
pub(crate) use sequencer::read_cursor;
pub use sequencer::{sequence, sequence_all};
