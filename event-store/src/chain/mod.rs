//! The hash chain: every event of a stream carries a hash over its content and the hash of the event before it.
//!
//! A chain proves that nothing between two known hashes was changed, left out or slipped in. It cannot prove that the
//! newest events of a stream were not cut off, nor that somebody with power over the database did not compute the
//! whole chain anew: for that a later hash must be held outside.

mod links;

pub(crate) use links::Chains;
pub use links::{Break, BreakReason};

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The hash before the first event of a stream.
pub const GENESIS: [u8; 32] = [0; 32];

/// Says which fields are hashed, and how. Another way of hashing gets another number.
const FORM: u8 = 1;

/// What of an event is hashed. Its place in the feed is not: a store that is moved keeps its chains.
#[derive(Debug, Clone, Copy)]
pub struct HashedFields<'event> {
    /// School the stream belongs to.
    pub school_id: Uuid,
    /// Kind of the stream's aggregate.
    pub aggregate_type: &'event str,
    /// Which aggregate.
    pub aggregate_id: Uuid,
    /// Place in the stream, from 1.
    pub sequence: i64,
    /// Stored name of the event.
    pub event_type: &'event str,
    /// Version of its shape.
    pub event_version: &'event str,
    /// Command that caused it.
    pub command_id: Uuid,
    /// Whose command it is.
    pub actor_id: Uuid,
    /// From which device; absent is hashed as a field of length 0.
    pub device_id: Option<Uuid>,
    /// When it happened, as counted, in microseconds since 1970.
    pub occurred_at: i64,
    /// When it happened, as the device said, in microseconds since 1970.
    pub raw_occurred_at: i64,
    /// When the store took it, in microseconds since 1970.
    pub recorded_at: i64,
    /// The bytes of the payload as stored.
    pub payload: &'event [u8],
    /// The bytes of the metadata as stored.
    pub metadata: &'event [u8],
}

/// The hash of an event that follows `previous` in its stream.
///
/// SHA-256 over the byte 0x01, the previous hash, and each field with its length in front as an unsigned 32-bit number.
/// Ids are their 16 bytes, texts UTF-8, the sequence and the times (microseconds since 1970) signed 64-bit numbers; all
/// numbers are big-endian.
#[must_use]
pub fn event_hash(previous: &[u8; 32], fields: &HashedFields<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([FORM]);
    hash.update(previous);
    let device_id = fields.device_id.as_ref().map(|id| id.as_bytes().as_slice());
    for field in [
        fields.school_id.as_bytes().as_slice(),
        fields.aggregate_type.as_bytes(),
        fields.aggregate_id.as_bytes(),
        &fields.sequence.to_be_bytes(),
        fields.event_type.as_bytes(),
        fields.event_version.as_bytes(),
        fields.command_id.as_bytes(),
        fields.actor_id.as_bytes(),
        device_id.unwrap_or_default(),
        &fields.occurred_at.to_be_bytes(),
        &fields.raw_occurred_at.to_be_bytes(),
        &fields.recorded_at.to_be_bytes(),
        fields.payload,
        fields.metadata,
    ] {
        hash.update(length_of(field));
        hash.update(field);
    }
    hash.finalize().into()
}

/// PostgreSQL stores no value of 1 GiB or more, so a length always fits.
fn length_of(field: &[u8]) -> [u8; 4] {
    u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests;
