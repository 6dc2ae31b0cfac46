use chrono::Days;
use proptest::prelude::*;

use super::*;
use crate::samples::{day, today};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version {
    number: u32,
    valid_from: NaiveDate,
}

impl Versioned for Version {
    fn version(&self) -> u32 {
        self.number
    }

    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }
}

/// Versions made one after the other, valid from these days.
fn versions(days: &[NaiveDate]) -> Vec<Version> {
    (1..)
        .zip(days)
        .map(|(number, valid_from)| Version {
            number,
            valid_from: *valid_from,
        })
        .collect()
}

fn number_on(versions: &[Version], date: &str) -> Option<u32> {
    in_force(versions.iter().copied(), day(date)).map(|version| version.number)
}

#[test]
fn a_version_holds_from_its_day_on() {
    let versions = versions(&[day("2026-01-01"), day("2026-11-24")]);
    assert_eq!(number_on(&versions, "2025-12-31"), None);
    assert_eq!(number_on(&versions, "2026-11-23"), Some(1));
    assert_eq!(number_on(&versions, "2026-11-24"), Some(2));
}

#[test]
fn a_mistake_is_put_right_by_a_version_valid_from_an_earlier_day() {
    let versions = versions(&[day("2026-01-01"), day("2026-11-24"), day("2026-09-01")]);
    assert_eq!(number_on(&versions, "2026-08-31"), Some(1));
    assert_eq!(number_on(&versions, "2026-09-01"), Some(3));
    assert_eq!(number_on(&versions, "2026-11-24"), Some(3));
}

fn any_days() -> impl Strategy<Value = Vec<NaiveDate>> {
    prop::collection::vec((0..30_u64).prop_map(|days| today() + Days::new(days)), 1..8)
}

proptest! {
    #[test]
    fn a_new_version_changes_every_day_from_its_own_on_and_none_before(
        days in any_days(),
        date in (0..40_u64).prop_map(|days| today() + Days::new(days)),
    ) {
        let all = versions(&days);
        let (newest, before) = all.split_last().unwrap();
        let expected = if date < newest.valid_from {
            in_force(before.iter().copied(), date)
        } else {
            Some(*newest)
        };
        prop_assert_eq!(in_force(all, date), expected);
    }

    #[test]
    fn in_which_order_versions_are_named_makes_no_difference(
        (days, shuffled) in any_days()
            .prop_flat_map(|days| (Just(days.clone()), Just(versions(&days)).prop_shuffle())),
        date in (0..40_u64).prop_map(|days| today() + Days::new(days)),
    ) {
        prop_assert_eq!(in_force(shuffled, date), in_force(versions(&days), date));
    }
}
