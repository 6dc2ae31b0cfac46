//! What tells a repeated command from another one with the same id.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// Bytes in a block of SHA-256.
const BLOCK: usize = 64;

/// The one field whose null says something else than its absence: an amendment with `slots` null makes the exception one
/// for whole days, one without leaves the slots as they are.
const AMEND_EXCEPTION: &str = "AmendException";
const SLOTS: &str = "slots";

/// The moments that a device may correct between two attempts, when it has learned more of its clock.
const MOMENTS: [&str; 2] = ["occurred_at", "effective_at"];

/// The keyed hash of a command: HMAC-SHA256 over its canonical JSON (RFC 8785), without its own moments and without
/// nulls that say nothing.
///
/// A device may correct the moments between two attempts, and a client may leave a field out or send null for it, so
/// neither makes it another command; except for the slots of an amendment. The key keeps a reader of the table from
/// guessing the words of a short text.
#[must_use]
pub fn fingerprint(key: &[u8; 32], command: &Value) -> [u8; 32] {
    let mut canonical = without_nulls(command);
    if let Value::Object(fields) = &mut canonical {
        for moment in MOMENTS {
            fields.remove(moment);
        }
        if command["type"] == AMEND_EXCEPTION && command.get(SLOTS).is_some_and(Value::is_null) {
            fields.insert(SLOTS.to_owned(), Value::Null);
        }
    }
    let mut mac = keyed(key);
    match serde_json_canonicalizer::to_vec(&canonical) {
        Ok(bytes) => mac.update(&bytes),
        // RFC 8785 knows no number beyond a double's range. A parsed `Value` holds none; one that is made in code
        // is told apart by its plain text all the same.
        Err(_) => mac.update(canonical.to_string().as_bytes()),
    }
    mac.finalize().into_bytes().into()
}

/// HMAC fills a key that is shorter than a block with zeros, so a filled block is the same key and cannot be refused.
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK];
    block[..key.len()].copy_from_slice(key);
    Hmac::new(&block.into())
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, field)| !field.is_null())
            .map(|(name, field)| (name.clone(), without_nulls(field)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn the_same_command_in_other_words_has_the_same_fingerprint() {
        let sent = json!({"type": "MarkAttendance", "occurred_at": "2026-11-24T08:01:02.123Z", "minutes_late": 7,
            "remarks": null, "session": {"class_id": "c", "slot": null}});
        let again = json!({"minutes_late": 7, "session": {"class_id": "c"}, "type": "MarkAttendance",
            "occurred_at": "2026-11-24T08:01:02.456Z"});
        assert_eq!(fingerprint(&KEY, &sent), fingerprint(&KEY, &again));
        let reopen = json!({"type": "ReopenSession", "effective_at": "2026-11-24T08:01:02.123Z"});
        let again = json!({"type": "ReopenSession", "effective_at": "2026-11-24T08:01:02.456Z"});
        assert_eq!(fingerprint(&KEY, &reopen), fingerprint(&KEY, &again));
    }

    #[test]
    fn an_amendment_to_whole_days_is_not_one_that_leaves_the_slots() {
        let whole_days = json!({"type": "AmendException", "slots": null, "end_date": null});
        let same_slots = json!({"type": "AmendException"});
        assert_ne!(
            fingerprint(&KEY, &whole_days),
            fingerprint(&KEY, &same_slots)
        );
        let again = json!({"type": "AmendException", "slots": null});
        assert_eq!(fingerprint(&KEY, &whole_days), fingerprint(&KEY, &again));
        let record = json!({"type": "RecordException", "slots": null});
        assert_eq!(
            fingerprint(&KEY, &record),
            fingerprint(&KEY, &json!({"type": "RecordException"}))
        );
    }

    #[test]
    fn another_content_or_another_key_has_another_fingerprint() {
        let late = json!({"type": "MarkAttendance", "status": "late"});
        let absent = json!({"type": "MarkAttendance", "status": "absent"});
        assert_ne!(fingerprint(&KEY, &late), fingerprint(&KEY, &absent));
        assert_ne!(fingerprint(&KEY, &late), fingerprint(&[8; 32], &late));
    }

    #[test]
    fn only_the_commands_own_moments_are_left_out() {
        let one = json!({"session": {"occurred_at": "2026-11-24T08:01:02.123Z"}});
        let other = json!({"session": {"occurred_at": "2026-11-24T08:01:02.124Z"}});
        assert_ne!(fingerprint(&KEY, &one), fingerprint(&KEY, &other));
    }

    /// Made with Python's `hmac` and `hashlib` over `{"status":"late","type":"MarkAttendance"}`.
    #[test]
    fn it_is_hmac_sha256_over_canonical_json() {
        let command = json!({"type": "MarkAttendance", "status": "late", "occurred_at": "x"});
        assert_eq!(
            hex::encode(fingerprint(&KEY, &command)),
            "72884d51edf0b67232ddb768103c75e8e10627ea55f8502d45f1aebb9a33ea3e"
        );
    }
}
