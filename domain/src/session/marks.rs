//! What was said of one student in one session, and which of it counts.

use super::conflicts;
use super::event::SessionEvent;
use super::fold::Placement;
use super::register::{Conflict, Correction, Entry};
use crate::effect::Effect;
use crate::values::{CommandId, EntryStatus, Instant, SealedText, StudentId, UserId};

/// A mark, a cleared mark, or a correction: also an arrival that counts is one.
pub(super) struct Mark<'a> {
    pub(super) recorded: Placement<'a>,
    pub(super) status: EntryStatus,
    /// The close it stands behind, if the register was closed.
    pub(super) close: Option<Placement<'a>>,
}

impl Mark<'_> {
    fn correction_reason(&self) -> Option<&SealedText> {
        match self.recorded.event {
            SessionEvent::AttendanceCorrected(event) => Some(&event.reason),
            SessionEvent::ArrivalRecorded(event) => Some(&event.reason),
            SessionEvent::AttendanceMarked(_)
            | SessionEvent::MarkCleared(_)
            | SessionEvent::SessionOpened(_)
            | SessionEvent::SessionClosed(_)
            | SessionEvent::SessionReopened(_)
            | SessionEvent::SessionVoided(_)
            | SessionEvent::SessionRestored(_)
            | SessionEvent::MarkContested(_)
            | SessionEvent::ConflictAccepted(_) => None,
        }
    }

    pub(super) fn is_correction(&self) -> bool {
        self.correction_reason().is_some()
    }

    pub(super) fn counts(&self) -> bool {
        self.close.is_none() || self.is_correction()
    }

    pub(super) fn by(&self) -> UserId {
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

    /// The place of the last correction.
    pub(super) fn corrected_at(&self) -> Option<(Instant, CommandId)> {
        let correction = &self.marks[self.last_correction?];
        Some(correction.recorded.place())
    }

    /// What counts for the student.
    pub(super) fn entry(&self, student_id: StudentId) -> Option<Entry> {
        let mark = &self.marks[self.current()?];
        let (minutes_late, remarks) = match mark.recorded.event {
            SessionEvent::AttendanceMarked(event) => (event.minutes_late, event.remarks.clone()),
            SessionEvent::AttendanceCorrected(event) => (event.minutes_late, event.remarks.clone()),
            SessionEvent::ArrivalRecorded(event) => (Some(event.minutes_late), None),
            SessionEvent::MarkCleared(_)
            | SessionEvent::SessionOpened(_)
            | SessionEvent::SessionClosed(_)
            | SessionEvent::SessionReopened(_)
            | SessionEvent::SessionVoided(_)
            | SessionEvent::SessionRestored(_)
            | SessionEvent::MarkContested(_)
            | SessionEvent::ConflictAccepted(_) => (None, None),
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
        conflicts::of(student_id, &self.marks)
    }
}

fn current_effect(event: &SessionEvent) -> Effect {
    if matches!(event, SessionEvent::MarkCleared(_)) {
        Effect::Cleared
    } else {
        Effect::Current
    }
}
