//! How a moment is written in an answer.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A moment, written as RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-24T08:01:02.123Z")]
pub(crate) struct Instant(DateTime<Utc>);

impl Instant {
    /// The text that clients see.
    pub(crate) fn to_text(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_always_has_milliseconds() {
        for (stored, written) in [
            ("2026-11-24T08:01:02Z", "\"2026-11-24T08:01:02.000Z\""),
            (
                "2026-11-24T11:01:02.123987+03:00",
                "\"2026-11-24T08:01:02.123Z\"",
            ),
        ] {
            let moment: DateTime<Utc> = stored.parse().unwrap();
            assert_eq!(
                serde_json::to_string(&Instant::from(moment)).unwrap(),
                written
            );
        }
    }
}
