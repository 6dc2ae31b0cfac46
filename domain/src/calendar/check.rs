//! What a calendar may hold, beyond what its types allow. Every complaint names the entry of the list it is about.

use std::collections::BTreeSet;

use super::event::{Calendar, ClosedDays, ExpectedRegisters, PlannedSlot};
use crate::refusal::Refusal;
use crate::rules::fields;
use crate::values::{ClassId, Slot};

/// How many spans of closed days a version can name: one a day for a year and more.
const CLOSED_DAYS: usize = 400;

/// How many parts a school day can have.
const SLOTS: usize = 32;

/// How many classes can differ from the others.
const CLASSES: usize = 1_000;

/// Checks a calendar whose school does not have `unknown_classes`.
pub(super) fn check(calendar: &Calendar, unknown_classes: &[ClassId]) -> Result<(), Refusal> {
    fields::date("/valid_from", calendar.valid_from)?;
    if calendar.school_days.is_empty() {
        let detail = "Name at least one day of the week.";
        return Err(Refusal::invalid_field("/school_days", detail));
    }
    each_once("/school_days", &calendar.school_days)?;
    closed_days(&calendar.closed_days)?;
    slots(&calendar.slots)?;
    let planned: BTreeSet<&Slot> = calendar.slots.iter().map(|slot| &slot.id).collect();
    expected(&calendar.expected, &planned, unknown_classes)
}

fn closed_days(closed_days: &[ClosedDays]) -> Result<(), Refusal> {
    at_most("/closed_days", closed_days.len(), CLOSED_DAYS)?;
    for (index, days) in closed_days.iter().enumerate() {
        let to = format!("/closed_days/{index}/to");
        fields::date(&format!("/closed_days/{index}/from"), days.from)?;
        fields::date(&to, days.to)?;
        if days.to < days.from {
            let detail = "The last day must not be before the first.";
            return Err(Refusal::invalid_field(&to, detail));
        }
    }
    let spans: Vec<_> = closed_days.iter().map(|it| (it.from, it.to)).collect();
    each_once("/closed_days", &spans)
}

fn slots(slots: &[PlannedSlot]) -> Result<(), Refusal> {
    at_most("/slots", slots.len(), SLOTS)?;
    for (index, slot) in slots.iter().enumerate() {
        let ends_before_it_starts = slot
            .start
            .is_some_and(|start| slot.end.is_some_and(|end| end <= start));
        if ends_before_it_starts {
            return Err(Refusal::invalid_field(
                &format!("/slots/{index}/end"),
                "The end must be after the start.",
            ));
        }
    }
    let ids: Vec<_> = slots.iter().map(|slot| &slot.id).collect();
    each_once("/slots", &ids)
}

fn expected(
    expected: &ExpectedRegisters,
    planned: &BTreeSet<&Slot>,
    unknown_classes: &[ClassId],
) -> Result<(), Refusal> {
    expected_slots("/expected/default", &expected.default, planned)?;
    at_most("/expected/classes", expected.classes.len(), CLASSES)?;
    for (index, class) in expected.classes.iter().enumerate() {
        if unknown_classes.contains(&class.class_id) {
            return Err(Refusal::invalid_field(
                &format!("/expected/classes/{index}/class_id"),
                "The school has no such class.",
            ));
        }
        let pointer = format!("/expected/classes/{index}/slots");
        expected_slots(&pointer, &class.slots, planned)?;
    }
    let classes: Vec<_> = expected.classes.iter().map(|it| it.class_id).collect();
    each_once("/expected/classes", &classes)
}

fn expected_slots(
    pointer: &str,
    slots: &[Option<Slot>],
    planned: &BTreeSet<&Slot>,
) -> Result<(), Refusal> {
    let unplanned = slots
        .iter()
        .position(|slot| slot.as_ref().is_some_and(|slot| !planned.contains(slot)));
    if let Some(index) = unplanned {
        return Err(Refusal::invalid_field(
            &format!("{pointer}/{index}"),
            "This is none of the slots of this calendar.",
        ));
    }
    each_once(pointer, slots)
}

fn at_most(pointer: &str, length: usize, most: usize) -> Result<(), Refusal> {
    if length <= most {
        Ok(())
    } else {
        let detail = format!("This list has at most {most} entries.");
        Err(Refusal::invalid_field(pointer, &detail))
    }
}

fn each_once<T: Ord>(pointer: &str, list: &[T]) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    match list.iter().position(|entry| !seen.insert(entry)) {
        None => Ok(()),
        Some(index) => Err(Refusal::invalid_field(
            &format!("{pointer}/{index}"),
            "This is in the list before.",
        )),
    }
}
