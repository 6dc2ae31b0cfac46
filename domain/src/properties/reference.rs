use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::session::{ConflictKind, ConflictState, Register, SessionEvent, SessionStatus};
use crate::values::{CommandId, EntryStatus, Instant, StudentId, UserId};
use crate::{Effect, Recorded};

/// A conflict: the mark that lost, what it lost to, what that says, how, and what is left to do.
type Dispute = (
    CommandId,
    CommandId,
    EntryStatus,
    ConflictKind,
    ConflictState,
);

/// What matters of a register.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outline {
    status: SessionStatus,
    void: bool,
    opened_at: Option<Instant>,
    closed: Option<(Instant, UserId)>,
    /// Command, status and, of a corrected entry, the original status.
    entries: BTreeMap<StudentId, (CommandId, EntryStatus, Option<EntryStatus>)>,
    conflicts: BTreeSet<Dispute>,
    effects: HashMap<CommandId, Effect>,
}

impl From<&Register> for Outline {
    fn from(register: &Register) -> Self {
        let entries = register.entries.values().map(|entry| {
            let original = entry.correction.as_ref().map(|was| was.original_status);
            (entry.student_id, (entry.command_id, entry.status, original))
        });
        let conflicts = register.conflicts.iter().map(|conflict| {
            (
                conflict.lost.command_id,
                conflict.won.command_id,
                conflict.won.status,
                conflict.kind,
                conflict.state,
            )
        });
        Self {
            status: register.status,
            void: register.void,
            opened_at: register.opened_at,
            closed: register.closed_at.zip(register.closed_by),
            entries: entries.collect(),
            conflicts: conflicts.collect(),
            effects: register.effects.clone(),
        }
    }
}

/// The outline of the register that the design asks for, found by asking every question anew.
pub(super) fn outline(events: &[Recorded<SessionEvent>]) -> Option<Outline> {
    let mut ordered = events.to_vec();
    ordered.sort_by_key(|recorded| (moment(recorded), recorded.command_id));
    let line = Line(&ordered);
    if events.is_empty() {
        return None;
    }
    let end = ordered.len();
    let closed = line.close_in_force(end).map(|at| &ordered[at]);
    Some(Outline {
        status: closed.map_or(SessionStatus::Open, |_| SessionStatus::Closed),
        void: ordered
            .iter()
            .rev()
            .find_map(|recorded| voids(&recorded.event))
            .unwrap_or(false),
        opened_at: (0..end)
            .filter(|&at| line.opens_or_marks(at))
            .map(|at| ordered[at].occurred_at)
            .min(),
        closed: closed.map(|close| (close.occurred_at, close.actor_id)),
        entries: line.entries(),
        conflicts: (0..end).filter_map(|at| line.dispute(at)).collect(),
        effects: (0..end)
            .map(|at| (ordered[at].command_id, line.effect(at)))
            .collect(),
    })
}

fn moment(recorded: &Recorded<SessionEvent>) -> Instant {
    if let SessionEvent::SessionReopened(event) = &recorded.event {
        event.effective_at
    } else {
        recorded.occurred_at
    }
}

/// The student and the status, if the event is a mark, a clear, a correction or an arrival.
fn says(event: &SessionEvent) -> Option<(StudentId, EntryStatus)> {
    match event {
        SessionEvent::AttendanceMarked(event) => Some((event.student_id, event.status.into())),
        SessionEvent::MarkCleared(event) => Some((event.student_id, EntryStatus::Unmarked)),
        SessionEvent::AttendanceCorrected(event) => Some((event.student_id, event.status)),
        SessionEvent::ArrivalRecorded(event) => Some((event.student_id, EntryStatus::Late)),
        SessionEvent::SessionOpened(_)
        | SessionEvent::SessionClosed(_)
        | SessionEvent::SessionReopened(_)
        | SessionEvent::SessionVoided(_)
        | SessionEvent::SessionRestored(_)
        | SessionEvent::MarkContested(_)
        | SessionEvent::ConflictAccepted(_) => None,
    }
}

/// The student and the mark an event insists on or lets go, whether it insists, and whether the office says so.
fn speaks(event: &SessionEvent) -> Option<(StudentId, CommandId, bool, bool)> {
    match event {
        SessionEvent::MarkContested(it) => Some((it.student_id, it.mark_id, true, it.by_office)),
        SessionEvent::ConflictAccepted(it) => {
            Some((it.student_id, it.mark_id, false, it.by_office))
        }
        SessionEvent::SessionOpened(_)
        | SessionEvent::SessionClosed(_)
        | SessionEvent::SessionReopened(_)
        | SessionEvent::AttendanceMarked(_)
        | SessionEvent::MarkCleared(_)
        | SessionEvent::AttendanceCorrected(_)
        | SessionEvent::SessionVoided(_)
        | SessionEvent::SessionRestored(_)
        | SessionEvent::ArrivalRecorded(_) => None,
    }
}

