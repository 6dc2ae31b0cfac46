//! What each event of a register changed when it arrived.
//!
//! A student's entry depends on the events about that student and on those about the register as a whole, and on nobody
//! else's. So an event about one student folds that student anew, and only a close or a reopen folds everybody: a register
//! of n events with t about the whole of it, k about each student, takes in the order of n·(t + k) + t·n steps.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use super::event::SessionEvent;
use super::fold::fold_register;
use super::register::{Entry, Register, SessionStatus};
use crate::effect::Effect;
use crate::recorded::Recorded;
use crate::values::{CommandId, Instant, StudentId, UserId};

/// An event of a register, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryStep {
    /// The command behind the event.
    pub command_id: CommandId,
    /// What became of it at once.
    pub effect_on_arrival: Effect,
    /// What has become of it by the end.
    pub effect_now: Effect,
    /// The command that made this of it when it arrived, if its effect ever changed.
    pub changed_by: Option<CommandId>,
    /// What the register as a whole was before and is after, if the event changed that.
    pub register: Option<RegisterChange>,
    /// The entries that it changed, by student.
    pub students: Vec<StudentChange>,
}

/// A change of the register as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterChange {
    /// None if there was no register.
    pub before: Option<RegisterState>,
    /// What it is from then on.
    pub after: RegisterState,
}

/// What a register is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterState {
    /// Whether marks count.
    pub status: SessionStatus,
    /// Whether it should not exist.
    pub void: bool,
    /// When it was closed, if it is.
    pub closed_at: Option<Instant>,
    /// Who closed it, if it is closed.
    pub closed_by: Option<UserId>,
}

/// A change of what counts for a student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudentChange {
    /// The student.
    pub student_id: StudentId,
    /// None if there was no entry.
    pub before: Option<Entry>,
    /// None if there is no entry any more.
    pub after: Option<Entry>,
}

/// What each of the events changed when it arrived. They are given in the order of their arrival, which is that of the
/// stream, and so are the answers.
///
/// Whoever applies the changes of the first events has the register that [`fold_register`] makes of them.
pub fn register_history<E: Borrow<SessionEvent>>(events: &[Recorded<E>]) -> Vec<HistoryStep> {
    let mut known = Known::default();
    let arrivals = events
        .iter()
        .map(|recorded| recorded.as_ref().map(Borrow::borrow));
    let mut history: Vec<_> = arrivals.map(|recorded| known.arrive(recorded)).collect();
    for step in &mut history {
        if let Some(fate) = known.fates.get(&step.command_id) {
            step.effect_now = fate.effect;
            step.changed_by = fate.changed_by;
        }
    }
    history
}

/// What has arrived so far.
#[derive(Default)]
struct Known<'a> {
    /// What is about the register as a whole.
    of_all: Vec<Recorded<&'a SessionEvent>>,
    state: Option<RegisterState>,
    students: BTreeMap<StudentId, KnownStudent<'a>>,
    fates: HashMap<CommandId, Fate>,
}

#[derive(Default)]
struct KnownStudent<'a> {
    events: Vec<Recorded<&'a SessionEvent>>,
    entry: Option<Entry>,
}

/// What has become of a command, and whose arrival made it that, if not its own.
struct Fate {
    effect: Effect,
    changed_by: Option<CommandId>,
}

impl<'a> Known<'a> {
    fn arrive(&mut self, recorded: Recorded<&'a SessionEvent>) -> HistoryStep {
        let command_id = recorded.command_id;
        let mut students = Vec::new();
        if let Some(student_id) = recorded.event.student_id() {
            let student = self.students.entry(student_id).or_default();
            student.events.push(recorded);
            students.extend(self.fold_student(student_id, command_id));
        } else {
            let shifts = recorded.event.shifts();
            self.of_all.push(recorded);
            if let Some(register) = fold_register(&self.of_all) {
                self.learn(&register, command_id);
            }
            if shifts {
                let everybody: Vec<StudentId> = self.students.keys().copied().collect();
                let everybody = everybody.into_iter();
                students = everybody
                    .filter_map(|student_id| self.fold_student(student_id, command_id))
                    .collect();
            }
        }
        let fate = self.fates.get(&command_id);
        let effect = fate.map_or(Effect::Superseded, |fate| fate.effect);
        HistoryStep {
            command_id,
            effect_on_arrival: effect,
            effect_now: effect,
            changed_by: None,
            register: self.change_of_all(),
            students,
        }
    }

    fn fold_student(
        &mut self,
        student_id: StudentId,
        because_of: CommandId,
    ) -> Option<StudentChange> {
        let student = self.students.get_mut(&student_id)?;
        let register = student.fold(&self.of_all)?;
        let change = student.change(student_id, &register);
        self.learn(&register, because_of);
        change
    }

    /// Takes note of what has become of the commands that were folded.
    fn learn(&mut self, register: &Register, because_of: CommandId) {
        for (command_id, effect) in &register.effects {
            let fate = self.fates.entry(*command_id).or_insert(Fate {
                effect: *effect,
                changed_by: None,
            });
            if fate.effect != *effect {
                fate.effect = *effect;
                fate.changed_by = Some(because_of);
            }
        }
    }

    fn change_of_all(&mut self) -> Option<RegisterChange> {
        let after = fold_register(&self.of_all)
            .map_or(RegisterState::NEW, |register| RegisterState::of(&register));
        let before = self.state.replace(after);
        (before != Some(after)).then_some(RegisterChange { before, after })
    }
}

impl KnownStudent<'_> {
    /// The register as if the class had no other student.
    fn fold(&self, of_all: &[Recorded<&SessionEvent>]) -> Option<Register> {
        let events: Vec<_> = of_all.iter().chain(&self.events).cloned().collect();
        fold_register(&events)
    }

    fn change(&mut self, student_id: StudentId, register: &Register) -> Option<StudentChange> {
        let after = register.entries.get(&student_id).cloned();
        if after == self.entry {
            return None;
        }
        let before = std::mem::replace(&mut self.entry, after.clone());
        Some(StudentChange {
            student_id,
            before,
            after,
        })
    }
}

impl RegisterState {
    /// Of a register that nobody has closed or declared void.
    const NEW: Self = Self {
        status: SessionStatus::Open,
        void: false,
        closed_at: None,
        closed_by: None,
    };

    /// What the register is as a whole.
    pub const fn of(register: &Register) -> Self {
        Self {
            status: register.status,
            void: register.void,
            closed_at: register.closed_at,
            closed_by: register.closed_by,
        }
    }
}

#[cfg(test)]
mod tests;
