//! Which marks of one student lost to somebody who says otherwise.
//!
//! The corrections of the office cut the marks into rounds. A mark is judged by the register as it stood at the end of
//! its round: with the corrections before it, and without those that put it and whatever it lost to right. So a
//! correction settles the conflicts of the rounds before it and takes none of them away, and a correction over a mark
//! is by itself no conflict.

use super::event::SessionEvent;
use super::marks::Mark;
use super::register::{Conflict, ConflictKind, ConflictState, Side};
use crate::recorded::Recorded;
use crate::values::{EntryStatus, StudentId};

/// The conflicts among the marks of one student, which are in the order of the fold.
pub(super) fn of(student_id: StudentId, marks: &[Mark<'_>]) -> impl Iterator<Item = Conflict> {
    let corrections: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.is_correction()).collect();
    marks
        .split(Mark::is_correction)
        .enumerate()
        .flat_map(move |(number, marks)| {
            let correction = number.checked_sub(1).map(|before| corrections[before]);
            let last_counting = || marks.iter().rfind(|mark| mark.counts());
            let round = Round {
                current: correction.or_else(last_counting),
                settled: number < corrections.len(),
            };
            marks
                .iter()
                .filter_map(move |mark| round.conflict(student_id, mark))
        })
}

/// The marks between two corrections.
#[derive(Clone, Copy)]
struct Round<'m, 'a> {
    /// What the register said of the student at the end of the round.
    current: Option<&'m Mark<'a>>,
    /// Whether a correction ended the round.
    settled: bool,
}

impl Round<'_, '_> {
    fn conflict(self, student_id: StudentId, mark: &Mark<'_>) -> Option<Conflict> {
        let (kind, won) = self
            .lost_to_entry(mark)
            .or_else(|| self.lost_to_close(mark))?;
        Some(Conflict {
            student_id,
            kind,
            state: self.state(kind),
            lost: side(mark.recorded, mark.status),
            won,
            statement: None,
        })
    }

    /// The current mark itself agrees with the entry.
    fn lost_to_entry(self, mark: &Mark<'_>) -> Option<(ConflictKind, Side)> {
        let current = self.current?;
        if current.by() == mark.by() || current.status == mark.status {
            return None;
        }
        let kind = if current.is_correction() {
            ConflictKind::AfterCorrection
        } else if mark.counts() {
            ConflictKind::Superseded
        } else {
            ConflictKind::AfterClose
        };
        Some((kind, side(current.recorded, current.status)))
    }

    fn lost_to_close(self, mark: &Mark<'_>) -> Option<(ConflictKind, Side)> {
        let close = mark.close?;
        let status = self
            .current
            .map_or(EntryStatus::Unmarked, |current| current.status);
        (close.actor_id != mark.by() && status != mark.status)
            .then(|| (ConflictKind::AfterClose, side(close, status)))
    }

    fn state(self, kind: ConflictKind) -> ConflictState {
        if self.settled {
            ConflictState::Settled
        } else if kind == ConflictKind::AfterCorrection {
            ConflictState::Contested
        } else {
            ConflictState::Open
        }
    }
}

fn side(recorded: &Recorded<&SessionEvent>, status: EntryStatus) -> Side {
    Side {
        by: recorded.actor_id,
        status,
        occurred_at: recorded.occurred_at,
        recorded_at: recorded.recorded_at,
        device_id: recorded.device_id,
        command_id: recorded.command_id,
    }
}

#[cfg(test)]
mod tests;
