//! What of a file could not be read. It has been said; what refers to it is not found wrong as well.

use std::collections::HashSet;

/// The sourcedIds that rows which could not be read may have.
#[derive(Debug, Default, Clone)]
pub(crate) struct Damage {
    /// Any id may stand in what could not be read.
    anything: bool,
    ids: HashSet<String>,
}

impl Damage {
    /// Whether a row that could not be read may have this id.
    pub(crate) fn may_hold(&self, sourced_id: &str) -> bool {
        self.anything || self.ids.contains(sourced_id)
    }

    /// Whether everything could be read.
    pub(crate) fn is_none(&self) -> bool {
        !self.anything && self.ids.is_empty()
    }

    /// The file is not there, is no table, or a row has no readable id.
    pub(super) fn be_anything(&mut self) {
        self.anything = true;
    }

    /// The cells of a row do not stand below the column names, and one that ends in the wrong place holds rows itself:
    /// whatever stands between two separators may be the id of one.
    pub(super) fn add_row(&mut self, cells: &csv::ByteRecord) {
        for cell in cells {
            let text = String::from_utf8_lossy(cell);
            self.ids.insert(text.trim().to_owned());
            let parts = text.split([',', '"', '\r', '\n']).map(str::trim);
            self.ids
                .extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
        }
    }
}
