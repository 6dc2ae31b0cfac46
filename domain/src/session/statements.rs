//! What people say about marks that lost: that they insist on them, or that they let them go.

use super::event::SessionEvent;
use super::fold::Placement;
use super::register::{Conflict, ConflictState, Statement};
use crate::effect::Effect;
use crate::values::{CommandId, Instant, SealedText, StudentId};

/// The contests and acceptances of a register, in the order of the fold.
#[derive(Default)]
pub(super) struct Statements<'a>(Vec<About<'a>>);

/// A statement, and the mark it is about.
struct About<'a> {
    recorded: Placement<'a>,
    student_id: StudentId,
    mark_id: CommandId,
    /// Why the mark is insisted on; none if it is let go.
    insists: Option<&'a SealedText>,
    by_office: bool,
}

impl<'a> Statements<'a> {
    /// Adds an event that stands after all others, if it is a statement.
    pub(super) fn add(&mut self, recorded: Placement<'a>) {
        let (student_id, mark_id, insists, by_office) = match recorded.event {
            SessionEvent::MarkContested(event) => (
                event.student_id,
                event.mark_id,
                Some(&event.reason),
                event.by_office,
            ),
            SessionEvent::ConflictAccepted(event) => {
                (event.student_id, event.mark_id, None, event.by_office)
            }
            SessionEvent::SessionOpened(_)
            | SessionEvent::SessionClosed(_)
            | SessionEvent::AttendanceMarked(_)
            | SessionEvent::MarkCleared(_)
            | SessionEvent::AttendanceCorrected(_)
            | SessionEvent::SessionReopened(_)
            | SessionEvent::SessionVoided(_)
            | SessionEvent::SessionRestored(_)
            | SessionEvent::ArrivalRecorded(_) => return,
        };
        self.0.push(About {
            recorded,
            student_id,
            mark_id,
            insists,
            by_office,
        });
    }

    /// Lets the last statement that counts decide the conflict, unless the office corrected the student after it; and
    /// says which command that was.
    pub(super) fn decide(
        &self,
        conflict: &mut Conflict,
        corrected_at: Option<(Instant, CommandId)>,
    ) -> Option<(CommandId, Effect)> {
        let last = self.0.iter().rfind(|about| about.counts_for(conflict))?;
        if corrected_at.is_some_and(|correction| last.recorded.place() < correction) {
            return None;
        }
        let (state, effect) = match last.insists {
            Some(_) => (ConflictState::Contested, Effect::Contested),
            None => (ConflictState::Settled, Effect::Settled),
        };
        conflict.state = state;
        conflict.statement = Some(Statement {
            by: last.recorded.actor_id,
            occurred_at: last.recorded.occurred_at,
            reason: last.insists.cloned(),
        });
        Some((last.recorded.command_id, effect))
    }
}

impl About<'_> {
    /// The office may speak about any mark, everybody else about their own.
    fn counts_for(&self, conflict: &Conflict) -> bool {
        self.mark_id == conflict.lost.command_id
            && self.student_id == conflict.student_id
            && (self.by_office || self.recorded.actor_id == conflict.lost.by)
    }
}

#[cfg(test)]
mod tests;
