//! What is kept beside an event and decides nothing.

use std::collections::BTreeMap;

use domain::UserId;
use serde::{Deserialize, Serialize};

/// What is kept beside an event for people who look into it later. Nothing is decided by it and nothing is queried by it.
///
/// Stored as a flat JSON object whose values are all text, which is how cqrs-es reads metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The device's own running number of the command.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "number_as_text"
    )]
    pub device_seq: Option<i64>,
    /// Version of the program on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// By how many milliseconds the server shifted the stamps of the batch.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "number_as_text"
    )]
    pub clock_offset_ms: Option<i64>,
    /// Who handed the command in, if it did not come from the device itself. Whose it is, is the event's actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_by: Option<UserId>,
    /// Whatever else was said about the command.
    #[serde(flatten)]
    pub further: BTreeMap<String, String>,
}

mod number_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(
        number: &Option<i64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<i64>, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map(Some)
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use uuid::Uuid;

    use super::*;

    fn metadata() -> Metadata {
        Metadata {
            device_seq: Some(17),
            clock_offset_ms: Some(-120),
            further: BTreeMap::from([("file".to_owned(), "enrollments.csv".to_owned())]),
            ..Metadata::default()
        }
    }

    fn handed_in() -> Metadata {
        Metadata {
            device_seq: Some(17),
            app_version: Some("1.4.0".to_owned()),
            submitted_by: Some(Uuid::from_u128(7).into()),
            ..Metadata::default()
        }
    }

    #[test]
    fn absent_fields_take_no_room() {
        assert_eq!(serde_json::to_string(&Metadata::default()).unwrap(), "{}");
    }

    /// The stored bytes are hashed, so what is written today is written the same for ever.
    #[test]
    fn its_bytes_stay_what_they_are() {
        assert_eq!(
            serde_json::to_string(&metadata()).unwrap(),
            r#"{"device_seq":"17","clock_offset_ms":"-120","file":"enrollments.csv"}"#
        );
        assert_eq!(
            serde_json::to_string(&handed_in()).unwrap(),
            r#"{"device_seq":"17","app_version":"1.4.0","submitted_by":"00000000-0000-0000-0000-000000000007"}"#
        );
    }

    #[test]
    fn it_reads_back_as_it_was() {
        for metadata in [metadata(), handed_in()] {
            let text = serde_json::to_string(&metadata).unwrap();
            assert_eq!(serde_json::from_str::<Metadata>(&text).unwrap(), metadata);
        }
    }

    #[test]
    fn cqrs_es_can_read_it() {
        let text = serde_json::to_string(&metadata()).unwrap();
        let map: HashMap<String, String> = serde_json::from_str(&text).unwrap();
        assert_eq!(map["device_seq"], "17");
        assert_eq!(map["clock_offset_ms"], "-120");
        assert_eq!(map["file"], "enrollments.csv");
        let text = serde_json::to_string(&handed_in()).unwrap();
        assert!(serde_json::from_str::<HashMap<String, String>>(&text).is_ok());
    }
}
