//! Where a page ends and the next one goes on, as an opaque text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes the key of the last row of a page.
///
/// # Errors
/// The key has no JSON form.
pub(crate) fn encode<K: Serialize>(key: &K) -> Result<String, serde_json::Error> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key)?))
}

/// Reads what [`encode`] wrote; none if the text is something else.
pub(crate) fn decode<K: DeserializeOwned>(text: &str) -> Option<K> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

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
}
