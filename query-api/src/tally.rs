//! Entries counted by effective status, and the rates that a policy makes of them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::csv_export::Line;
use crate::policy::Policy;
use crate::rate::percent;

/// How many entries there are of each effective status. Unmarked are those on the roster without a status too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) present: i64,
    pub(crate) absent: i64,
    pub(crate) late: i64,
    pub(crate) excused: i64,
    pub(crate) unmarked: i64,
}

impl Tally {
    pub(crate) fn marked(&self) -> i64 {
        self.present + self.absent + self.late + self.excused
    }
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, one| Self {
            present: sum.present + one.present,
            absent: sum.absent + one.absent,
            late: sum.late + one.late,
            excused: sum.excused + one.excused,
            unmarked: sum.unmarked + one.unmarked,
        })
    }
}

/// Marked entries by effective status, and their rates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Rates {
    #[schema(example = 39)]
    marked: i64,
    #[schema(example = 35)]
    present: i64,
    #[schema(example = 2)]
    absent: i64,
    #[schema(example = 1)]
    late: i64,
    #[schema(example = 1)]
    excused: i64,
    /// Of what counts as present or absent under the policy, the share that counts as present, in percent; null if nothing
    /// counts.
    #[schema(example = "94.74")]
    pub(crate) attendance_rate: Option<String>,
    /// present / marked, in percent; null if nothing is marked.
    #[schema(example = "89.74")]
    pub(crate) present_rate: Option<String>,
}

impl Rates {
    /// The columns of [`cells`](Self::cells).
    pub(crate) const COLUMNS: [&str; 7] = [
        "marked",
        "present",
        "absent",
        "late",
        "excused",
        "attendance_rate",
        "present_rate",
    ];

    pub(crate) fn new(tally: &Tally, policy: &Policy) -> Self {
        let counts = policy.counts(tally);
        Self {
            marked: tally.marked(),
            present: tally.present,
            absent: tally.absent,
            late: tally.late,
            excused: tally.excused,
            attendance_rate: percent(counts.present, counts.present + counts.absent),
            present_rate: percent(tally.present.unsigned_abs(), tally.marked().unsigned_abs()),
        }
    }

    pub(crate) fn cells(&self) -> Line {
        let counts = [
            self.marked,
            self.present,
            self.absent,
            self.late,
            self.excused,
        ];
        let mut cells: Line = counts.iter().map(i64::to_string).collect();
        for rate in [&self.attendance_rate, &self.present_rate] {
            cells.push(rate.clone().unwrap_or_default());
        }
        cells
    }
}

/// As [`Rates`], with everybody who was on the roster: `roster = marked + unmarked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RosterRates {
    /// Students of each register, added up: of a class of 40 with a morning and an afternoon register, 80.
    #[schema(example = 40)]
    roster: i64,
    #[schema(example = 1)]
    unmarked: i64,
    #[serde(flatten)]
    rates: Rates,
}

impl RosterRates {
    /// The columns of [`cells`](Self::cells).
    pub(crate) const COLUMNS: [&str; 9] = [
        "roster",
        "marked",
        "unmarked",
        "present",
        "absent",
        "late",
        "excused",
        "attendance_rate",
        "present_rate",
    ];

    pub(crate) fn new(tally: &Tally, policy: &Policy) -> Self {
        Self {
            roster: tally.marked() + tally.unmarked,
            unmarked: tally.unmarked,
            rates: Rates::new(tally, policy),
        }
    }

    pub(crate) fn cells(&self) -> Line {
        let mut cells = self.rates.cells();
        cells.insert(0, self.roster.to_string());
        cells.insert(2, self.unmarked.to_string());
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(present: i64, absent: i64, late: i64, excused: i64) -> Rates {
        let tally = Tally {
            present,
            absent,
            late,
            excused,
            unmarked: 10,
        };
        Rates::new(&tally, &Policy::default())
    }

    #[test]
    fn late_is_not_absent_and_unmarked_is_neither() {
        let rates = rates(26, 2, 2, 0);
        assert_eq!(rates.attendance_rate.as_deref(), Some("93.33"));
        assert_eq!(rates.present_rate.as_deref(), Some("86.67"));
    }

    #[test]
    fn the_excused_count_for_neither_side_of_attendance() {
        let rates = rates(3, 1, 0, 6);
        assert_eq!(rates.attendance_rate.as_deref(), Some("75.00"));
        assert_eq!(rates.present_rate.as_deref(), Some("30.00"));
    }

    #[test]
    fn where_nobody_counts_there_is_no_rate() {
        assert_eq!(rates(0, 0, 0, 5).attendance_rate, None);
        assert_eq!(rates(0, 0, 0, 5).present_rate.as_deref(), Some("0.00"));
        assert_eq!(rates(0, 0, 0, 0).present_rate, None);
    }

    #[test]
    fn a_line_says_the_columns_in_their_order() {
        let tally = Tally {
            present: 1,
            absent: 2,
            late: 3,
            excused: 4,
            unmarked: 5,
        };
        let cells = RosterRates::new(&tally, &Policy::default()).cells();
        assert_eq!(
            cells,
            ["15", "10", "5", "1", "2", "3", "4", "66.67", "10.00"]
        );
        assert_eq!(cells.len(), RosterRates::COLUMNS.len());
    }
}
