//! Files as the app writes them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{ClassId, SchoolId, StudentId, UserId};
use platform::clock::Clock;
use serde_json::{Value, json};

use crate::school::today;

/// Ann's file, exported now.
pub(crate) fn unsent(commands: Vec<Value>) -> Value {
    json!({
        "format": "muster-unsent",
        "version": 1,
        "school_code": "HILL",
        "device_id": "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11",
        "app_version": "1.4.0",
        "exported_at": text(Clock::system().now()),
        "school_id": SchoolId::of_org("s"),
        "actor": {"id": UserId::of("s", "ann"), "name": "Ann Otieno"},
        "commands": commands,
    })
}

/// A mark in today's register of Grade 3, so many minutes ago by a clock that the device knew to be 120 ms slow.
pub(crate) fn mark(student: &str, status: &str, minutes_ago: i64) -> Value {
    let device_clock = Clock::system().now() - TimeDelta::minutes(minutes_ago);
    let corrected = text(device_clock + TimeDelta::milliseconds(120));
    json!({
        "command": {
            "command_id": platform::ids::new_id(),
            "occurred_at": corrected,
            "device_seq": 600 - minutes_ago,
            "type": "MarkAttendance",
            "student_id": StudentId::of("s", student),
            "status": status,
            "session": {"class_id": ClassId::of("s", "c"), "date": today()},
        },
        "session_id": platform::ids::new_id(),
        "device_clock": text(device_clock),
        "state": "queued",
        "problem": null,
    })
}

pub(crate) fn bytes(file: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(file).unwrap()
}

pub(crate) fn text(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
