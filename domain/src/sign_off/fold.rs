//! From the events under one id to the sign-off.

use std::borrow::Borrow;
use std::collections::HashMap;

use super::event::{PeriodSignedOff, SignOffEvent};
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, Instant, UserId};

/// A period that was signed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOff {
    /// Which period, and of what.
    pub period: PeriodSignedOff,
    /// Who signed it off.
    pub signed_by: UserId,
    /// When.
    pub signed_at: Instant,
    /// When that reached the store: what reaches it later is a change to what was handed in.
    pub recorded_at: Instant,
}

/// The sign-off that follows from a set of events, in whatever order they are given; none from no events.
pub fn fold_sign_off<E: Borrow<SignOffEvent>>(events: &[Recorded<E>]) -> Option<SignOff> {
    let ordered = in_order::<SignOffEvent, E>(events);
    let first = ordered.first()?;
    let SignOffEvent::PeriodSignedOff(period) = first.event;
    Some(SignOff {
        period: period.clone(),
        signed_by: first.actor_id,
        signed_at: first.occurred_at,
        recorded_at: first.recorded_at,
    })
}

/// What became of each command: the first stands.
pub fn sign_off_effects<E: Borrow<SignOffEvent>>(
    events: &[Recorded<E>],
) -> HashMap<CommandId, Effect> {
    let ordered = in_order::<SignOffEvent, E>(events);
    let effects = std::iter::once(Effect::SignedOff).chain(std::iter::repeat(Effect::Superseded));
    let command_ids = ordered.iter().map(|recorded| recorded.command_id);
    command_ids.zip(effects).collect()
}

#[cfg(test)]
mod tests;
