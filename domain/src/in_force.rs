//! Which version of something holds on which date.

use chrono::NaiveDate;

/// Something that comes in numbered versions, each valid from a day on.
pub trait Versioned {
    /// Its number; the higher ones were made later.
    fn version(&self) -> u32;

    /// The first day on which it can be in force.
    fn valid_from(&self) -> NaiveDate;
}

/// The version in force on a date: the highest whose first day is not after it.
///
/// So a version that is valid from today changes no day before, and a mistake is put right by one that is valid from an
/// earlier day.
pub fn in_force<V: Versioned>(versions: impl IntoIterator<Item = V>, date: NaiveDate) -> Option<V> {
    versions
        .into_iter()
        .filter(|version| version.valid_from() <= date)
        .max_by_key(Versioned::version)
}

#[cfg(test)]
mod tests;
