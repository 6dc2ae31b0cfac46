//! From the events of a class's roll to its periods.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::covers::Covers;
use super::event::{Person, RollEvent};
use super::periods::{self, Period, joined};
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
    /// When others cover it.
    pub covers: BTreeMap<UserId, Covers>,
}

impl Roll {
    /// The students enrolled on a date.
    pub fn enrolled_on(&self, date: NaiveDate) -> impl Iterator<Item = StudentId> {
        self.enrolments
            .iter()
            .filter(move |(_, periods)| periods.iter().any(|period| period.contains(date)))
            .map(|(student_id, _)| *student_id)
    }

    /// When each person teaches the class or covers at least a part of the day, in periods that are apart.
    pub fn staff(&self) -> BTreeMap<UserId, Vec<Period>> {
        let mut staff = self.teaching.clone();
        for (user_id, covers) in &self.covers {
            let periods = staff.entry(*user_id).or_default();
            periods.extend(covers.iter().map(|(_, period)| period));
            *periods = joined(std::mem::take(periods));
        }
        staff
    }

    /// Whether the person is, or is not, on the roll as the event says.
    fn stands(&self, event: &RollEvent) -> bool {
        let none = Covers::default();
        let covers = |teacher_id| self.covers.get(teacher_id).unwrap_or(&none);
        let on_roll = |date| self.periods_of(event).iter().any(|it| it.contains(date));
        let ends_on = |date| {
            self.periods_of(event)
                .iter()
                .any(|it| it.until == Some(date))
        };
        match event {
            RollEvent::StudentEnrolled(event) => on_roll(event.from),
            RollEvent::StudentWithdrawn(event) => ends_on(event.until),
            RollEvent::EnrolmentCancelled(event) => !on_roll(event.from),
            RollEvent::TeacherAssigned(event) => on_roll(event.from),
            RollEvent::TeacherEnded(event) => ends_on(event.until),
            RollEvent::CoverAssigned(event) => covers(&event.teacher_id).begins(event),
            RollEvent::CoverEnded(event) => covers(&event.teacher_id).has_ended(event.until),
        }
    }

    fn periods_of(&self, event: &RollEvent) -> &[Period] {
        let periods = match event.person() {
            Person::Student(student_id) => self.enrolments.get(&student_id),
            Person::Teacher(teacher_id) => self.teaching.get(&teacher_id),
            Person::Cover(_) => None,
        };
        periods.map_or(&[], Vec::as_slice)
    }

    fn evolve(&mut self, event: &RollEvent) -> Effect {
        match event.person() {
            Person::Student(student_id) => evolve_one(&mut self.enrolments, student_id, event),
            Person::Teacher(teacher_id) => evolve_one(&mut self.teaching, teacher_id, event),
            Person::Cover(teacher_id) => self.evolve_covers(teacher_id, event),
        }
    }

    fn evolve_covers(&mut self, teacher_id: UserId, event: &RollEvent) -> Effect {
        let covers = self.covers.entry(teacher_id).or_default();
        let effect = if let RollEvent::CoverAssigned(event) = event {
            covers.assign(event);
            Effect::Assigned
        } else if let RollEvent::CoverEnded(event) = event {
            effect_if(covers.end(event.until), Effect::Ended)
        } else {
            Effect::Superseded
        };
        if covers.is_empty() {
            self.covers.remove(&teacher_id);
        }
        effect
    }
}

/// Who has no period left is not kept.
fn evolve_one<Id: Ord + Copy>(
    periods_of: &mut BTreeMap<Id, Vec<Period>>,
    id: Id,
    event: &RollEvent,
) -> Effect {
    let periods = periods_of.entry(id).or_default();
    let effect = evolve(periods, event);
    if periods.is_empty() {
        periods_of.remove(&id);
    }
    effect
}

/// Changes the periods of the one person the event is about, who is enrolled or teaches; covers have no such periods.
fn evolve(periods: &mut Vec<Period>, event: &RollEvent) -> Effect {
    match event {
        RollEvent::StudentEnrolled(event) => {
            periods::begin(periods, event.from);
            Effect::Enrolled
        }
        RollEvent::StudentWithdrawn(event) => {
            effect_if(periods::end(periods, event.until), Effect::Withdrawn)
        }
        RollEvent::EnrolmentCancelled(event) => {
            effect_if(periods::cancel(periods, event.from), Effect::Cancelled)
        }
        RollEvent::TeacherAssigned(event) => {
            periods::begin(periods, event.from);
            Effect::Assigned
        }
        RollEvent::TeacherEnded(event) => {
            effect_if(periods::end(periods, event.until), Effect::Ended)
        }
        RollEvent::CoverAssigned(_) | RollEvent::CoverEnded(_) => Effect::Superseded,
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

/// The periods of one person in one class, from the events that are about that person, in whatever order they are given.
///
/// What happens to one person on a roll depends on nobody else, so these are the periods that [`fold_roll`] finds among
/// the events of the whole class. [`RollEvent::person`] says whom an event is about; no two are of one command. Covers
/// are kept otherwise and have none.
pub fn fold_periods<E: Borrow<RollEvent>>(events: &[Recorded<E>]) -> Vec<Period> {
    let mut periods = Vec::new();
    for recorded in in_order::<RollEvent, E>(events) {
        evolve(&mut periods, recorded.event);
    }
    periods
}

/// What became of each command to a roll. One that found nothing to end or cancel is superseded, and so is one whose
/// person is, as the roll stands now, not on it as the command says.
pub fn roll_effects<E: Borrow<RollEvent>>(events: &[Recorded<E>]) -> HashMap<CommandId, Effect> {
    let ordered = in_order::<RollEvent, E>(events);
    let mut roll = Roll::default();
    let at_their_place: Vec<Effect> = ordered
        .iter()
        .map(|recorded| roll.evolve(recorded.event))
        .collect();
    ordered
        .into_iter()
        .zip(at_their_place)
        .map(|(recorded, effect)| {
            let stands = roll.stands(recorded.event);
            (recorded.command_id, effect_if(stands, effect))
        })
        .collect()
}

#[cfg(test)]
mod tests;
