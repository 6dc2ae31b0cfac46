//! The one way from a command to an event.

use crate::command::Command;
use crate::context::Context;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::{alias, calendar, exception, policy, roll, session, sign_off};

/// Accepts a command as exactly one event, or says why not.
///
/// Looks only at the command and the context, never at what has happened to the aggregate, so that the order in which
/// commands arrive changes nothing. Every command is asked in the same order: authority, fields, roster, dates.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &Command, context: &Context) -> Result<Event, Refusal> {
    match command {
        Command::Session(command) => session::decide(command, context).map(Event::Session),
        Command::Exception(command) => exception::decide(command, context).map(Event::Exception),
        Command::Roll(command) => roll::decide(command, context).map(Event::Roll),
        Command::Policy(command) => policy::decide(command, context).map(Event::Policy),
        Command::Calendar(command) => calendar::decide(command, context).map(Event::Calendar),
        Command::SignOff(command) => sign_off::decide(command, context).map(Event::SignOff),
        Command::Alias(command) => alias::decide(command, context).map(Event::Alias),
    }
}
