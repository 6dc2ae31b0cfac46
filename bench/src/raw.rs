//! The same rows into the same table, without Muster.

use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Events as columns, ready to be inserted once more.
pub(crate) struct Rows {
    aggregate_types: Vec<String>,
    aggregate_ids: Vec<String>,
    sequences: Vec<i64>,
    event_types: Vec<String>,
    event_versions: Vec<String>,
    payloads: Vec<String>,
    metadata: Vec<String>,
    command_ids: Vec<Uuid>,
    fingerprints: Vec<Vec<u8>>,
    occurred_at: Vec<DateTime<Utc>>,
    recorded_at: Vec<DateTime<Utc>>,
    actor_ids: Vec<Uuid>,
    hashes: Vec<Vec<u8>>,
}

impl Rows {
    /// The events of these commands, as Muster wrote them.
    pub(crate) async fn of_commands(
        connection: &mut PgConnection,
        command_ids: &[Uuid],
    ) -> Result<Self> {
        let row = sqlx::query!(
            r#"select array_agg(aggregate_type) as "aggregate_types!", array_agg(aggregate_id) as "aggregate_ids!",
                      array_agg(sequence) as "sequences!", array_agg(event_type) as "event_types!",
                      array_agg(event_version) as "event_versions!", array_agg(payload::text) as "payloads!",
                      array_agg(metadata::text) as "metadata!", array_agg(command_id) as "command_ids!",
                      array_agg(fingerprint) as "fingerprints!", array_agg(occurred_at) as "occurred_at!",
                      array_agg(recorded_at) as "recorded_at!", array_agg(actor_id) as "actor_ids!",
                      array_agg(hash) as "hashes!"
               from events where command_id = any($1)"#,
            command_ids,
        )
        .fetch_one(connection)
        .await?;
        Ok(Self {
            aggregate_types: row.aggregate_types,
            aggregate_ids: row.aggregate_ids,
            sequences: row.sequences,
            event_types: row.event_types,
            event_versions: row.event_versions,
            payloads: row.payloads,
            metadata: row.metadata,
            command_ids: row.command_ids,
            fingerprints: row.fingerprints,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            actor_ids: row.actor_ids,
            hashes: row.hashes,
        })
    }

    /// Inserts them by one statement, in a transaction of its own, as another school's.
    pub(crate) async fn insert(&self, connection: &mut PgConnection) -> Result<Duration> {
        let school_id = platform::ids::new_id();
        let began = Instant::now();
        sqlx::query!(
            "insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                                 metadata, epoch, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at,
                                 actor_id, hash)
             select $1, t.aggregate_type, t.aggregate_id, t.sequence, t.event_type, t.event_version, t.payload::json,
                    t.metadata::json, 1, t.command_id, t.fingerprint, t.occurred_at, t.occurred_at, t.recorded_at,
                    t.actor_id, t.hash
             from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                         $9::uuid[], $10::bytea[], $11::timestamptz[], $12::timestamptz[], $13::uuid[], $14::bytea[])
               as t (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, command_id,
                     fingerprint, occurred_at, recorded_at, actor_id, hash)",
            school_id,
            &self.aggregate_types,
            &self.aggregate_ids,
            &self.sequences,
            &self.event_types,
            &self.event_versions,
            &self.payloads,
            &self.metadata,
            &self.command_ids,
            &self.fingerprints,
            &self.occurred_at,
            &self.recorded_at,
            &self.actor_ids,
            &self.hashes,
        )
        .execute(connection)
        .await?;
        Ok(began.elapsed())
    }
}
