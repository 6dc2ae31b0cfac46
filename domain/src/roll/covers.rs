//! When one person covers a class.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::event::CoverAssigned;
use super::periods::{Period, joined};
use crate::values::Slot;

/// The days on which one person covers a class: by part of the day, and under none the days of which every register is
/// theirs. No two periods of one part touch each other, and all of them have an end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covers(BTreeMap<Option<Slot>, Vec<Period>>);

impl Covers {
    /// Whether the register of this part of the day is theirs; a register without a slot is part of no other.
    pub fn contains(&self, date: NaiveDate, slot: Option<&Slot>) -> bool {
        let covers = |part: Option<&Slot>| {
            let mut parts = self.0.iter();
            parts.any(|(of, periods)| {
                of.as_ref() == part && periods.iter().any(|period| period.contains(date))
            })
        };
        covers(None) || (slot.is_some() && covers(slot))
    }

    /// Every period, with its part of the day.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&Slot>, Period)> {
        self.0
            .iter()
            .flat_map(|(slot, periods)| periods.iter().map(move |period| (slot.as_ref(), *period)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all that was asked for is theirs, on the first day at least.
    pub(super) fn begins(&self, event: &CoverAssigned) -> bool {
        parts(event).all(|slot| self.contains(event.from, slot.as_ref()))
    }

    /// Whether nothing is theirs from the day on.
    pub(super) fn has_ended(&self, until: NaiveDate) -> bool {
        self.iter()
            .all(|(_, period)| period.until.is_some_and(|end| end <= until))
    }

    pub(super) fn assign(&mut self, event: &CoverAssigned) {
        for slot in parts(event) {
            let periods = self.0.entry(slot).or_default();
            periods.push(Period {
                from: event.from,
                until: Some(event.until),
            });
            *periods = joined(std::mem::take(periods));
        }
    }

    /// Takes every day from this one on away; says whether there was one.
    pub(super) fn end(&mut self, until: NaiveDate) -> bool {
        let has_ended = self.has_ended(until);
        for periods in self.0.values_mut() {
            periods.retain(|period| period.from < until);
            for period in periods {
                period.until = period.until.map(|end| end.min(until));
            }
        }
        self.0.retain(|_, periods| !periods.is_empty());
        !has_ended
    }
}

/// The parts of the day that a cover is for; none is a part by itself.
fn parts(event: &CoverAssigned) -> impl Iterator<Item = Option<Slot>> {
    let named = event.slots.iter().flatten().cloned().map(Some);
    let whole_day = event.slots.is_none().then_some(None);
    named.chain(whole_day)
}
