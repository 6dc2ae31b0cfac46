//! How many students of a register attend, as every report counts them.

use std::collections::BTreeSet;

use super::register::Register;
use crate::exception::{Exception, covering_exception, effective_status};
use crate::values::{EntryStatus, StudentId};

/// The students of one register by effective status. `roster` is always `marked` + `unmarked`, and `marked` the sum of
/// the four statuses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Students enrolled on the date, and those who have an entry all the same.
    pub roster: usize,
    /// Students with a status.
    pub marked: usize,
    /// Students without.
    pub unmarked: usize,
    /// Present.
    pub present: usize,
    /// Absent without leave.
    pub absent: usize,
    /// Late.
    pub late: usize,
    /// Away with leave, by mark or by exception.
    pub excused: usize,
}

/// Counts a register for the students enrolled on its date. `exceptions` may be of any students; those of others are
/// passed over.
pub fn count(
    register: &Register,
    enrolled: &BTreeSet<StudentId>,
    exceptions: &[Exception],
) -> Counts {
    let marked = register.entries.keys();
    let roster: BTreeSet<&StudentId> = enrolled.iter().chain(marked).collect();
    let mut counts = Counts {
        roster: roster.len(),
        ..Counts::default()
    };
    for student_id in roster {
        match status(register, *student_id, exceptions) {
            EntryStatus::Unmarked => counts.unmarked += 1,
            EntryStatus::Present => counts.present += 1,
            EntryStatus::Absent => counts.absent += 1,
            EntryStatus::Late => counts.late += 1,
            EntryStatus::Excused => counts.excused += 1,
        }
    }
    counts.marked = counts.present + counts.absent + counts.late + counts.excused;
    counts
}

fn status(register: &Register, student_id: StudentId, exceptions: &[Exception]) -> EntryStatus {
    let Some(entry) = register.entries.get(&student_id) else {
        return EntryStatus::Unmarked;
    };
    let own = exceptions
        .iter()
        .filter(|exception| exception.student_id == student_id);
    let key = &register.key;
    let covered = covering_exception(key.date, key.slot.as_ref(), own).is_some();
    effective_status(entry.status, covered)
}

#[cfg(test)]
mod tests;
