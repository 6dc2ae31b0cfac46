//! Vectors made by a separate program (`vectors.py`), so that a change of the form cannot pass unseen.

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    name: String,
    previous: String,
    school_id: Uuid,
    aggregate_type: String,
    aggregate_id: Uuid,
    sequence: i64,
    event_type: String,
    event_version: String,
    command_id: Uuid,
    actor_id: Uuid,
    device_id: Option<Uuid>,
    occurred_at_microseconds: i64,
    raw_occurred_at_microseconds: i64,
    recorded_at_microseconds: i64,
    payload: String,
    metadata: String,
    hash: String,
}

impl Vector {
    fn fields(&self) -> HashedFields<'_> {
        HashedFields {
            school_id: self.school_id,
            aggregate_type: &self.aggregate_type,
            aggregate_id: self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            command_id: self.command_id,
            actor_id: self.actor_id,
            device_id: self.device_id,
            occurred_at: self.occurred_at_microseconds,
            raw_occurred_at: self.raw_occurred_at_microseconds,
            recorded_at: self.recorded_at_microseconds,
            payload: self.payload.as_bytes(),
            metadata: self.metadata.as_bytes(),
        }
    }

    fn previous(&self) -> [u8; 32] {
        hex::decode(&self.previous).unwrap().try_into().unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

#[test]
fn hashes_are_those_of_the_committed_vectors() {
    let vectors = vectors();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let hash = event_hash(&vector.previous(), &vector.fields());
        assert_eq!(hex::encode(hash), vector.hash, "{}", vector.name);
    }
}

#[test]
fn moving_a_byte_from_one_field_to_the_next_changes_the_hash() {
    let vectors = vectors();
    let fields = vectors[0].fields();
    let moved = HashedFields {
        event_type: &fields.event_type[..fields.event_type.len() - 1],
        event_version: &format!("d{}", fields.event_version),
        ..fields
    };
    assert!(fields.event_type.ends_with('d'));
    assert_ne!(event_hash(&GENESIS, &fields), event_hash(&GENESIS, &moved));
}
