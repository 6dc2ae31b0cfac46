//! From the events of an exception to how it stands.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::event::{ExceptionAmended, ExceptionEvent, ExceptionRecorded};
use super::standing::{Exception, ExceptionState};
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, SealedText, UserId};

/// How an exception stands after a set of events, in whatever order they are given; none until it is recorded.
///
/// The events are of one exception and no two of one command, which the store guarantees.
pub fn fold_exception<E: Borrow<ExceptionEvent>>(events: &[Recorded<E>]) -> Option<Exception> {
    fold(&in_order::<ExceptionEvent, E>(events)).exception
}

/// What became of each command to an exception. One that says nothing any more that later ones have not said anew, or
/// that never counted, is superseded.
pub fn exception_effects<E: Borrow<ExceptionEvent>>(
    events: &[Recorded<E>],
) -> HashMap<CommandId, Effect> {
    fold(&in_order::<ExceptionEvent, E>(events)).into_effects()
}

/// Folds the base record first: what stands before it has waited for it.
///
/// Whoever knows the id of an exception can send a record of it, stamped as early as they like. So the base is the
/// first record by the office, or, if the office made none, the first record. All others fold as amendments by their
/// senders, and one that names another student than the base never counts. If several teachers had recorded it when
/// it was approved, and the office had not, nobody can tell which of them the approval was of, so it is of none.
fn fold(ordered: &[Recorded<&ExceptionEvent>]) -> Timeline {
    let mut timeline = Timeline::default();
    let base = base_record(ordered);
    if let Some((recorded, event)) = base {
        timeline.record(recorded, event);
    }
    let base = base.map(|(recorded, _)| recorded.command_id);
    for recorded in ordered {
        if Some(recorded.command_id) != base {
            timeline.evolve(recorded);
        }
    }
    timeline
}

fn base_record<'a>(
    ordered: &'a [Recorded<&'a ExceptionEvent>],
) -> Option<(&'a Recorded<&'a ExceptionEvent>, &'a ExceptionRecorded)> {
    let records = || {
        ordered.iter().filter_map(|recorded| match recorded.event {
            ExceptionEvent::ExceptionRecorded(event) => Some((recorded, event)),
            ExceptionEvent::ExceptionAmended(_)
            | ExceptionEvent::ExceptionApproved(_)
            | ExceptionEvent::ExceptionRejected(_)
            | ExceptionEvent::ExceptionRevoked(_) => None,
        })
    };
    records()
        .find(|(_, event)| event.approved)
        .or_else(|| records().next())
}

/// The exception as far as it has been read.
#[derive(Default)]
struct Timeline {
    exception: Option<Exception>,
    /// The teachers who had recorded it by then; nobody matters beside the office.
    recorders: BTreeSet<UserId>,
    is_the_offices: bool,
    effects: HashMap<CommandId, Effect>,
    /// Whose word each part of the exception is now. The record that made it has a word in none: it stays recorded.
    said_by: BTreeMap<Part, CommandId>,
}

/// What one command can say of an exception and a later one say anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Category,
    Start,
    End,
    Slots,
    Reason,
    State,
}

impl Timeline {
    /// Without a record there is no exception yet, and so nothing that a command could do.
    fn evolve(&mut self, recorded: &Recorded<&ExceptionEvent>) {
        let Some(exception) = &mut self.exception else {
            self.effects.insert(recorded.command_id, Effect::Superseded);
            return;
        };
        let (effect, said) = match recorded.event {
            ExceptionEvent::ExceptionRecorded(event) => {
                self.recorders.insert(recorded.actor_id);
                (Effect::Amended, exception.record_again(recorded, event))
            }
            ExceptionEvent::ExceptionAmended(event) => {
                (Effect::Amended, exception.amend(recorded, event))
            }
            ExceptionEvent::ExceptionApproved(_)
                if self.recorders.len() > 1 && !self.is_the_offices =>
            {
                (Effect::Approved, Vec::new())
            }
            ExceptionEvent::ExceptionApproved(_) => {
                let said = exception.decide(recorded, ExceptionState::Approved, None);
                (Effect::Approved, said)
            }
            ExceptionEvent::ExceptionRejected(event) => {
                let reason = Some(&event.reason);
                let said = exception.decide(recorded, ExceptionState::Rejected, reason);
                (Effect::Refused, said)
            }
            ExceptionEvent::ExceptionRevoked(event) => {
                let reason = Some(&event.reason);
                let said = exception.decide(recorded, ExceptionState::Revoked, reason);
                (Effect::Revoked, said)
            }
        };
        self.effects.insert(recorded.command_id, effect);
        for part in said {
            self.said_by.insert(part, recorded.command_id);
        }
    }

