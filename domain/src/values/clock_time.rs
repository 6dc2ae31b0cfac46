//! A time on the school's clock.

use std::fmt;

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// A time on the school's clock, to the minute, written as `08:05`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(NaiveTime);

impl ClockTime {
    /// Reads a time.
    ///
    /// # Errors
    /// The text is not five characters from `00:00` to `23:59`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        // The parser alone would also take "8:5" and blanks.
        let is_long_enough = text.len() == 5 && !text.contains(' ');
        is_long_enough
            .then(|| NaiveTime::parse_from_str(text, "%H:%M").ok())
            .flatten()
            .map(Self)
            .ok_or_else(|| InvalidValue("a time is written as 08:05".to_owned()))
    }

    /// The time, for storage.
    pub const fn as_time(self) -> NaiveTime {
        self.0
    }
}

impl TryFrom<String> for ClockTime {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_back_as_it_is_written() {
        for text in ["00:00", "08:05", "23:59"] {
            assert_eq!(ClockTime::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "", "8:05", "24:00", "12:60", "08:05:00", " 8:05", "8 am", "+8:05",
        ] {
            assert!(
                ClockTime::parse(text).is_err(),
                "{text:?} was read as a time"
            );
        }
    }
}