fn voids(event: &SessionEvent) -> Option<bool> {
    match event {
        SessionEvent::SessionVoided(_) => Some(true),
        SessionEvent::SessionRestored(_) => Some(false),
        SessionEvent::SessionOpened(_)
        | SessionEvent::SessionClosed(_)
        | SessionEvent::SessionReopened(_)
        | SessionEvent::AttendanceMarked(_)
        | SessionEvent::MarkCleared(_)
        | SessionEvent::AttendanceCorrected(_)
        | SessionEvent::ArrivalRecorded(_)
        | SessionEvent::MarkContested(_)
        | SessionEvent::ConflictAccepted(_) => None,
    }
}

/// Events in order; every answer is looked for from the start.
struct Line<'a>(&'a [Recorded<SessionEvent>]);

impl Line<'_> {
    /// The close that keeps the register closed just before a place.
    fn close_in_force(&self, before: usize) -> Option<usize> {
        let last_opening = (0..before).rfind(|&at| self.reopens(at));
        (last_opening.map_or(0, |at| at + 1)..before)
            .find(|&at| matches!(self.0[at].event, SessionEvent::SessionClosed(_)))
    }

    /// Whether there is a reopen that counts at a place.
    fn reopens(&self, at: usize) -> bool {
        let SessionEvent::SessionReopened(event) = &self.0[at].event else {
            return false;
        };
        let Some(minutes) = event.within_minutes else {
            return true;
        };
        let Some(close) = self.close_in_force(at).map(|close| &self.0[close]) else {
            return false;
        };
        let elapsed = self.0[at].occurred_at - close.occurred_at;
        minutes != 0
            && close.actor_id == self.0[at].actor_id
            && elapsed.num_milliseconds() <= i64::from(minutes) * 60_000
    }

    fn of(&self, student_id: StudentId, at: usize) -> bool {
        says(&self.0[at].event).is_some_and(|(of, _)| of == student_id)
    }

    /// Whether there is a correction at a place: an arrival is one where the register is closed, and else is nothing.
    fn corrects(&self, at: usize) -> bool {
        let event = &self.0[at].event;
        let arrives = matches!(event, SessionEvent::ArrivalRecorded(_));
        matches!(event, SessionEvent::AttendanceCorrected(_))
            || (arrives && self.close_in_force(at).is_some())
    }

    fn marks(&self, at: usize) -> bool {
        let event = &self.0[at].event;
        matches!(
            event,
            SessionEvent::AttendanceMarked(_) | SessionEvent::MarkCleared(_)
        )
    }

    fn opens_or_marks(&self, at: usize) -> bool {
        let opens = matches!(self.0[at].event, SessionEvent::SessionOpened(_));
        opens || self.marks(at) || self.corrects(at)
    }

    fn last_correction(&self, student_id: StudentId) -> Option<usize> {
        (0..self.0.len()).rfind(|&at| self.of(student_id, at) && self.corrects(at))
    }

    /// The last mark, no correction, that counts before a place.
    fn last_counting(&self, student_id: StudentId, before: usize) -> Option<usize> {
        (0..before).rfind(|&at| {
            self.of(student_id, at) && self.marks(at) && self.close_in_force(at).is_none()
        })
    }

    fn current(&self, student_id: StudentId) -> Option<usize> {
        self.last_correction(student_id)
            .or_else(|| self.last_counting(student_id, self.0.len()))
    }

    fn status(&self, at: Option<usize>) -> EntryStatus {
        at.and_then(|at| says(&self.0[at].event))
            .map_or(EntryStatus::Unmarked, |(_, status)| status)
    }

    fn entries(&self) -> BTreeMap<StudentId, (CommandId, EntryStatus, Option<EntryStatus>)> {
        let students = self.0.iter().filter_map(|recorded| says(&recorded.event));
        students
            .filter_map(|(student_id, _)| {
                let at = self.current(student_id)?;
                let original = self
                    .corrects(at)
                    .then(|| self.status(self.last_counting(student_id, at)));
                let entry = (self.0[at].command_id, self.status(Some(at)), original);
                Some((student_id, entry))
            })
            .collect()
    }

    /// Judged by the register as it stood before the first correction after the mark: without the corrections that
    /// follow both sides. That correction, if there is one, settles the dispute.
    fn dispute(&self, at: usize) -> Option<Dispute> {
        let mark = &self.0[at];
        let (student_id, status) = says(&mark.event)?;
        if !self.marks(at) {
            return None;
        }
        let corrected_at = (at + 1..self.0.len())
            .find(|&later| self.corrects(later) && self.of(student_id, later));
        let before = Line(&self.0[..corrected_at.unwrap_or(self.0.len())]);
        let entry = before.current(student_id);
        let then = before.status(entry);
        let by_another = |side: &usize| self.0[*side].actor_id != mark.actor_id;
        let close = self.close_in_force(at);
        let lost_to_entry = entry.filter(by_another);
        let won = lost_to_entry.or(close.filter(by_another))?;
        if then == status {
            return None;
        }
        let kind = if self.corrects(won) {
            ConflictKind::AfterCorrection
        } else if close.is_some() {
            ConflictKind::AfterClose
        } else {
            ConflictKind::Superseded
        };
        let state = match (self.last_word(at), corrected_at, kind) {
            (Some((_, true)), _, _) => ConflictState::Contested,
            (Some((_, false)), _, _) | (None, Some(_), _) => ConflictState::Settled,
            (None, None, ConflictKind::AfterCorrection) => ConflictState::Contested,
            (None, None, ConflictKind::AfterClose | ConflictKind::Superseded) => {
                ConflictState::Open
            }
        };
        Some((mark.command_id, self.0[won].command_id, then, kind, state))
    }

    /// Where somebody who may says the last thing about the mark at a place, and whether they insist on it; unless the
    /// student was corrected after that.
    fn last_word(&self, mark: usize) -> Option<(usize, bool)> {
        let made = &self.0[mark];
        let (student_id, _) = says(&made.event)?;
        let behind = self.last_correction(student_id).map_or(0, |at| at + 1);
        (behind..self.0.len()).rev().find_map(|at| {
            let (of, about, insists, by_office) = speaks(&self.0[at].event)?;
            let may = by_office || self.0[at].actor_id == made.actor_id;
            (may && of == student_id && about == made.command_id).then_some((at, insists))
        })
    }

    fn effect_of_word(&self, at: usize) -> Effect {
        let decides = (0..self.0.len())
            .filter(|&mark| self.dispute(mark).is_some())
            .filter_map(|mark| self.last_word(mark))
            .find(|(word, _)| *word == at);
        match decides {
            Some((_, true)) => Effect::Contested,
            Some((_, false)) => Effect::Settled,
            None => Effect::Superseded,
        }
    }

    fn effect(&self, at: usize) -> Effect {
        let end = self.0.len();
        let nothing_after = |is_it: &dyn Fn(usize) -> bool| !(at + 1..end).any(is_it);
        let lasting = |lasts: bool, effect| if lasts { effect } else { Effect::Superseded };
        match &self.0[at].event {
            SessionEvent::SessionOpened(_) => Effect::Opened,
            SessionEvent::SessionClosed(_) => {
                lasting(nothing_after(&|later| self.reopens(later)), Effect::Closed)
            }
            SessionEvent::SessionReopened(_) => {
                let closed =
                    |later: usize| matches!(self.0[later].event, SessionEvent::SessionClosed(_));
                lasting(self.reopens(at) && nothing_after(&closed), Effect::Reopened)
            }
            SessionEvent::SessionVoided(_) => {
                let decided = |later: usize| voids(&self.0[later].event).is_some();
                lasting(nothing_after(&decided), Effect::Voided)
            }
            SessionEvent::SessionRestored(_) => {
                let decided = |later: usize| voids(&self.0[later].event).is_some();
                lasting(nothing_after(&decided), Effect::Restored)
            }
            SessionEvent::AttendanceMarked(_)
            | SessionEvent::MarkCleared(_)
            | SessionEvent::AttendanceCorrected(_)
            | SessionEvent::ArrivalRecorded(_) => self.effect_of_mark(at),
            SessionEvent::MarkContested(_) | SessionEvent::ConflictAccepted(_) => {
                self.effect_of_word(at)
            }
        }
    }

    fn effect_of_mark(&self, at: usize) -> Effect {
        let event = &self.0[at].event;
        let is_current = says(event).is_some_and(|(of, _)| self.current(of) == Some(at));
        if is_current && matches!(event, SessionEvent::MarkCleared(_)) {
            Effect::Cleared
        } else if is_current {
            Effect::Current
        } else if self.marks(at) && self.close_in_force(at).is_some() {
            Effect::AfterClose
        } else {
            Effect::Superseded
        }
    }
}
