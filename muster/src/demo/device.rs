//! A device that sends commands: it stamps them, numbers them and puts them into batches.

use chrono::{SecondsFormat, TimeDelta};
use command_api::{ClockEstimate, Envelope, SentCommand};
use domain::{DeviceId, Instant, UserId};
use rand::Rng;
use serde_json::{Value, json};
use uuid::Builder;

/// What it sends next.
#[derive(Debug)]
pub(super) struct Device {
    id: DeviceId,
    /// Who is signed in.
    pub(super) user_id: UserId,
    at: Instant,
    commands: Vec<SentCommand>,
}

impl Device {
    /// A device in somebody's hands at a moment.
    pub(super) fn new(user_id: UserId, at: Instant, random: &mut impl Rng) -> Self {
        let mut bytes = [0; 16];
        random.fill_bytes(&mut bytes);
        Self {
            id: Builder::from_random_bytes(bytes).into_uuid().into(),
            user_id,
            at,
            commands: Vec::new(),
        }
    }

    /// Time goes by.
    pub(super) fn wait(&mut self, time: TimeDelta) {
        self.at += time;
    }

    /// Takes a command down, a little later than the one before.
    pub(super) fn command(&mut self, kind: &str, fields: Value, random: &mut impl Rng) {
        self.wait(TimeDelta::milliseconds(
            i64::from(random.next_u32() % 1_500) + 400,
        ));
        self.stamp(kind, fields, random);
    }

    /// Takes a command down at this very moment.
    pub(super) fn stamp(&mut self, kind: &str, fields: Value, random: &mut impl Rng) {
        let mut bytes = [0; 10];
        random.fill_bytes(&mut bytes);
        let milliseconds = u64::try_from(self.at.timestamp_millis()).unwrap_or_default();
        let mut command = json!({
            "command_id": Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid(),
            "type": kind,
            "occurred_at": self.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        if let (Value::Object(command), Value::Object(fields)) = (&mut command, fields) {
            command.extend(fields);
        }
        self.commands.push(command.into());
    }

    /// When the last command was taken down.
    pub(super) fn now(&self) -> Instant {
        self.at
    }

    /// Everything taken down since the last batch, sent now.
    pub(super) fn batch(&mut self) -> Envelope {
        Envelope {
            device_id: self.id,
            sent_at: self.at,
            clock: Some(ClockEstimate {
                offset_ms: 0.0,
                rtt_ms: 80.0,
                age_s: 10.0,
            }),
            device: None,
            claimed_by: None,
            commands: std::mem::take(&mut self.commands),
            marks: Vec::new(),
        }
    }
}
