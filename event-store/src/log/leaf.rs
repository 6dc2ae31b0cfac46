//! What a leaf is the hash of.

use domain::{CommandId, SchoolId};

use super::TreeHead;
use crate::merkle::{Hash, leaf_hash};

/// Begins the leaf of an event.
const EVENT: u8 = 1;

/// Begins the leaf that says from where a log goes on.
const RESTORED: u8 = 2;

/// The leaf of an event: its school, its command and its hash in its chain.
#[must_use]
pub fn event_leaf(school: SchoolId, command: CommandId, chain_hash: &[u8; 32]) -> Hash {
    let (school, command) = (school.as_uuid(), command.as_uuid());
    leaf_hash(
        &[
            &[EVENT],
            school.as_bytes().as_slice(),
            command.as_bytes(),
            chain_hash,
        ]
        .concat(),
    )
}

/// The first leaf of a log that goes on from another one, as restored.
#[must_use]
pub fn restored_leaf(from: &TreeHead) -> Hash {
    leaf_hash(&[&[RESTORED], from.to_string().as_bytes()].concat())
}
