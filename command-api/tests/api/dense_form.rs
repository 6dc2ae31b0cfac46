//! The dense form as the documents describe it, made anew here: nothing of it is shared with what reads it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

const COUNTER_BITS: u32 = 74;

/// A UUIDv7 of its two numbers.
pub(crate) fn stepped(time: u64, counter: u128) -> Uuid {
    let counter = counter % (1 << COUNTER_BITS);
    let (high, low) = (counter >> 62, counter % (1 << 62));
    Uuid::from_u128((u128::from(time) << 80) | (7 << 76) | (high << 64) | (2 << 62) | low)
}

fn numbers_of(id: Uuid) -> (i64, u128) {
    let bits = id.as_u128();
    let counter = (((bits >> 64) & 0xfff) << 62) | (bits % (1 << 62));
    (i64::try_from(bits >> 80).unwrap(), counter)
}

pub(crate) fn moment(command: &Value) -> DateTime<Utc> {
    command["occurred_at"].as_str().unwrap().parse().unwrap()
}

pub(crate) fn uuid(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// Marks of one register in the dense form.
pub(crate) fn dense(index: usize, prefix: usize, commands: &[Value]) -> Value {
    let ids: Vec<Uuid> = commands
        .iter()
        .map(|command| uuid(&command["command_id"]))
        .collect();
    let students: Vec<Uuid> = commands
        .iter()
        .map(|command| uuid(&command["student_id"]))
        .collect();
    let pairs = ids
        .windows(2)
        .map(|pair| (numbers_of(pair[0]), numbers_of(pair[1])));
    let pairs: Vec<((i64, u128), (i64, u128))> = pairs.collect();
    let end = 1_u128 << COUNTER_BITS;
    let counters: Vec<u8> = pairs
        .iter()
        .flat_map(|((_, before), (_, after))| {
            ((after + end - before) % end).to_be_bytes()[6..].to_vec()
        })
        .collect();
    let of_both = |of: fn(&Value) -> i64| -> Vec<i64> {
        commands
            .windows(2)
            .map(|pair| of(&pair[1]) - of(&pair[0]))
            .collect()
    };
    let column = |name: &str| -> Value {
        let values = commands
            .iter()
            .enumerate()
            .filter(|(_, command)| !command[name].is_null());
        values
            .map(|(place, command)| (place.to_string(), command[name].clone()))
            .collect()
    };
    let letter = |command: &Value| match command["status"].as_str() {
        None => 'U',
        Some(word) => word.to_uppercase().chars().next().unwrap(),
    };
    let mut hash = Sha256::new();
    for (id, student) in ids.iter().zip(&students) {
        hash.update(id);
        hash.update(student);
    }
    let first = &commands[0];
    json!({
        "index": index,
        "session": first["session"],
        "first": {"command_id": ids[0], "occurred_at": first["occurred_at"], "device_seq": first["device_seq"]},
        "steps": {
            "id_ms": pairs.iter().map(|((before, _), (after, _))| after - before).collect::<Vec<_>>(),
            "id": BASE64.encode(counters),
            "occurred_ms": of_both(|command| moment(command).timestamp_millis()),
            "device_seq": of_both(|command| command["device_seq"].as_i64().unwrap_or_default()),
        },
        "statuses": commands.iter().map(letter).collect::<String>(),
        "students": BASE64.encode(students.iter().flat_map(|id| id.as_bytes()[..prefix].to_vec()).collect::<Vec<_>>()),
        "check": BASE64.encode(&hash.finalize()[..9]),
        "minutes_late": column("minutes_late"),
        "remarks": column("remarks"),
    })
}
