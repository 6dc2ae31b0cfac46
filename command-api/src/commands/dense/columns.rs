//! Marks in the dense form, as sent.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::{CommandId, Instant};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::shapes::{Session, value};

/// Marks of one register in the dense form: the same as that many commands of the types `MarkAttendance` and `ClearMark`
/// written out. All columns are in the order of the marks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = DenseMarks)]
pub(crate) struct Columns {
    /// The place of the first of them in the batch as if all of it were written out, from 0. The others follow it; what is
    /// in `commands` takes the places that are left.
    #[schema(maximum = 999, example = 0)]
    pub(super) index: usize,
    /// The register of all of them.
    pub(super) session: Session,
    /// What the first of them has in full.
    pub(super) first: First,
    /// How each of the others differs from the one before.
    pub(super) steps: Steps,
    /// One letter for each mark. `P` present, `A` absent, `L` late, `E` excused are a `MarkAttendance`; `U`, unmarked, is a
    /// `ClearMark`.
    #[schema(pattern = "^[PALEU]{1,1000}$", example = "PPL")]
    pub(super) statuses: String,
    /// For each mark the first bytes of the student's id, equally many, 1 to 16, as base64url without padding. They must be
    /// those of one student only among those who are enrolled in the class on the date, as `GET /roster` tells the sender.
    #[serde(deserialize_with = "bytes")]
    #[schema(value_type = String, example = "uIlo")]
    pub(super) students: Vec<u8>,
    /// The first 9 bytes, as base64url, of the SHA-256 of what it should come to: for each mark the 16 bytes of its
    /// `command_id`, then those of its `student_id`.
    #[serde(deserialize_with = "bytes")]
    #[schema(value_type = String, min_length = 12, max_length = 12, example = "dudcRv9TD3t2")]
    pub(super) check: Vec<u8>,
    /// How late, for those marks of which that is known: by their places among these marks, from 0.
    #[schema(value_type = Option<BTreeMap<String, u16>>, example = json!({"2": 7}))]
    pub(super) minutes_late: Option<BTreeMap<String, Value>>,
    /// Remarks, for those marks that have one: by their places among these marks, from 0.
    #[schema(value_type = Option<BTreeMap<String, String>>, example = json!({"2": "bus"}))]
    pub(super) remarks: Option<BTreeMap<String, Value>>,
}

/// What the first of marks in the dense form has in full.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = FirstOfDenseMarks)]
pub(crate) struct First {
    /// Its id, a UUIDv7.
    #[schema(value_type = uuid::Uuid)]
    pub(super) command_id: CommandId,
    /// When it happened.
    #[serde(deserialize_with = "value::moment")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub(super) occurred_at: Instant,
    /// The device's number for it. Without one, none of these marks has any.
    #[serde(default, deserialize_with = "value::optional_count")]
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    pub(super) device_seq: Option<i64>,
}

/// How each of marks in the dense form, but the first, differs from the one before: one number less than there are marks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = StepsOfDenseMarks)]
pub(crate) struct Steps {
    /// By how many milliseconds the time in its `command_id` is later.
    #[schema(example = json!([0, 1804]))]
    pub(super) id_ms: Vec<i64>,
    /// By how much the rest of its `command_id` is greater: the 74 bits after the time that are neither version nor variant,
    /// as one number, modulo 2⁷⁴. Equally many bytes for each, 1 to 10, the greatest first, as base64url without padding.
    #[serde(deserialize_with = "bytes")]
    #[schema(value_type = String, example = "cKR0NAjDDgc")]
    pub(super) id: Vec<u8>,
    /// By how many milliseconds it happened later.
    #[schema(example = json!([1, 1804]))]
    pub(super) occurred_ms: Vec<i64>,
    /// By how much its `device_seq` is greater; 1 for each of them if this is missing.
    pub(super) device_seq: Option<Vec<i64>>,
}

impl Columns {
    /// How many marks they are.
    pub(crate) fn count(&self) -> usize {
        self.statuses.len()
    }
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64
        .decode(text)
        .map_err(|_| de::Error::custom("bytes are written as base64url without padding"))
}
