//! The events of a batch as columns, which is how one constant statement takes any number of them.

use std::collections::HashMap;

use chrono::SubsecRound;
use domain::{Instant, SchoolId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{AppendError, Appended, NewEvent};
use crate::chain::{HashedFields, event_hash};
use crate::{Head, Position, StreamId};

/// Digits of a second that PostgreSQL keeps. What it would round off must not be hashed.
const MICROSECONDS: u16 = 6;

/// One array a column; the n-th of each make the n-th event.
pub(super) struct Rows<'events> {
    school: SchoolId,
    recorded_at: Instant,
    aggregate_types: Vec<&'events str>,
    aggregate_ids: Vec<Uuid>,
    sequences: Vec<i64>,
    event_types: Vec<&'static str>,
    event_versions: Vec<&'static str>,
    payloads: Vec<String>,
    metadata: Vec<String>,
    command_ids: Vec<Uuid>,
    fingerprints: Vec<&'events [u8]>,
    occurred_at: Vec<Instant>,
    raw_occurred_at: Vec<Instant>,
    actor_ids: Vec<Uuid>,
    device_ids: Vec<Option<Uuid>>,
    flags: Vec<String>,
    hashes: Vec<[u8; 32]>,
}

impl<'events> Rows<'events> {
    /// Gives every event its place in its stream and its hash.
    pub(super) fn chain(
        school: SchoolId,
        recorded_at: Instant,
        heads: &HashMap<StreamId, Head>,
        events: &'events [NewEvent],
    ) -> Result<Self, AppendError> {
        let mut rows = Self::with_capacity(
            school,
            recorded_at.trunc_subsecs(MICROSECONDS),
            events.len(),
        );
        let mut moved_heads: HashMap<&StreamId, Head> = HashMap::new();
        for event in events {
            let head = moved_heads
                .entry(&event.stream)
                .or_insert_with(|| heads.get(&event.stream).copied().unwrap_or_default());
            rows.push(head, event)?;
        }
        Ok(rows)
    }

    fn push(&mut self, head: &mut Head, new: &'events NewEvent) -> Result<(), AppendError> {
        let payload = text(new.event.to_payload()?)?;
        let metadata =
            serde_json::to_string(&new.metadata).map_err(AppendError::UnwritableMetadata)?;
        let occurred_at = new.occurred_at.trunc_subsecs(MICROSECONDS);
        let raw_occurred_at = new.raw_occurred_at.trunc_subsecs(MICROSECONDS);
        let fields = HashedFields {
            school_id: self.school.as_uuid(),
            aggregate_type: &new.stream.aggregate_type,
            aggregate_id: new.stream.aggregate_id,
            sequence: head.sequence + 1,
            event_type: new.event.event_type(),
            event_version: new.event.event_version(),
            command_id: new.command_id.as_uuid(),
            actor_id: new.actor_id.as_uuid(),
            device_id: new.device_id.map(Into::into),
            occurred_at: occurred_at.timestamp_micros(),
            raw_occurred_at: raw_occurred_at.timestamp_micros(),
            recorded_at: self.recorded_at.timestamp_micros(),
            payload: payload.as_bytes(),
            metadata: metadata.as_bytes(),
        };
        *head = Head {
            sequence: fields.sequence,
            hash: event_hash(&head.hash, &fields),
        };
        self.aggregate_types.push(&new.stream.aggregate_type);
        self.aggregate_ids.push(fields.aggregate_id);
        self.sequences.push(fields.sequence);
        self.event_types.push(new.event.event_type());
        self.event_versions.push(new.event.event_version());
        self.command_ids.push(fields.command_id);
        self.fingerprints.push(&new.fingerprint);
        self.occurred_at.push(occurred_at);
        self.raw_occurred_at.push(raw_occurred_at);
        self.actor_ids.push(fields.actor_id);
        self.device_ids.push(fields.device_id);
        self.flags.push(joined(new));
        self.hashes.push(head.hash);
        self.payloads.push(payload);
        self.metadata.push(metadata);
        Ok(())
    }

