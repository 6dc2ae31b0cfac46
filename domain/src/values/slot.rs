//! A part of the school day.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// The short name of a part of the day, such as `am` or `p1`: 1 to 32 of `a-z`, `0-9`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slot(String);

impl Slot {
    /// Reads a slot's name.
    ///
    /// # Errors
    /// The text is empty, too long, or holds another character.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue(
                "a slot is 1 to 32 lower-case letters, digits, hyphens or underscores".to_owned(),
            ))
        }
    }

    /// The slot's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Slot {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.0
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_slots_are_read() {
        for text in ["am", "p1", "after-school", "double_2", &"x".repeat(32)] {
            assert_eq!(Slot::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn slots_with_other_characters_or_lengths_are_no_slots() {
        for text in ["", "AM", "p 1", "p|1", "é", "a\0", &"x".repeat(33)] {
            assert!(Slot::parse(text).is_err(), "{text:?} was read as a slot");
        }
    }
}
