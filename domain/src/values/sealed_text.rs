//! Free text that only holders of the keys can read.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A remark or reason as sealed bytes; this crate never sees what it says.
///
/// A text that is missing or blank is never sealed: it arrives as [`SealedText::default`], which has no bytes, and a
/// command that needs a reason is refused with it.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct SealedText(Vec<u8>);

impl SealedText {
    /// Takes sealed bytes.
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether there is no text at all.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for SealedText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

impl fmt::Debug for SealedText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SealedText({})", STANDARD.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_survive_json() {
        let text = SealedText::new(vec![0, 1, 254, 255]);
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(json, r#""AAH+/w==""#);
        assert_eq!(serde_json::from_str::<SealedText>(&json).unwrap(), text);
    }
}
