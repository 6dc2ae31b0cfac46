//! From the events of an exception to how it stands.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::event::{ExceptionAmended, ExceptionEvent, ExceptionRecorded};
use super::standing::{Exception, ExceptionState};
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, SealedText};

/// How an exception stands after a set of events, in whatever order they are given; none until it is recorded.
///
/// The events are of one exception and no two of one command, which the store guarantees.
pub fn fold_exception<E: Borrow<ExceptionEvent>>(events: &[Recorded<E>]) -> Option<Exception> {
    fold(&in_order::<ExceptionEvent, E>(events)).exception
}

/// What became of each command to an exception.
pub fn exception_effects<E: Borrow<ExceptionEvent>>(
    events: &[Recorded<E>],
) -> HashMap<CommandId, Effect> {
    fold(&in_order::<ExceptionEvent, E>(events)).effects
}

/// Folds the base record first: what stands before it has waited for it.
///
/// Whoever knows the id of an exception can send a record of it, stamped as early as they like. So the base is the
/// first record by the office, or, if the office made none, the first record. All others fold as amendments by their
/// senders, and one that names another student than the base never counts.
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
    effects: HashMap<CommandId, Effect>,
    /// The decision that stands.
    decision: Option<CommandId>,
}

impl Timeline {
    fn evolve(&mut self, recorded: &Recorded<&ExceptionEvent>) {
        match recorded.event {
            ExceptionEvent::ExceptionRecorded(event) => self.record_again(recorded, event),
            ExceptionEvent::ExceptionAmended(event) => self.amend(recorded, event),
            ExceptionEvent::ExceptionApproved(_) => {
                self.decide(recorded, Effect::Approved, ExceptionState::Approved, None);
            }
            ExceptionEvent::ExceptionRejected(event) => {
                let reason = Some(&event.reason);
                self.decide(recorded, Effect::Refused, ExceptionState::Rejected, reason);
            }
            ExceptionEvent::ExceptionRevoked(event) => {
                let reason = Some(&event.reason);
                self.decide(recorded, Effect::Revoked, ExceptionState::Revoked, reason);
            }
        }
    }

    fn record(&mut self, recorded: &Recorded<&ExceptionEvent>, event: &ExceptionRecorded) {
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

    fn record_again(&mut self, recorded: &Recorded<&ExceptionEvent>, event: &ExceptionRecorded) {
        let of_the_student = self
            .exception
            .as_ref()
            .is_some_and(|exception| exception.student_id == event.student_id);
        if of_the_student {
            self.amend(recorded, &as_amendment(event));
        } else {
            self.effects.insert(recorded.command_id, Effect::Superseded);
        }
    }

    fn amend(&mut self, recorded: &Recorded<&ExceptionEvent>, event: &ExceptionAmended) {
        let by_recorder = self
            .exception
            .as_ref()
            .is_some_and(|exception| exception.recorded_by == recorded.actor_id);
        if !event.by_office && !by_recorder {
            self.effects.insert(recorded.command_id, Effect::Superseded);
            return;
        }
        self.effects.insert(recorded.command_id, Effect::Amended);
        if let Some(exception) = &mut self.exception {
            exception.change(event);
            if !event.by_office {
                exception.return_to_pending();
                self.supersede_decision();
            }
        }
    }

    fn decide(
        &mut self,
        recorded: &Recorded<&ExceptionEvent>,
        effect: Effect,
        state: ExceptionState,
        reason: Option<&SealedText>,
    ) {
        self.supersede_decision();
        self.decision = Some(recorded.command_id);
        self.effects.insert(recorded.command_id, effect);
        if let Some(exception) = &mut self.exception {
            exception.state = state;
            exception.decided_by = Some(recorded.actor_id);
            exception.decided_at = Some(recorded.occurred_at);
            exception.decision_reason = reason.cloned();
        }
    }

    fn supersede_decision(&mut self) {
        if let Some(command_id) = self.decision.take() {
            self.effects.insert(command_id, Effect::Superseded);
        }
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

impl Exception {
    fn change(&mut self, event: &ExceptionAmended) {
        self.category = event.category.unwrap_or(self.category);
        let start_date = event.start_date.unwrap_or(self.start_date);
        let end_date = event.end_date.unwrap_or(self.end_date);
        if start_date <= end_date {
            self.start_date = start_date;
            self.end_date = end_date;
        }
        if let Some(slots) = &event.slots {
            self.slots.clone_from(slots);
        }
        if let Some(reason) = &event.reason {
            self.reason.clone_from(reason);
        }
    }

    fn return_to_pending(&mut self) {
        self.state = ExceptionState::Pending;
        self.decided_by = None;
        self.decided_at = None;
        self.decision_reason = None;
    }
}

#[cfg(test)]
mod tests;
