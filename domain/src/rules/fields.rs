//! What the fields of a command may hold, beyond what their types allow.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use crate::context::Context;
use crate::refusal::Refusal;
use crate::values::{EntryStatus, MinutesLate, SealedText, SessionKey, Slot};

/// The years a date can lie in; anything else is a slip of the keyboard.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;

/// A date in a year that makes sense.
pub(crate) fn date(pointer: &str, date: NaiveDate) -> Result<(), Refusal> {
    if YEARS.contains(&date.year()) {
        Ok(())
    } else {
        let detail = format!("The year must be {} to {}.", YEARS.start(), YEARS.end());
        Err(Refusal::invalid_field(pointer, &detail))
    }
}

/// A number that is neither too small nor too great.
pub(crate) fn within(
    pointer: &str,
    number: u32,
    bounds: std::ops::RangeInclusive<u32>,
) -> Result<(), Refusal> {
    if bounds.contains(&number) {
        Ok(())
    } else {
        let detail = format!("This must be {} to {}.", bounds.start(), bounds.end());
        Err(Refusal::invalid_field(pointer, &detail))
    }
}

/// A reason that says something.
pub(crate) fn reason(reason: &SealedText) -> Result<(), Refusal> {
    if reason.is_empty() {
        Err(Refusal::ReasonRequired)
    } else {
        Ok(())
    }
}

/// A session on a possible date and, if of a subject, of one the school has.
pub(crate) fn session(session: &SessionKey, context: &Context) -> Result<(), Refusal> {
    date("/session/date", session.date)?;
    if session.subject_id.is_none() || context.subject_known {
        Ok(())
    } else {
        Err(Refusal::invalid_field(
            "/session/subject_id",
            "The school has no such subject.",
        ))
    }
}

/// Minutes only for who is late.
pub(crate) fn minutes_late(
    status: EntryStatus,
    minutes_late: Option<MinutesLate>,
) -> Result<(), Refusal> {
    if minutes_late.is_none() || status == EntryStatus::Late {
        Ok(())
    } else {
        Err(Refusal::invalid_field(
            "/minutes_late",
            "Only a late student has minutes.",
        ))
    }
}

/// A first day that is not after the last.
pub(crate) fn period(start_date: NaiveDate, end_date: NaiveDate) -> Result<(), Refusal> {
    if start_date <= end_date {
        Ok(())
    } else {
        Err(Refusal::invalid_field(
            "/end_date",
            "The end must not be before the start.",
        ))
    }
}

/// How many parts of a day an exception can name: more than any school's day has.
const SLOTS: usize = 32;

/// The whole day, or some parts of it, each named once.
pub(crate) fn slots(slots: Option<&[Slot]>) -> Result<(), Refusal> {
    let invalid = |detail: &str| Err(Refusal::invalid_field("/slots", detail));
    match slots {
        None => Ok(()),
        Some([]) => invalid("Name at least one slot, or none at all for the whole day."),
        Some(slots) if slots.len() > SLOTS => invalid(&format!("Name at most {SLOTS} slots.")),
        Some(slots) if BTreeSet::from_iter(slots).len() < slots.len() => {
            invalid("Name each slot only once.")
        }
        Some(_) => Ok(()),
    }
}
