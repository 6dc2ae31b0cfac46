//! Pages of the lists that the office keeps.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::problem::{Problem, Slug};

const USUAL_PAGE: i64 = 50;
const LARGEST_PAGE: i64 = 200;

/// How many items a page has.
///
/// # Errors
/// `invalid-field`.
pub(crate) fn size_of(limit: Option<i64>) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(USUAL_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::new(Slug::InvalidField).field("/limit", "must be between 1 and 200"));
    }
    Ok(limit)
}

/// Takes away the one item more than a page has that was asked for, and answers whether it was there.
pub(crate) fn cut<T>(items: &mut Vec<T>, size: i64) -> bool {
    let has_more = i64::try_from(items.len()).is_ok_and(|found| found > size);
    if has_more {
        items.pop();
    }
    has_more
}

/// What a client sends back to go on after the key.
pub(crate) fn cursor_of(key: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The key to go on after; none for the first page.
///
/// # Errors
/// `bad-position`.
pub(crate) fn key_of<T>(
    cursor: Option<&str>,
    read: impl FnOnce(Vec<u8>) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let key = bytes.and_then(read);
    key.map(Some).ok_or_else(|| Problem::new(Slug::BadPosition))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: Vec<u8>) -> Option<i64> {
        Some(i64::from_be_bytes(bytes.try_into().ok()?))
    }

    #[test]
    fn a_cursor_leads_back_to_where_it_was_made() {
        let cursor = cursor_of(&1234_i64.to_be_bytes());
        assert_eq!(key_of(Some(&cursor), number).unwrap(), Some(1234));
        assert_eq!(key_of(None, number).unwrap(), None);
        for wrong in ["", "x", "AAAA", "!!!!"] {
            let problem = key_of(Some(wrong), number).unwrap_err();
            assert_eq!(problem.slug(), Slug::BadPosition);
        }
    }

    #[test]
    fn what_is_more_than_a_page_is_cut_off() {
        let mut items = vec![1, 2, 3];
        assert!(cut(&mut items, 2));
        assert!(!cut(&mut items, 2));
        assert_eq!(items, [1, 2]);
    }
}
