//! A day of the week.

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// A day of the week as ISO 8601 counts them: Monday is 1, Sunday 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Weekday(u8);

impl Weekday {
    /// Takes a number.
    ///
    /// # Errors
    /// It is not 1 to 7.
    pub fn new(number: u8) -> Result<Self, InvalidValue> {
        if (1..=7).contains(&number) {
            Ok(Self(number))
        } else {
            Err(InvalidValue(
                "a day of the week is a number from 1, Monday, to 7, Sunday".to_owned(),
            ))
        }
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Weekday {
    type Error = InvalidValue;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl From<Weekday> for u8 {
    fn from(weekday: Weekday) -> Self {
        weekday.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_has_seven_days() {
        assert_eq!(Weekday::new(1).unwrap().number(), 1);
        assert_eq!(Weekday::new(7).unwrap().number(), 7);
        assert!(Weekday::new(0).is_err());
        assert!(Weekday::new(8).is_err());
    }
}
