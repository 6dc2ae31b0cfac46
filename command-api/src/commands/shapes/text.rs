//! Free text as sent, before it is sealed.

use serde::{Deserialize, Deserializer, Serialize, de};

/// The most characters of a remark or a reason.
pub(crate) const MAX_CHARACTERS: usize = 500;

/// A remark or a reason: at most [`MAX_CHARACTERS`], trimmed, without control characters other than line breaks and
/// tabs. It may be blank, which says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FreeText(String);

impl FreeText {
    /// Takes a text.
    ///
    /// # Errors
    /// It is too long or holds control characters; the message says which.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        if text.chars().count() > MAX_CHARACTERS {
            Err("a text has at most 500 characters")
        } else if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            Err("a text holds no control characters")
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text, unless it is blank.
    pub(crate) fn said(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

/// Whether there is no text, or one that says nothing.
pub(super) fn says_nothing(text: &Option<FreeText>) -> bool {
    text.as_ref().and_then(FreeText::said).is_none()
}

impl<'de> Deserialize<'de> for FreeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_characters_are_the_most_whatever_their_bytes() {
        assert!(FreeText::parse(&"ü".repeat(500)).is_ok());
        assert!(FreeText::parse(&"x".repeat(501)).is_err());
        assert!(FreeText::parse(&format!("  {}  ", "x".repeat(500))).is_ok());
    }

    #[test]
    fn a_blank_text_says_nothing() {
        assert_eq!(FreeText::parse(" \n\t ").unwrap().said(), None);
        assert_eq!(FreeText::parse(" bus ").unwrap().said(), Some("bus"));
    }

    #[test]
    fn control_characters_are_no_text() {
        assert!(FreeText::parse("a\0b").is_err());
        assert!(FreeText::parse("a\u{1b}[31mb").is_err());
        assert!(FreeText::parse("two\nlines").is_ok());
    }
}
