//! A place in the global order of events.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A place in the global order of events.
///
/// `Ord` is the order of the feed. `position` alone is not: numbers are handed out before their transactions commit, so
/// the order is led by the transaction, and that by the store's epoch, because transaction ids start low again in a new
/// cluster. To clients it is an opaque token: `Display` writes it, `FromStr` reads it, and serde uses both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Epoch of the store when the event was appended.
    pub epoch: i32,
    /// Id of the transaction that appended it.
    pub transaction_id: u64,
    /// Number drawn at the insert.
    pub position: i64,
}

/// The text is not a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position")]
pub struct InvalidPosition;

impl Position {
    /// Before the first event.
    pub const START: Self = Self {
        epoch: 0,
        transaction_id: 0,
        position: 0,
    };

    /// The lowest place that a row can have, wherever somebody put it: for readers that look for what nobody appended.
    pub const LOWEST: Self = Self {
        epoch: i32::MIN,
        transaction_id: 0,
        position: i64::MIN,
    };

    /// From the columns of a row, `transaction_id` as text because sqlx knows no xid8.
    ///
    /// # Errors
    /// A decode error when the text is no transaction id.
    pub fn from_columns(epoch: i32, transaction_id: &str, position: i64) -> sqlx::Result<Self> {
        Ok(Self {
            epoch,
            transaction_id: parse_transaction_id(transaction_id)?,
            position,
        })
    }
}

/// Reads an xid8 that was selected as text.
pub(crate) fn parse_transaction_id(text: &str) -> sqlx::Result<u64> {
    text.parse()
        .map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:x}-{:x}-{:x}",
            self.epoch, self.transaction_id, self.position
        )
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let mut parts = text.split('-').map(parse_hex);
        let (Some(epoch), Some(transaction_id), Some(position), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(InvalidPosition);
        };
        Ok(Self {
            epoch: epoch?.try_into().map_err(|_| InvalidPosition)?,
            transaction_id: transaction_id?,
            position: position?.try_into().map_err(|_| InvalidPosition)?,
        })
    }
}

/// Only what `Display` writes: a place has one token.
fn parse_hex(text: &str) -> Result<u64, InvalidPosition> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !canonical || !digits {
        return Err(InvalidPosition);
    }
    u64::from_str_radix(text, 16).map_err(|_| InvalidPosition)
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(epoch: i32, transaction_id: u64, position: i64) -> Position {
        Position {
            epoch,
            transaction_id,
            position,
        }
    }

    #[test]
    fn the_epoch_leads_then_the_transaction_then_the_number() {
        let in_order = [
            Position::START,
            at(1, 5, 9),
            at(1, 6, 1),
            at(1, 6, 2),
            at(2, 1, 1),
        ];
        assert!(in_order.is_sorted());
    }

    #[test]
    fn a_token_reads_back_as_the_same_place() {
        for place in [
            Position::START,
            at(1, 747, 12),
            at(i32::MAX, u64::MAX, i64::MAX),
        ] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in [
            "",
            "1",
            "1-2",
            "1-2-3-4",
            "1-2-",
            "1-+2-3",
            "1-2-0x3",
            "01-2-3",
            "1-2-A",
            "1-2--3",
            "ffffffff-0-0",
            "0-0-ffffffffffffffff",
            "0-10000000000000000-0",
            "1-2-3 ",
        ] {
            assert_eq!(text.parse::<Position>(), Err(InvalidPosition), "{text}");
        }
    }
}