    /// Writes all rows with one statement. None come back when the transaction has written before: the condition on the
    /// transaction's id holds no column, so it is judged once, before the first row draws an id.
    pub(super) async fn insert(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Vec<Position>, AppendError> {
        let rows = sqlx::query!(
            r#"insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version,
                payload, metadata, epoch, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at,
                actor_id, device_id, flags, hash)
            select $1, e.aggregate_type, e.aggregate_id::text, e.sequence, e.event_type, e.event_version,
                e.payload::json, e.metadata::json, (select epoch from store), e.command_id, e.fingerprint,
                e.occurred_at, e.raw_occurred_at, $2, e.actor_id, e.device_id, string_to_array(e.flags, ','), e.hash
            from unnest($3::text[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
                    $10::uuid[], $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::uuid[], $15::uuid[],
                    $16::text[], $17::bytea[])
                with ordinality as e (aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                    metadata, command_id, fingerprint, occurred_at, raw_occurred_at, actor_id, device_id, flags,
                    hash, ordinal)
            where pg_current_xact_id_if_assigned() is null
            order by e.ordinal
            returning epoch, transaction_id::text as "transaction_id!", position"#,
            self.school.as_uuid(),
            self.recorded_at,
            self.aggregate_types.as_slice() as &[&str],
            &self.aggregate_ids,
            &self.sequences,
            self.event_types.as_slice() as &[&str],
            self.event_versions.as_slice() as &[&str],
            &self.payloads,
            &self.metadata,
            &self.command_ids,
            self.fingerprints.as_slice() as &[&[u8]],
            &self.occurred_at,
            &self.raw_occurred_at,
            &self.actor_ids,
            self.device_ids.as_slice() as &[Option<Uuid>],
            &self.flags,
            self.hashes.as_slice() as &[[u8; 32]],
        )
        .fetch_all(connection)
        .await?;
        let positions = rows
            .into_iter()
            .map(|row| Position::from_columns(row.epoch, &row.transaction_id, row.position))
            .collect::<sqlx::Result<_>>()?;
        Ok(positions)
    }

    /// Puts the places that the database gave out beside what was known before.
    pub(super) fn appended(&self, places: Vec<Position>) -> Vec<Appended> {
        let places = places.into_iter().zip(&self.sequences).zip(&self.hashes);
        places
            .map(|((position, sequence), hash)| Appended {
                position,
                sequence: *sequence,
                hash: *hash,
            })
            .collect()
    }

    fn with_capacity(school: SchoolId, recorded_at: Instant, events: usize) -> Self {
        Self {
            school,
            recorded_at,
            aggregate_types: Vec::with_capacity(events),
            aggregate_ids: Vec::with_capacity(events),
            sequences: Vec::with_capacity(events),
            event_types: Vec::with_capacity(events),
            event_versions: Vec::with_capacity(events),
            payloads: Vec::with_capacity(events),
            metadata: Vec::with_capacity(events),
            command_ids: Vec::with_capacity(events),
            fingerprints: Vec::with_capacity(events),
            occurred_at: Vec::with_capacity(events),
            raw_occurred_at: Vec::with_capacity(events),
            actor_ids: Vec::with_capacity(events),
            device_ids: Vec::with_capacity(events),
            flags: Vec::with_capacity(events),
            hashes: Vec::with_capacity(events),
        }
    }
}

/// The payload as the text that is bound. JSON is UTF-8, so its bytes stay what they are.
fn text(payload: Vec<u8>) -> Result<String, AppendError> {
    String::from_utf8(payload)
        .map_err(|error| AppendError::Database(sqlx::Error::Encode(Box::new(error))))
}

/// The flags as one text, because an array of arrays cannot be unnested a row at a time. No flag contains a comma.
fn joined(event: &NewEvent) -> String {
    let mut joined = String::new();
    for flag in &event.flags {
        if !joined.is_empty() {
            joined.push(',');
        }
        joined.push_str(flag.as_str());
    }
    joined
}
