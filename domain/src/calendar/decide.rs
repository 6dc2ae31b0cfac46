//! Which commands to a calendar are accepted. One may be valid from a day to come, or from a day long past.

use super::check::check;
use super::command::{CalendarCommand, SetCalendar};
use super::event::{CalendarEvent, CalendarSet};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::authority;

/// Accepts a command to a calendar as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &CalendarCommand, context: &Context) -> Result<CalendarEvent, Refusal> {
    match command {
        CalendarCommand::Set(command) => set(command, context).map(CalendarEvent::CalendarSet),
    }
}

fn set(command: &SetCalendar, context: &Context) -> Result<CalendarSet, Refusal> {
    authority::admin(context)?;
    check(&command.calendar, &context.unknown_classes)?;
    Ok(CalendarSet {
        version: context.next_versions.calendar,
        calendar: command.calendar.clone(),
    })
}

#[cfg(test)]
mod tests;
