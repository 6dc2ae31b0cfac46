//! What was said of one student in one session, and which of it counts.

use super::event::SessionEvent;
use super::fold::Placement;
use super::register::{Conflict, ConflictKind, ConflictState, Correction, Entry, Side};
use crate::effect::Effect;
use crate::recorded::Recorded;
use crate::values::{CommandId, EntryStatus, SealedText, StudentId, UserId};

/// A mark, a cleared mark or a correction.
pub(super) struct Mark<'a> {
    pub(super) recorded: Placement<'a>,
    pub(super) status: EntryStatus,
    /// The close it stands behind, if the register was closed.
    pub(super) close: Option<Placement<'a>>,
}

impl Mark<'_> {
    fn correction_reason(&self) -> Option<&SealedText> {
        if let SessionEvent::AttendanceCorrected(event) = self.recorded.event {
            Some(&event.reason)
        } else {
            None
        }
    }

    fn is_correction(&self) -> bool {
        self.correction_reason().is_some()
    }

    fn counts(&self) -> bool {
        self.close.is_none() || self.is_correction()
    }

    fn by(&self) -> UserId {
        self.recorded.actor_id
    }
}

/// The marks of one student, in the order of the fold.
#[derive(Default)]
pub(super) struct StudentMarks<'a> {
    marks: Vec<Mark<'a>>,
    /// Where the last mark that counts is.
    last_counting: Option<usize>,
    /// Where the last correction is.
    last_correction: Option<usize>,
    /// What the last mark that counts before the last correction said.
    original_status: EntryStatus,
}

impl<'a> StudentMarks<'a> {
    /// Adds a mark that stands after all others.
    pub(super) fn add(&mut self, mark: Mark<'a>) {
        let index = self.marks.len();
        if mark.is_correction() {
            self.last_correction = Some(index);
            self.original_status = self
                .last_counting
                .map_or(EntryStatus::Unmarked, |index| self.marks[index].status);
        } else if mark.counts() {
            self.last_counting = Some(index);
        }
        self.marks.push(mark);
    }

    fn current(&self) -> Option<usize> {
        self.last_correction.or(self.last_counting)
    }

    /// What counts for the student.
    pub(super) fn entry(&self, student_id: StudentId) -> Option<Entry> {
        let mark = &self.marks[self.current()?];
        let (minutes_late, remarks) = match mark.recorded.event {
            SessionEvent::AttendanceMarked(event) => (event.minutes_late, event.remarks.clone()),
            SessionEvent::AttendanceCorrected(event) => (event.minutes_late, event.remarks.clone()),
            SessionEvent::MarkCleared(_)
            | SessionEvent::SessionOpened(_)
            | SessionEvent::SessionClosed(_)
            | SessionEvent::SessionReopened(_)
            | SessionEvent::SessionVoided(_)
            | SessionEvent::SessionRestored(_) => (None, None),
        };
        let correction = mark.correction_reason().map(|reason| Correction {
            reason: reason.clone(),
            original_status: self.original_status,
        });
        Some(Entry {
            student_id,
            status: mark.status,
            minutes_late,
            remarks,
            occurred_at: mark.recorded.occurred_at,
            recorded_at: mark.recorded.recorded_at,
            marked_by: mark.by(),
            device_id: mark.recorded.device_id,
            command_id: mark.recorded.command_id,
            correction,
        })
    }

    /// What became of each mark.
    pub(super) fn effects(&self) -> impl Iterator<Item = (CommandId, Effect)> {
        let current = self.current();
        self.marks.iter().enumerate().map(move |(index, mark)| {
            let effect = if Some(index) == current {
                current_effect(mark.recorded.event)
            } else if mark.counts() {
                Effect::Superseded
            } else {
                Effect::AfterClose
            };
            (mark.recorded.command_id, effect)
        })
    }

    /// The marks that lost to somebody who says otherwise.
    pub(super) fn conflicts(&self, student_id: StudentId) -> impl Iterator<Item = Conflict> {
        let current = self.current();
        self.marks
            .iter()
            .enumerate()
            .filter(move |(index, mark)| Some(*index) != current && !mark.is_correction())
            .filter_map(move |(index, mark)| {
                let (kind, won) = self
                    .lost_to_entry(index, mark)
                    .or_else(|| self.lost_to_close(mark))?;
                Some(Conflict {
                    student_id,
                    kind,
                    state: self.state(index, kind),
                    lost: side(mark.recorded, mark.status),
                    won,
                })
            })
    }

    /// A mark before a correction has not lost to it: putting it right is what the correction is for.
    fn lost_to_entry(&self, index: usize, mark: &Mark<'_>) -> Option<(ConflictKind, Side)> {
        let current_index = self.current()?;
        let current = &self.marks[current_index];
        let disagrees = current.by() != mark.by() && current.status != mark.status;
        let put_right = current.is_correction() && index < current_index;
        if !disagrees || put_right {
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

    fn lost_to_close(&self, mark: &Mark<'_>) -> Option<(ConflictKind, Side)> {
        let close = mark.close?;
        let status = self
            .current()
            .map_or(EntryStatus::Unmarked, |index| self.marks[index].status);
        (close.actor_id != mark.by() && status != mark.status)
            .then(|| (ConflictKind::AfterClose, side(close, status)))
    }

    fn state(&self, index: usize, kind: ConflictKind) -> ConflictState {
        if self
            .last_correction
            .is_some_and(|correction| correction > index)
        {
            ConflictState::Settled
        } else if kind == ConflictKind::AfterCorrection {
            ConflictState::Contested
        } else {
            ConflictState::Open
        }
    }
}

fn current_effect(event: &SessionEvent) -> Effect {
    if matches!(event, SessionEvent::MarkCleared(_)) {
        Effect::Cleared
    } else {
        Effect::Current
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
