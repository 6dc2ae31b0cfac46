//! Which days a query is about.

use chrono::NaiveDate;

use crate::parameters::Parameters;

/// A range of days, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateRange {
    pub(crate) from: NaiveDate,
    pub(crate) to: NaiveDate,
}

/// The days that a query named: any end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamedDays {
    pub(crate) from: Option<NaiveDate>,
    pub(crate) to: Option<NaiveDate>,
}

impl NamedDays {
    /// Takes `date`, or else `from` and `to`.
    pub(crate) fn take(parameters: &mut Parameters) -> Self {
        let date = parameters.optional("date");
        let range = Self::take_range(parameters);
        if date.is_none() {
            return range;
        }
        if range.from.is_some() || range.to.is_some() {
            parameters.fault("date", "goes without from and to");
        }
        Self {
            from: date,
            to: date,
        }
    }

    /// Takes `from` and `to`.
    pub(crate) fn take_range(parameters: &mut Parameters) -> Self {
        let from: Option<NaiveDate> = parameters.optional("from");
        let to: Option<NaiveDate> = parameters.optional("to");
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            parameters.fault("to", "is before from");
        }
        Self { from, to }
    }

    /// The range, with all of time beyond an end that was left open.
    pub(crate) fn or_all_time(self) -> DateRange {
        DateRange {
            from: self.from.unwrap_or(FIRST_DAY),
            to: self.to.unwrap_or(LAST_DAY),
        }
    }

    /// The named days as part of a file name: `-2026-11-24`, `-2026-11-02-2026-11-24`, or nothing.
    pub(crate) fn file_name_part(self) -> String {
        match (self.from, self.to) {
            (None, None) => String::new(),
            (Some(from), Some(to)) if from == to => format!("-{from}"),
            (Some(from), Some(to)) => format!("-{from}-{to}"),
            (Some(from), None) => format!("-from-{from}"),
            (None, Some(to)) => format!("-to-{to}"),
        }
    }

    /// The range, with the ends of `default` where they were left open. The default gives way where it would turn the
    /// range around.
    pub(crate) fn or(self, default: DateRange) -> DateRange {
        let from = self.from.unwrap_or(default.from);
        let to = self.to.unwrap_or(default.to);
        match (self.from, self.to) {
            (Some(from), None) => DateRange {
                from,
                to: to.max(from),
            },
            (None, Some(to)) => DateRange {
                from: from.min(to),
                to,
            },
            (Some(_), Some(_)) | (None, None) => DateRange { from, to },
        }
    }
}

/// Before every day of every school. PostgreSQL knows far fewer days than chrono, so chrono's own ends are of no use.
pub(crate) const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
/// After every day that four digits of a year can name.
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

#[cfg(test)]
mod tests {
    use platform::problem::Problem;

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn days(query: &str) -> Result<NamedDays, Problem> {
        let mut parameters = Parameters::parse(query)?;
        let days = NamedDays::take(&mut parameters);
        parameters.finish()?;
        Ok(days)
    }

    #[test]
    fn a_date_is_a_range_of_one_day() {
        let range = days("date=2026-11-24").unwrap().or_all_time();
        assert_eq!(
            range,
            DateRange {
                from: day(24),
                to: day(24)
            }
        );
    }

    #[test]
    fn an_open_end_reaches_to_the_end_of_the_default() {
        let term = DateRange {
            from: day(2),
            to: day(20),
        };
        assert_eq!(days("").unwrap().or(term), term);
        assert_eq!(
            days("from=2026-11-09").unwrap().or(term),
            DateRange {
                from: day(9),
                to: day(20)
            }
        );
        assert_eq!(
            days("to=2026-11-09").unwrap().or(term),
            DateRange {
                from: day(2),
                to: day(9)
            }
        );
        assert_eq!(
            days("from=2026-11-24").unwrap().or(term),
            DateRange {
                from: day(24),
                to: day(24)
            }
        );
        assert_eq!(
            days("to=2026-11-01").unwrap().or(term),
            DateRange {
                from: day(1),
                to: day(1)
            }
        );
    }

    #[test]
    fn a_range_that_runs_backwards_or_repeats_itself_is_refused() {
        assert!(days("from=2026-11-24&to=2026-11-23").is_err());
        assert!(days("date=2026-11-24&from=2026-11-23").is_err());
    }
}
