//! Where a page ends and the next one goes on, as an opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::position::Position;

/// What a list is ordered by.
pub(crate) trait Key: Serialize + DeserializeOwned {
    /// Whether a row could have it. chrono knows days that the database does not, and a cursor can be forged.
    fn is_possible(&self) -> bool;
}

impl Key for NaiveDate {
    fn is_possible(&self) -> bool {
        (1..=9999).contains(&self.year())
    }
}

impl Key for DateTime<Utc> {
    fn is_possible(&self) -> bool {
        self.date_naive().is_possible()
    }
}

impl Key for i64 {
    fn is_possible(&self) -> bool {
        true
    }
}

impl Key for String {
    fn is_possible(&self) -> bool {
        !self.contains('\0')
    }
}

impl Key for Uuid {
    fn is_possible(&self) -> bool {
        true
    }
}

impl Key for Position {
    fn is_possible(&self) -> bool {
        true
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    fn is_possible(&self) -> bool {
        self.0.is_possible() && self.1.is_possible()
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn is_possible(&self) -> bool {
        self.0.is_possible() && self.1.is_possible() && self.2.is_possible()
    }
}

/// Writes the key of the last row of a page.
///
/// # Errors
/// The key has no JSON form.
pub(crate) fn encode<K: Key>(key: &K) -> Result<String, serde_json::Error> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key)?))
}

/// Reads what [`encode`] wrote; none if the text is something else.
pub(crate) fn decode<K: Key>(text: &str) -> Option<K> {
    let key: K = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    key.is_possible().then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_the_key_it_was() {
        let key = (
            NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
            Uuid::from_u128(7),
        );
        let text = encode(&key).unwrap();
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert_eq!(decode::<(NaiveDate, Uuid)>(&text), Some(key));
    }

    #[test]
    fn another_lists_cursor_and_noise_are_no_cursor() {
        let other = encode(&Uuid::from_u128(7)).unwrap();
        for text in ["", "!", "e30", &other, "W10"] {
            assert_eq!(decode::<(NaiveDate, Uuid)>(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_that_no_row_can_have_is_no_cursor() {
        for date in ["-0001-01-01", "0000-12-31", "+10000-01-01", "+262142-12-31"] {
            let forged = URL_SAFE_NO_PAD.encode(format!("[\"{date}\",\"{}\"]", Uuid::nil()));
            assert_eq!(decode::<(NaiveDate, Uuid)>(&forged), None, "{date}");
            let forged =
                URL_SAFE_NO_PAD.encode(format!("[\"{date}T00:00:00Z\",\"{}\"]", Uuid::nil()));
            assert_eq!(decode::<(DateTime<Utc>, Uuid)>(&forged), None, "{date}");
        }
    }
}
