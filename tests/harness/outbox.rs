//! A device as the server meets it: stamps, ids and envelopes, and no screen.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use uuid::Uuid;

/// The natural key of a register, as commands name it.
#[derive(Clone, Debug)]
pub struct SessionRef {
    /// The class that is registered.
    pub class_id: Uuid,
    /// The school's calendar day.
    pub date: NaiveDate,
    /// A part of the day, if the school registers more than once.
    pub slot: Option<&'static str>,
}

impl SessionRef {
    /// The contract's `session` object.
    pub fn to_json(&self) -> Value {
        json!({ "class_id": self.class_id, "date": self.date, "subject_id": null, "slot": self.slot })
    }
}

/// What a device keeps until the server has it: commands in the order they were given, each stamped once.
///
/// Everything it makes follows from its seed and its clock, so a test that fails can be run again.
#[derive(Debug)]
pub struct Outbox {
    /// The device.
    pub device_id: Uuid,
    /// The commands that were not yet taken out by [`Outbox::take`].
    pub commands: Vec<Value>,
    now: DateTime<Utc>,
    random: SmallRng,
}

impl Outbox {
    /// A device whose clock shows `now`.
    pub fn new(seed: u64, now: DateTime<Utc>) -> Self {
        let mut random = SmallRng::seed_from_u64(seed);
        let device_id = uuid::Builder::from_random_bytes(random.random()).into_uuid();
        Self {
            device_id,
            commands: Vec::new(),
            now,
            random,
        }
    }

    /// Sets the device's clock.
    pub fn at(&mut self, now: DateTime<Utc>) -> &mut Self {
        self.now = now;
        self
    }

    /// What the device's clock shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// `OpenSession`.
    pub fn open(&mut self, session: &SessionRef) -> Uuid {
        self.push("OpenSession", json!({ "session": session.to_json() }))
    }

    /// `CloseSession`.
    pub fn close(&mut self, session: &SessionRef) -> Uuid {
        self.push("CloseSession", json!({ "session": session.to_json() }))
    }

    /// `MarkAttendance`.
    pub fn mark(&mut self, session: &SessionRef, student_id: Uuid, status: &str) -> Uuid {
        let fields =
            json!({ "session": session.to_json(), "student_id": student_id, "status": status });
        self.push("MarkAttendance", fields)
    }

    /// `CorrectAttendance`.
    pub fn correct(
        &mut self,
        session: &SessionRef,
        student_id: Uuid,
        status: &str,
        reason: &str,
    ) -> Uuid {
        let fields = json!({
            "session": session.to_json(), "student_id": student_id, "status": status, "reason": reason,
        });
        self.push("CorrectAttendance", fields)
    }

    /// Any command: `fields` beside id, type and time.
    pub fn push(&mut self, command_type: &str, fields: Value) -> Uuid {
        let command_id = self.next_command_id();
        let mut command = json!({
            "command_id": command_id,
            "type": command_type,
            "occurred_at": self.now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        });
        if let (Some(command), Value::Object(fields)) = (command.as_object_mut(), fields) {
            command.extend(fields);
        }
        self.commands.push(command);
        // Stamps of a device strictly increase.
        self.now += TimeDelta::milliseconds(1);
        command_id
    }

    /// The envelope of everything in the outbox, stamped with the device's clock, and an empty outbox.
    pub fn take(&mut self) -> Value {
        let commands = std::mem::take(&mut self.commands);
        self.envelope(commands)
    }

    /// An envelope around these commands, stamped with the device's clock, whose estimate says it is right.
    pub fn envelope(&self, commands: Vec<Value>) -> Value {
        json!({
            "device_id": self.device_id,
            "sent_at": self.now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "clock": { "offset_ms": 0, "rtt_ms": 20, "age_s": 5 },
            "commands": commands,
        })
    }

    fn next_command_id(&mut self) -> Uuid {
        let millis = u64::try_from(self.now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random.random()).into_uuid()
    }
}