    fn record(&mut self, recorded: &Recorded<&ExceptionEvent>, event: &ExceptionRecorded) {
        self.recorders.insert(recorded.actor_id);
        self.is_the_offices = event.approved;
        let decision = event.approved.then_some(recorded);
        self.exception = Some(Exception {
            exception_id: event.exception_id,
            student_id: event.student_id,
            category: event.category,
            start_date: event.start_date,
            end_date: event.end_date,
            slots: event.slots.clone(),
            reason: event.reason.clone(),
            state: decision.map_or(ExceptionState::Pending, |_| ExceptionState::Approved),
            recorded_by: recorded.actor_id,
            recorded_occurred_at: recorded.occurred_at,
            recorded_at: recorded.recorded_at,
            decided_by: decision.map(|decision| decision.actor_id),
            decided_at: decision.map(|decision| decision.occurred_at),
            decision_reason: None,
        });
        self.effects.insert(recorded.command_id, Effect::Recorded);
    }

    /// Who has no word left in the exception, or never had one, is superseded.
    fn into_effects(mut self) -> HashMap<CommandId, Effect> {
        let has_a_word: BTreeSet<CommandId> = self.said_by.into_values().collect();
        for (command_id, effect) in &mut self.effects {
            if *effect != Effect::Recorded && !has_a_word.contains(command_id) {
                *effect = Effect::Superseded;
            }
        }
        self.effects
    }
}

/// A further record of the same exception says everything anew.
fn as_amendment(event: &ExceptionRecorded) -> ExceptionAmended {
    ExceptionAmended {
        exception_id: event.exception_id,
        category: Some(event.category),
        start_date: Some(event.start_date),
        end_date: Some(event.end_date),
        slots: Some(event.slots.clone()),
        reason: Some(event.reason.clone()),
        by_office: event.approved,
    }
}

/// Each answers the parts that are as it says from now on; none if it does not count.
impl Exception {
    fn record_again(
        &mut self,
        recorded: &Recorded<&ExceptionEvent>,
        event: &ExceptionRecorded,
    ) -> Vec<Part> {
        if self.student_id == event.student_id {
            self.amend(recorded, &as_amendment(event))
        } else {
            Vec::new()
        }
    }

    fn amend(
        &mut self,
        recorded: &Recorded<&ExceptionEvent>,
        event: &ExceptionAmended,
    ) -> Vec<Part> {
        if !event.by_office && self.recorded_by != recorded.actor_id {
            return Vec::new();
        }
        let mut said = self.change(event);
        if !event.by_office && !said.is_empty() {
            self.return_to_pending();
            said.push(Part::State);
        }
        said
    }

    /// Dates that would end it before it starts are left as they are.
    fn change(&mut self, event: &ExceptionAmended) -> Vec<Part> {
        let mut said = Vec::new();
        if let Some(category) = event.category {
            self.category = category;
            said.push(Part::Category);
        }
        let start_date = event.start_date.unwrap_or(self.start_date);
        let end_date = event.end_date.unwrap_or(self.end_date);
        if start_date <= end_date {
            self.start_date = start_date;
            self.end_date = end_date;
            said.extend(event.start_date.map(|_| Part::Start));
            said.extend(event.end_date.map(|_| Part::End));
        }
        if let Some(slots) = &event.slots {
            self.slots.clone_from(slots);
            said.push(Part::Slots);
        }
        if let Some(reason) = &event.reason {
            self.reason.clone_from(reason);
            said.push(Part::Reason);
        }
        said
    }

    fn return_to_pending(&mut self) {
        self.state = ExceptionState::Pending;
        self.decided_by = None;
        self.decided_at = None;
        self.decision_reason = None;
    }

    fn decide(
        &mut self,
        recorded: &Recorded<&ExceptionEvent>,
        state: ExceptionState,
        reason: Option<&SealedText>,
    ) -> Vec<Part> {
        self.state = state;
        self.decided_by = Some(recorded.actor_id);
        self.decided_at = Some(recorded.occurred_at);
        self.decision_reason = reason.cloned();
        vec![Part::State]
    }
}

#[cfg(test)]
mod tests;
