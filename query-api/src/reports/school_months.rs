//! School days as bits: a number for each month, whose lowest bit is the first day. So are the days kept on which registers
//! count for a student, and whole terms are compared in a few steps.

use chrono::{Datelike, NaiveDate};

/// The school days of a range, month by month.
#[derive(Debug)]
pub(super) struct SchoolMonths {
    /// The first days of the months that have school days, in order.
    pub(super) months: Vec<NaiveDate>,
    days: Vec<u32>,
}

/// Some of the school days: a number for each month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MonthDays(Vec<u32>);

/// The first day of the month that a day is in.
fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// The bits of the days of the month that are on `from` or later, and before `until`.
fn between(month: NaiveDate, from: NaiveDate, until: Option<NaiveDate>) -> u32 {
    // The days of the month before a date: none, some or all.
    let before = |date: NaiveDate| match month_of(date).cmp(&month) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => (1 << date.day0()) - 1,
        std::cmp::Ordering::Greater => u32::MAX,
    };
    until.map_or(u32::MAX, before) & !before(from)
}

impl SchoolMonths {
    /// Of days in order.
    pub(super) fn of(school_days: &[NaiveDate]) -> Self {
        let mut months: Vec<NaiveDate> = Vec::new();
        let mut days: Vec<u32> = Vec::new();
        for day in school_days {
            let month = month_of(*day);
            if months.last() != Some(&month) {
                months.push(month);
                days.push(0);
            }
            if let Some(days) = days.last_mut() {
                *days |= 1 << day.day0();
            }
        }
        Self { months, days }
    }

    /// The place of a month that has school days.
    pub(super) fn place(&self, month: NaiveDate) -> Option<usize> {
        self.months.binary_search(&month).ok()
    }

    /// No school day.
    pub(super) fn none(&self) -> MonthDays {
        MonthDays(vec![0; self.months.len()])
    }
}

impl MonthDays {
    /// Adds the school days from a date until before another.
    pub(super) fn add(&mut self, school: &SchoolMonths, from: NaiveDate, until: Option<NaiveDate>) {
        let months = school.months.iter().zip(&school.days);
        for (days, (month, all)) in self.0.iter_mut().zip(months) {
            *days |= all & between(*month, from, until);
        }
    }

    /// Those of one month.
    pub(super) fn of_month(&self, place: usize) -> u32 {
        self.0.get(place).copied().unwrap_or_default()
    }

    /// How many there are.
    pub(super) fn count(&self) -> i64 {
        self.0.iter().map(|days| i64::from(days.count_ones())).sum()
    }

    /// Whether a day is one of them.
    pub(super) fn contains(&self, school: &SchoolMonths, date: NaiveDate) -> bool {
        let place = school.place(month_of(date));
        place.is_some_and(|place| self.of_month(place) & (1 << date.day0()) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_those_of_school_and_of_the_span_across_months() {
        let days: Vec<NaiveDate> = ["2026-01-30", "2026-02-02", "2026-02-03", "2026-04-01"]
            .map(day)
            .into();
        let school = SchoolMonths::of(&days);
        assert_eq!(
            school.months,
            ["2026-01-01", "2026-02-01", "2026-04-01"].map(day)
        );
        let spans = [
            ("2026-01-01", None, 4),
            ("2026-01-30", Some("2026-01-30"), 0),
            ("2026-01-31", None, 3),
            ("2026-01-01", Some("2026-02-03"), 2),
            ("2026-02-03", Some("2026-04-01"), 1),
            ("2026-02-03", Some("2027-04-01"), 2),
        ];
        for (from, until, count) in spans {
            let mut span = school.none();
            span.add(&school, day(from), until.map(day));
            assert_eq!(span.count(), count, "{from} {until:?}");
            for date in &days {
                let is_in = *date >= day(from) && until.is_none_or(|until| *date < day(until));
                assert_eq!(
                    span.contains(&school, *date),
                    is_in,
                    "{date} {from} {until:?}"
                );
            }
        }
    }

    #[test]
    fn the_last_day_of_a_long_month_has_a_bit_too() {
        let days = [day("2026-01-31")];
        let school = SchoolMonths::of(&days);
        let mut span = school.none();
        span.add(&school, day("2026-01-31"), Some(day("2026-02-01")));
        assert_eq!(span.of_month(0), 1 << 30);
        assert!(!span.contains(&school, day("2026-02-01")));
    }
}
