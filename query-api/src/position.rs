//! A place in the order of the feed, as clients hold it.
//!
//! Queries know of the feed only that places in it can be compared and that clients pass them back unchanged. The text
//! is the event store's; the audit module's tests hold the two to each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A place in the order of the feed. `Ord` is that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    /// The store's epoch.
    pub(crate) epoch: i32,
    /// The transaction that appended the event.
    pub(crate) transaction_id: u64,
    /// The event's number.
    pub(crate) number: i64,
}

/// The text is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position")]
pub(crate) struct InvalidPosition;

impl Position {
    /// Before the first event.
    pub(crate) const START: Self = Self {
        epoch: 0,
        transaction_id: 0,
        number: 0,
    };

    /// From three columns, the transaction id as text because sqlx has no type for it.
    ///
    /// # Errors
    /// The text is no transaction id.
    pub(crate) fn from_columns(
        epoch: i32,
        transaction_id: &str,
        number: i64,
    ) -> Result<Self, InvalidPosition> {
        let transaction_id = transaction_id.parse().map_err(|_| InvalidPosition)?;
        Ok(Self {
            epoch,
            transaction_id,
            number,
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:x}-{:x}-{:x}",
            self.epoch, self.transaction_id, self.number
        )
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let parts: Vec<&str> = text.split('-').collect();
        let [epoch, transaction_id, number] = parts[..] else {
            return Err(InvalidPosition);
        };
        let position = Self {
            epoch: i32::from_str_radix(epoch, 16).map_err(|_| InvalidPosition)?,
            transaction_id: u64::from_str_radix(transaction_id, 16).map_err(|_| InvalidPosition)?,
            number: i64::from_str_radix(number, 16).map_err(|_| InvalidPosition)?,
        };
        // A place has one text: what reads as it but is not written so was made by somebody else.
        (position.to_string() == text)
            .then_some(position)
            .ok_or(InvalidPosition)
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
