//! Days: what each is worth, and runs of them.

use super::counts::decimal;
use super::facts::{Entry, School, TODAY};

/// A number that every count of registers of a day divides: of so few classes and slots there are at most 27.
fn whole_day() -> u128 {
    (1..=27_u128).fold(1, |multiple, number| {
        (1..=number)
            .map(|factor| multiple * factor)
            .find(|it| it % number == 0)
            .unwrap()
    })
}

/// A student's school days of a range.
pub(super) struct StudentDays {
    pub(super) enrolled: u64,
    pub(super) untaken: u64,
    /// In parts of a whole day.
    parts: u128,
}

impl StudentDays {
    pub(super) fn absent(&self) -> String {
        decimal(self.parts, whole_day())
    }

    pub(super) fn rate(&self) -> Option<String> {
        let all = u128::from(self.enrolled) * whole_day();
        (self.enrolled > 0).then(|| decimal(self.parts * 100, all))
    }

    pub(super) fn missed(&self, percent: u64) -> bool {
        self.parts * 100 >= u128::from(percent) * u128::from(self.enrolled) * whole_day()
    }

    pub(super) fn tier(&self) -> Option<&'static str> {
        if self.enrolled == 0 {
            None
        } else if self.missed(20) {
            Some(">=20")
        } else if self.missed(10) {
            Some("10-20")
        } else if self.missed(5) {
            Some("5-10")
        } else {
            Some("<5")
        }
    }
}

impl School {
    /// The student's entries of a day with a status, in registers that count.
    fn counted(&self, student: usize, date: i64) -> Vec<&Entry> {
        self.registers()
            .filter(|register| register.date == date)
            .filter_map(|register| register.entries.get(&student))
            .filter(|entry| entry.status != "unmarked")
            .collect()
    }

    fn missed(entries: &[&Entry]) -> usize {
        let is_missed = |entry: &&&Entry| ["absent", "excused"].contains(&entry.status);
        entries.iter().filter(is_missed).count()
    }

    pub(super) fn student_days(&self, student: usize, from: i64, to: i64) -> StudentDays {
        let mut days = StudentDays {
            enrolled: 0,
            untaken: 0,
            parts: 0,
        };
        for date in from..=to.min(TODAY) {
            if !self.is_school_day(date) || !self.is_at_school(student, date) {
                continue;
            }
            let counted = self.counted(student, date);
            if counted.is_empty() {
                days.untaken += 1;
            } else {
                days.enrolled += 1;
                days.parts += whole_day() * Self::missed(&counted) as u128 / counted.len() as u128;
            }
        }
        days
    }

    /// The last days in a row on which every register says that the student was not there: newest first.
    pub(super) fn streak(&self, student: usize) -> Vec<i64> {
        let mut streak = Vec::new();
        if !self.is_at_school(student, TODAY) {
            return streak;
        }
        for date in (-366..=TODAY).rev() {
            let counted = self.counted(student, date);
            let counts = self.is_school_day(date) && self.is_at_school(student, date);
            if !counts || counted.is_empty() {
                continue;
            }
            if Self::missed(&counted) < counted.len() {
                break;
            }
            streak.push(date);
        }
        streak
    }
}
