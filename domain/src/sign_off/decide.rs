//! Which sign-offs are accepted.

use super::command::{SignOffCommand, SignOffPeriod};
use super::event::{PeriodSignedOff, SignOffEvent};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, fields};

/// Accepts a command to a sign-off as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &SignOffCommand, context: &Context) -> Result<SignOffEvent, Refusal> {
    match command {
        SignOffCommand::SignOff(command) => {
            sign_off(command, context).map(SignOffEvent::PeriodSignedOff)
        }
    }
}

fn sign_off(command: &SignOffPeriod, context: &Context) -> Result<PeriodSignedOff, Refusal> {
    authority::admin(context)?;
    if command.class_id.is_some() {
        authority::known_class(context)?;
    }
    fields::date("/from", command.from)?;
    fields::date("/to", command.to)?;
    if command.to < command.from {
        let detail = "The last day must not be before the first.";
        return Err(Refusal::invalid_field("/to", detail));
    }
    if command.to > context.today {
        return Err(Refusal::FutureDate);
    }
    if !context.date_in_school_term {
        return Err(Refusal::OutsideTerm);
    }
    Ok(PeriodSignedOff {
        sign_off_id: command.sign_off_id,
        from: command.from,
        to: command.to,
        class_id: command.class_id,
        note: command.note.clone(),
    })
}

#[cfg(test)]
mod tests;
