//! Holds the records against each other and against the store, and makes a [`SchoolRoster`] of each school. Everything
//! that does not fit is found in one go.

mod classes;
mod lookup;
mod people;
mod rolls;
mod schools;
mod terms;

use super::EndDates;
use super::finding::Findings;
use super::known::Known;
use super::read::{Manifest, Records};
use super::roster::SchoolRoster;
use lookup::Lookup;
pub(super) use schools::code_of;

/// What a check looks at.
#[derive(Debug, Clone, Copy)]
struct Checked<'a> {
    records: &'a Records,
    manifest: &'a Manifest,
    known: &'a Known,
    end_dates: EndDates,
    lookup: &'a Lookup<'a>,
}

/// The schools as the files state them; complete only if nothing was found.
pub(super) fn check(
    records: &Records,
    manifest: &Manifest,
    known: &Known,
    end_dates: EndDates,
    findings: &mut Findings,
) -> Vec<SchoolRoster> {
    let lookup = Lookup::new(records, findings);
    let checked = Checked {
        records,
        manifest,
        known,
        end_dates,
        lookup: &lookup,
    };
    let mut schools = schools::check(checked, findings);
    terms::check(checked, &mut schools, findings);
    classes::check(checked, &mut schools, findings);
    people::check(checked, &mut schools, findings);
    rolls::check(checked, &mut schools, findings);
    schools.into_values().collect()
}

#[cfg(test)]
mod tests;
