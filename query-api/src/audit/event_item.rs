//! An event as auditors see it.

use std::collections::HashMap;

use domain::SealedText;
use platform::problem::Problem;
use platform::server::Services;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::find_events::EventRow;
use crate::instant::Instant;
use crate::person::Person;
use crate::texts;

/// An event, exactly as it is stored, with the names and texts that go with it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventItem {
    /// The place in the order of all events.
    #[schema(example = "1-2fa-1c40")]
    position: String,
    stream: EventStream,
    /// The place in the stream, from 1.
    #[schema(example = 3)]
    sequence: i64,
    /// The stored name.
    #[serde(rename = "type")]
    #[schema(example = "attendance_marked")]
    kind: String,
    #[schema(example = "1")]
    version: String,
    /// The stored bytes, which are what is hashed. Texts are sealed in them.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// The stored bytes, which are what is hashed. `submitted_by` is the user who handed the command in, if it did not come
    /// from the actor's device itself.
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
    /// The remarks in the payload, opened; null if there are none, or if they were erased.
    remarks: Option<String>,
    /// The reason in the payload, or the note of a sign-off, opened; null if there is none, or if it was erased.
    reason: Option<String>,
    command_id: Uuid,
    actor: Person,
    device_id: Option<Uuid>,
    /// When it happened.
    occurred_at: Instant,
    /// When it happened as the device claimed.
    raw_occurred_at: Instant,
    /// When it arrived.
    recorded_at: Instant,
    /// The same in microseconds since 1970, which is what is hashed.
    #[schema(example = 1_795_593_670_456_789_i64)]
    recorded_at_micros: i64,
    #[schema(example = json!(["late_arrival"]))]
    flags: Vec<String>,
    /// SHA-256 over the event and the hash before it in the stream, in hexadecimal.
    hash: String,
}

/// What the event is about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventStream {
    /// `attendance_session`, `attendance_exception`, `class_roll`, `school_policy`, `school_calendar`,
    /// `period_sign_off` or `student_alias`.
    #[serde(rename = "type")]
    #[schema(example = "attendance_session")]
    kind: String,
    id: String,
}

/// The sealed texts of an event, whatever its type.
#[derive(Debug, Default, Deserialize)]
struct SealedFields {
    remarks: Option<SealedText>,
    /// Or the note of a sign-off.
    #[serde(alias = "note")]
    reason: Option<SealedText>,
}

impl SealedFields {
    /// Finds them in a payload, which has one member, named after the event's type. Anything else has no texts to open
    /// and is shown as it is.
    fn of(payload: &str) -> Self {
        serde_json::from_str::<HashMap<String, Self>>(payload)
            .ok()
            .and_then(|events| events.into_values().next())
            .unwrap_or_default()
    }
}

/// Opens the texts of events.
///
/// # Errors
/// The keys cannot be read, or a row makes no sense.
pub(super) async fn event_items(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
    rows: Vec<EventRow>,
) -> Result<Vec<EventItem>, Problem> {
    let fields: Vec<SealedFields> = rows
        .iter()
        .map(|row| SealedFields::of(&row.payload))
        .collect();
    let sealed = fields
        .iter()
        .flat_map(|fields| [&fields.remarks, &fields.reason])
        .map(|text| text.as_ref().map(SealedText::as_bytes));
    let mut opened = texts::open(services, connection, school_id, sealed).await?;
    let mut next_text = || opened.next().flatten();
    rows.into_iter()
        .map(|row| EventItem::new(row, next_text(), next_text()))
        .collect()
}

impl EventItem {
    fn new(
        row: EventRow,
        remarks: Option<String>,
        reason: Option<String>,
    ) -> Result<Self, Problem> {
        Ok(Self {
            position: row.position()?.to_string(),
            stream: EventStream {
                kind: row.aggregate_type,
                id: row.aggregate_id,
            },
            sequence: row.sequence,
            kind: row.event_type,
            version: row.event_version,
            payload: RawValue::from_string(row.payload).map_err(Problem::internal)?,
            metadata: RawValue::from_string(row.metadata).map_err(Problem::internal)?,
            remarks,
            reason,
            command_id: row.command_id,
            actor: Person {
                id: row.actor_id,
                name: row.actor_name,
            },
            device_id: row.device_id,
            occurred_at: row.occurred_at.into(),
            raw_occurred_at: row.raw_occurred_at.into(),
            recorded_at: row.recorded_at.into(),
            recorded_at_micros: row.recorded_at.timestamp_micros(),
            flags: row.flags,
            hash: row.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_any_event_are_found() {
        let fields = SealedFields::of(r#"{"session_voided":{"session":{},"reason":"AQI="}}"#);
        assert_eq!(fields.reason, Some(SealedText::new(vec![1, 2])));
        assert_eq!(fields.remarks, None);
    }

    #[test]
    fn a_payload_of_another_shape_has_no_texts() {
        for payload in [
            "{}",
            "[]",
            r#"{"session_opened":7}"#,
            r#"{"x":{"reason":{"deep":1}}}"#,
        ] {
            assert_eq!(SealedFields::of(payload).reason, None, "{payload}");
        }
    }
}
