//! From the events of a class's roll to its periods.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::event::RollEvent;
use super::periods::{self, Period};
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, StudentId, UserId};

/// The roll of a class. Who has no period is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// When each student is enrolled.
    pub enrolments: BTreeMap<StudentId, Vec<Period>>,
    /// When each teacher teaches the class.
    pub teaching: BTreeMap<UserId, Vec<Period>>,
}

impl Roll {
    /// The students enrolled on a date.
    pub fn enrolled_on(&self, date: NaiveDate) -> impl Iterator<Item = StudentId> {
        self.enrolments
            .iter()
            .filter(move |(_, periods)| periods.iter().any(|period| period.contains(date)))
            .map(|(student_id, _)| *student_id)
    }

    fn evolve(&mut self, event: &RollEvent) -> Effect {
        match event {
            RollEvent::StudentEnrolled(event) => {
                let periods = self.enrolments.entry(event.student_id).or_default();
                periods::begin(periods, event.from);
                Effect::Enrolled
            }
            RollEvent::StudentWithdrawn(event) => {
                let periods = self.enrolments.get_mut(&event.student_id);
                let ended = periods.is_some_and(|periods| periods::end(periods, event.until));
                effect_if(ended, Effect::Withdrawn)
            }
            RollEvent::EnrolmentCancelled(event) => {
                let cancelled = self.cancel(event.student_id, event.from);
                effect_if(cancelled, Effect::Cancelled)
            }
            RollEvent::TeacherAssigned(event) => {
                let periods = self.teaching.entry(event.teacher_id).or_default();
                periods::begin(periods, event.from);
                Effect::Assigned
            }
            RollEvent::TeacherEnded(event) => {
                let periods = self.teaching.get_mut(&event.teacher_id);
                let ended = periods.is_some_and(|periods| periods::end(periods, event.until));
                effect_if(ended, Effect::Ended)
            }
        }
    }

    fn cancel(&mut self, student_id: StudentId, from: NaiveDate) -> bool {
        let Some(periods) = self.enrolments.get_mut(&student_id) else {
            return false;
        };
        let cancelled = periods::cancel(periods, from);
        if periods.is_empty() {
            self.enrolments.remove(&student_id);
        }
        cancelled
    }
}

fn effect_if(changed: bool, effect: Effect) -> Effect {
    if changed { effect } else { Effect::Superseded }
}

/// The roll that follows from a set of events, in whatever order they are given.
///
/// The events are of one class and no two of one command, which the store guarantees.
pub fn fold_roll<E: Borrow<RollEvent>>(events: &[Recorded<E>]) -> Roll {
    let mut roll = Roll::default();
    for recorded in in_order::<RollEvent, E>(events) {
        roll.evolve(recorded.event);
    }
    roll
}

/// What became of each command to a roll: a withdrawal, cancellation or end that finds nothing is superseded.
pub fn roll_effects<E: Borrow<RollEvent>>(events: &[Recorded<E>]) -> HashMap<CommandId, Effect> {
    let mut roll = Roll::default();
    in_order::<RollEvent, E>(events)
        .into_iter()
        .map(|recorded| (recorded.command_id, roll.evolve(recorded.event)))
        .collect()
}

#[cfg(test)]
mod tests;
