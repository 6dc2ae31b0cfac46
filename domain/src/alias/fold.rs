//! From the events of doubles to whom each counts under.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};

use super::event::AliasEvent;
use crate::effect::Effect;
use crate::recorded::{Recorded, in_order};
use crate::values::{CommandId, StudentId};

/// Into whom the double is merged, by a set of its events in whatever order they are given: what the last one says.
pub fn fold_alias<E: Borrow<AliasEvent>>(events: &[Recorded<E>]) -> Option<StudentId> {
    let ordered = in_order::<AliasEvent, E>(events);
    ordered.last().and_then(|last| last.event.into())
}

/// What became of each command: the last one decides.
pub fn alias_effects<E: Borrow<AliasEvent>>(events: &[Recorded<E>]) -> HashMap<CommandId, Effect> {
    let ordered = in_order::<AliasEvent, E>(events);
    let last = ordered.last().map(|last| last.command_id);
    let effect = |recorded: &Recorded<&AliasEvent>| match recorded.event {
        _ if Some(recorded.command_id) != last => Effect::Superseded,
        AliasEvent::StudentsMerged(_) => Effect::Merged,
        AliasEvent::MergeUndone(_) => Effect::Unmerged,
    };
    ordered
        .iter()
        .map(|recorded| (recorded.command_id, effect(recorded)))
        .collect()
}

/// The student as whom this one counts, given what was decided about each double.
///
/// One step only: a merge into somebody who is a double as well counts for nothing until the office has mended it, so that
/// of doubles in a row only the last counts under another, and of those in a ring none.
pub fn counts_under(
    student_id: StudentId,
    merged_into: &BTreeMap<StudentId, StudentId>,
) -> StudentId {
    match merged_into.get(&student_id) {
        Some(into) if !merged_into.contains_key(into) => *into,
        Some(_) | None => student_id,
    }
}

#[cfg(test)]
mod tests;
