//! Pages of a list: `limit` and `cursor` in, `items` and `next_cursor` out.

use platform::problem::{Problem, Slug};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::cursor::{self, Key};
use crate::parameters::Parameters;

/// How many items a page has when nobody says.
const DEFAULT_LIMIT: u16 = 100;
/// The most items a page can have.
const MAX_LIMIT: u16 = 500;

/// The parameters of every list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; PageRequest is what is read"
)]
pub(crate) struct PageParameters {
    /// How many items: 1 to 500.
    #[param(default = 100)]
    limit: Option<u16>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which page is wanted. `K` is the list's order: the key of its rows.
#[derive(Debug, Clone)]
pub(crate) struct PageRequest<K> {
    limit: u16,
    /// The key of the last row already seen; none for the first page.
    pub(crate) after: Option<K>,
}

impl<K: Key> PageRequest<K> {
    /// Takes `limit` and `cursor`.
    ///
    /// # Errors
    /// `bad-position` if the cursor is not one that this list gave.
    pub(crate) fn take(parameters: &mut Parameters) -> Result<Self, Problem> {
        let limit = parameters.text("limit").map_or(DEFAULT_LIMIT, |text| {
            let limit = text
                .parse()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit));
            limit.unwrap_or_else(|| {
                parameters.fault("limit", "is a number from 1 to 500");
                DEFAULT_LIMIT
            })
        });
        let after = match parameters.text("cursor") {
            None => None,
            Some(text) => Some(cursor::decode(&text).ok_or_else(|| {
                Problem::new(Slug::BadPosition)
                    .field("/cursor", "is not a next_cursor of this list")
            })?),
        };
        Ok(Self { limit, after })
    }
}

impl<K> PageRequest<K> {
    /// The first page, as long as a page can be.
    pub(crate) fn first() -> Self {
        Self {
            limit: MAX_LIMIT,
            after: None,
        }
    }

    /// The page after the row with this key, as long as a page can be.
    pub(crate) fn after(key: K) -> Self {
        Self {
            limit: MAX_LIMIT,
            after: Some(key),
        }
    }

    /// How many rows to ask the database for: one more than the page holds tells whether another page follows.
    pub(crate) fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cuts the rows to the page, and answers the key of its last row if another page follows.
    pub(crate) fn cut<R, L>(&self, rows: &mut Vec<R>, key: impl Fn(&R) -> L) -> Option<L> {
        let limit = usize::from(self.limit);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().map(key)
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// What to send as `cursor` for the page after this one; null on the last page.
    #[schema(example = "WyIyMDI2LTExLTI0Il0")]
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of a list that is known whole, in the order of its keys.
    ///
    /// # Errors
    /// The key has no text.
    pub(crate) fn of_all<K: Key + Ord>(
        mut items: Vec<T>,
        request: &PageRequest<K>,
        key: impl Fn(&T) -> K,
    ) -> Result<Self, Problem> {
        if let Some(after) = &request.after {
            items.retain(|item| key(item) > *after);
        }
        items.sort_by_cached_key(&key);
        let next = request.cut(&mut items, key);
        Self::new(items, next)
    }

    /// A page whose last row has the key `next`, if another one follows.
    ///
    /// # Errors
    /// The key has no text.
    pub(crate) fn new<K: Key>(items: Vec<T>, next: Option<K>) -> Result<Self, Problem> {
        let next_cursor = next
            .as_ref()
            .map(cursor::encode)
            .transpose()
            .map_err(Problem::internal)?;
        Ok(Self { items, next_cursor })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn request(query: &str) -> Result<PageRequest<Uuid>, Problem> {
        let mut parameters = Parameters::parse(query)?;
        let page = PageRequest::take(&mut parameters)?;
        parameters.finish()?;
        Ok(page)
    }

    #[test]
    fn a_page_has_a_hundred_items_unless_somebody_says_otherwise() {
        assert_eq!(request("").unwrap().rows(), 101);
        assert_eq!(request("limit=500").unwrap().rows(), 501);
        for query in [
            "limit=0",
            "limit=501",
            "limit=-1",
            "limit=ten",
            "limit=70000",
            "cursor=x",
        ] {
            assert!(request(query).is_err(), "{query}");
        }
    }

    #[test]
    fn a_row_too_many_means_that_another_page_follows() {
        let page = request("limit=2").unwrap();
        let mut rows = vec![1, 2, 3];
        assert_eq!(page.cut(&mut rows, |row| *row), Some(2));
        assert_eq!(rows, [1, 2]);
        assert_eq!(page.cut(&mut rows, |row| *row), None);
    }
}
