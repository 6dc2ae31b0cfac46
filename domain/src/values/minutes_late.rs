//! How late a student came.

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// Minutes after the session's start, 0 to 240.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct MinutesLate(u16);

impl MinutesLate {
    /// The most minutes a student can be late; whoever comes later was absent.
    pub const MAX: u16 = 240;

    /// Takes a number of minutes.
    ///
    /// # Errors
    /// There are more than [`Self::MAX`] of them.
    pub fn new(minutes: u16) -> Result<Self, InvalidValue> {
        if minutes <= Self::MAX {
            Ok(Self(minutes))
        } else {
            Err(InvalidValue(format!(
                "minutes_late is at most {}",
                Self::MAX
            )))
        }
    }

    /// The number of minutes.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for MinutesLate {
    type Error = InvalidValue;

    fn try_from(minutes: u16) -> Result<Self, Self::Error> {
        Self::new(minutes)
    }
}

impl From<MinutesLate> for u16 {
    fn from(minutes: MinutesLate) -> Self {
        minutes.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_hours_late_is_the_most() {
        assert_eq!(MinutesLate::new(240).unwrap().get(), 240);
        assert!(MinutesLate::new(241).is_err());
    }
}
