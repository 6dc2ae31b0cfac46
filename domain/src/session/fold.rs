//! From the events of a session to its register: one sort, one pass, then a look at each student.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;

use super::event::{SessionEvent, SessionReopened};
use super::marks::{Mark, StudentMarks};
use super::register::{Register, SessionStatus};
use super::statements::Statements;
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, Instant, SessionKey, StudentId};

/// The register that follows from a set of events, in whatever order they are given; none from no events.
///
/// The events are of one session and no two of one command, which the store guarantees.
pub fn fold_register<E: Borrow<SessionEvent>>(events: &[Recorded<E>]) -> Option<Register> {
    let ordered = in_order::<SessionEvent, E>(events);
    let key = ordered.first()?.event.session().clone();
    let mut timeline = Timeline::with_room_for(ordered.len());
    for recorded in &ordered {
        timeline.evolve(recorded);
    }
    Some(timeline.into_register(key))
}

/// An event of the session in its place.
pub(super) type Placement<'a> = &'a Recorded<&'a SessionEvent>;

/// The register as far as it has been read.
struct Timeline<'a> {
    opened_at: Option<Instant>,
    /// The close that closed the register, while it is closed.
    close: Option<Placement<'a>>,
    /// The closes and reopens that make the register what it is at this place.
    shifts: Vec<CommandId>,
    void: bool,
    /// The void or restore that decides at this place.
    void_decided_by: Option<CommandId>,
    students: BTreeMap<StudentId, StudentMarks<'a>>,
    statements: Statements<'a>,
    effects: HashMap<CommandId, Effect>,
}

impl<'a> Timeline<'a> {
    fn with_room_for(events: usize) -> Self {
        Self {
            opened_at: None,
            close: None,
            shifts: Vec::new(),
            void: false,
            void_decided_by: None,
            students: BTreeMap::new(),
            statements: Statements::default(),
            effects: HashMap::with_capacity(events),
        }
    }

    fn evolve(&mut self, recorded: Placement<'a>) {
        match recorded.event {
            SessionEvent::SessionOpened(_) => self.open(recorded),
            SessionEvent::SessionClosed(_) => self.close(recorded),
            SessionEvent::SessionReopened(event) => self.reopen(recorded, event),
            SessionEvent::AttendanceMarked(event) => {
                self.mark(recorded, event.student_id, event.status.into());
            }
            SessionEvent::MarkCleared(event) => {
                self.mark(recorded, event.student_id, crate::EntryStatus::Unmarked);
            }
            SessionEvent::AttendanceCorrected(event) => {
                self.mark(recorded, event.student_id, event.status);
            }
            SessionEvent::SessionVoided(_) => self.decide_void(recorded, true),
            SessionEvent::SessionRestored(_) => self.decide_void(recorded, false),
            SessionEvent::ArrivalRecorded(event) => self.arrive(recorded, event.student_id),
            SessionEvent::MarkContested(_) | SessionEvent::ConflictAccepted(_) => {
                self.effects.insert(recorded.command_id, Effect::Superseded);
                self.statements.add(recorded);
            }
        }
    }

    fn open(&mut self, recorded: Placement<'a>) {
        self.opened_at.get_or_insert(recorded.occurred_at);
        self.effects.insert(recorded.command_id, Effect::Opened);
    }

    fn close(&mut self, recorded: Placement<'a>) {
        if self.close.is_none() {
            self.supersede_shifts();
            self.close = Some(recorded);
        }
        self.shifts.push(recorded.command_id);
        self.effects.insert(recorded.command_id, Effect::Closed);
    }

    fn reopen(&mut self, recorded: Placement<'a>, event: &SessionReopened) {
        if !counts(self.close, recorded, event) {
            self.effects.insert(recorded.command_id, Effect::Superseded);
            return;
        }
        if self.close.take().is_some() {
            self.supersede_shifts();
        }
        self.shifts.push(recorded.command_id);
        self.effects.insert(recorded.command_id, Effect::Reopened);
    }

    fn supersede_shifts(&mut self) {
        for command_id in self.shifts.drain(..) {
            self.effects.insert(command_id, Effect::Superseded);
        }
    }

    fn mark(&mut self, recorded: Placement<'a>, student_id: StudentId, status: crate::EntryStatus) {
        self.opened_at.get_or_insert(recorded.occurred_at);
        let mark = Mark {
            recorded,
            status,
            close: self.close,
        };
        self.students.entry(student_id).or_default().add(mark);
    }

    /// While the register is open the teacher is still marking, and sees the student come.
    fn arrive(&mut self, recorded: Placement<'a>, student_id: StudentId) {
        if self.close.is_some() {
            self.mark(recorded, student_id, crate::EntryStatus::Late);
        } else {
            self.effects.insert(recorded.command_id, Effect::Superseded);
        }
    }

    fn decide_void(&mut self, recorded: Placement<'a>, void: bool) {
        self.void = void;
        if let Some(earlier) = self.void_decided_by.replace(recorded.command_id) {
            self.effects.insert(earlier, Effect::Superseded);
        }
        let effect = if void {
            Effect::Voided
        } else {
            Effect::Restored
        };
        self.effects.insert(recorded.command_id, effect);
    }

    fn into_register(mut self, key: SessionKey) -> Register {
        let mut entries = BTreeMap::new();
        let mut conflicts = Vec::new();
        for (student_id, marks) in &self.students {
            self.effects.extend(marks.effects());
            conflicts.extend(marks.conflicts(*student_id).map(|mut conflict| {
                let said = self.statements.decide(&mut conflict, marks.corrected_at());
                self.effects.extend(said);
                conflict
            }));
            if let Some(entry) = marks.entry(*student_id) {
                entries.insert(*student_id, entry);
            }
        }
        Register {
            key,
            status: self
                .close
                .map_or(SessionStatus::Open, |_| SessionStatus::Closed),
            void: self.void,
            opened_at: self.opened_at,
            closed_at: self.close.map(|close| close.occurred_at),
            closed_by: self.close.map(|close| close.actor_id),
            entries,
            conflicts,
            effects: self.effects,
        }
    }
}

/// Whether a reopen opens the register: the office's always does, a teacher's only soon after their own close.
fn counts(close: Option<Placement<'_>>, reopen: Placement<'_>, event: &SessionReopened) -> bool {
    let Some(minutes) = event.within_minutes else {
        return true;
    };
    minutes > 0
        && close.is_some_and(|close| {
            close.actor_id == reopen.actor_id
                && reopen.occurred_at - close.occurred_at <= TimeDelta::minutes(minutes.into())
        })
}

#[cfg(test)]
mod tests;
