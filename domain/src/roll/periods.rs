//! The periods in which one person belongs to one class.

use chrono::NaiveDate;

/// Days in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The first day that no longer belongs to it; none while no end is known.
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Whether a day belongs to the period.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }
}

/// The same days as periods that are apart and in order.
pub fn joined(mut periods: Vec<Period>) -> Vec<Period> {
    periods.sort_unstable();
    let mut joined: Vec<Period> = Vec::with_capacity(periods.len());
    for period in periods {
        match joined.last_mut() {
            Some(last) if last.until.is_none_or(|until| period.from <= until) => {
                let ends = last.until.zip(period.until);
                last.until = ends.map(|(one, other)| one.max(other));
            }
            _ => joined.push(period),
        }
    }
    joined
}

/// Begins a period, unless the day is in one already.
///
/// A period that begins later begins on this day instead and keeps its end; one that ended on this very day goes on.
pub(super) fn begin(periods: &mut Vec<Period>, from: NaiveDate) {
    if periods.iter().any(|period| period.contains(from)) {
        return;
    }
    let next = periods.partition_point(|period| period.from < from);
    let until = if next < periods.len() {
        periods.remove(next).until
    } else {
        None
    };
    let ended_today = next
        .checked_sub(1)
        .filter(|&before| periods[before].until == Some(from));
    match ended_today {
        Some(before) => periods[before].until = until,
        None => periods.insert(next, Period { from, until }),
    }
}

/// Ends the last period that begins before the day, or ends it on this day instead; says whether there was one.
pub(super) fn end(periods: &mut [Period], until: NaiveDate) -> bool {
    let last = periods.iter_mut().rfind(|period| period.from < until);
    if let Some(period) = last {
        period.until = Some(until);
        true
    } else {
        false
    }
}

/// Takes the period that begins on the day away; says whether there was one.
pub(super) fn cancel(periods: &mut Vec<Period>, from: NaiveDate) -> bool {
    let before = periods.len();
    periods.retain(|period| period.from != from);
    periods.len() < before
}

#[cfg(test)]
mod tests;
