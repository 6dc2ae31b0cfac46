//! What something of the school is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// What a holiday or a slot is called: 1 to 100 characters without control characters, no blanks around them. It is no
/// free text about anybody, so it is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Title(String);

impl Title {
    /// The most characters of a title.
    pub const MAX: usize = 100;

    /// Takes a title, without the blanks around it.
    ///
    /// # Errors
    /// It is blank, too long, or holds control characters.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        let length = text.chars().count();
        if (1..=Self::MAX).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue(format!(
                "a title has 1 to {} characters and no line breaks",
                Self::MAX
            )))
        }
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Title {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Title> for String {
    fn from(title: Title) -> Self {
        title.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_has_no_blanks_around_it() {
        assert_eq!(
            Title::parse(" Founders' Day ").unwrap().as_str(),
            "Founders' Day"
        );
        assert!(Title::parse(&"ü".repeat(100)).is_ok());
    }

    #[test]
    fn a_blank_a_long_and_a_broken_text_are_no_titles() {
        for text in ["", " \t ", "two\nlines", "a\0", &"x".repeat(101)] {
            assert!(Title::parse(text).is_err(), "{text:?} was read as a title");
        }
    }
}
