//! What an exception does to the way an absence is counted.

use chrono::NaiveDate;

use super::standing::{Exception, ExceptionState};
use crate::values::{EntryStatus, ExceptionId, Slot};

/// The status reports use: an absence that an exception covers is excused, and nothing else changes.
pub const fn effective_status(raw: EntryStatus, covered: bool) -> EntryStatus {
    match raw {
        EntryStatus::Absent if covered => EntryStatus::Excused,
        EntryStatus::Absent
        | EntryStatus::Unmarked
        | EntryStatus::Present
        | EntryStatus::Late
        | EntryStatus::Excused => raw,
    }
}

/// Which of a student's exceptions covers a session; of several the one with the earliest start, then the smallest id.
///
/// A session without a slot is covered only by an exception of the whole day.
pub fn covering_exception<'a>(
    date: NaiveDate,
    slot: Option<&Slot>,
    exceptions: impl IntoIterator<Item = &'a Exception>,
) -> Option<ExceptionId> {
    exceptions
        .into_iter()
        .filter(|exception| exception.covers(date, slot))
        .min_by_key(|exception| (exception.start_date, exception.exception_id))
        .map(|exception| exception.exception_id)
}

impl Exception {
    /// Whether the exception counts for a session on this date in this slot.
    pub fn covers(&self, date: NaiveDate, slot: Option<&Slot>) -> bool {
        let of_the_slot = match (&self.slots, slot) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(slots), Some(slot)) => slots.contains(slot),
        };
        self.state == ExceptionState::Approved
            && (self.start_date..=self.end_date).contains(&date)
            && of_the_slot
    }
}

#[cfg(test)]
mod tests;
