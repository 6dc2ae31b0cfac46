//! Which commands to an exception are accepted.

use super::command::{
    AmendException, ApproveException, ExceptionCommand, RecordException, RejectException,
    RevokeException,
};
use super::event::{
    ExceptionAmended, ExceptionApproved, ExceptionEvent, ExceptionRecorded, ExceptionRejected,
    ExceptionRevoked,
};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, fields, roster};
use crate::values::Role;

/// Accepts a command to an exception as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &ExceptionCommand, context: &Context) -> Result<ExceptionEvent, Refusal> {
    match command {
        ExceptionCommand::Record(command) => {
            record(command, context).map(ExceptionEvent::ExceptionRecorded)
        }
        ExceptionCommand::Amend(command) => {
            amend(command, context).map(ExceptionEvent::ExceptionAmended)
        }
        ExceptionCommand::Approve(command) => {
            approve(command, context).map(ExceptionEvent::ExceptionApproved)
        }
        ExceptionCommand::Reject(command) => {
            reject(command, context).map(ExceptionEvent::ExceptionRejected)
        }
        ExceptionCommand::Revoke(command) => {
            revoke(command, context).map(ExceptionEvent::ExceptionRevoked)
        }
    }
}

fn record(command: &RecordException, context: &Context) -> Result<ExceptionRecorded, Refusal> {
    authority::staff(context)?;
    own_pupil(context)?;
    fields::date("/start_date", command.start_date)?;
    fields::date("/end_date", command.end_date)?;
    fields::period(command.start_date, command.end_date)?;
    fields::slots(command.slots.as_deref())?;
    fields::reason(&command.reason)?;
    roster::known_student(context)?;
    Ok(ExceptionRecorded {
        exception_id: command.exception_id,
        student_id: command.student_id,
        category: command.category,
        start_date: command.start_date,
        end_date: command.end_date,
        slots: command.slots.clone(),
        reason: command.reason.clone(),
        approved: context.actor.role == Role::Admin,
    })
}

/// A teacher may ask only for pupils they teach. Of a student the school does not have, the roster rule speaks.
fn own_pupil(context: &Context) -> Result<(), Refusal> {
    let stranger = context
        .student
        .is_some_and(|student| !student.taught_by_actor);
    if context.actor.role == Role::Teacher && stranger {
        Err(Refusal::Forbidden)
    } else {
        Ok(())
    }
}

/// Whether a teacher recorded the exception is not asked here: that is in the stream, and the fold decides it.
fn amend(command: &AmendException, context: &Context) -> Result<ExceptionAmended, Refusal> {
    authority::staff(context)?;
    something_to_amend(command)?;
    for (pointer, date) in [
        ("/start_date", command.start_date),
        ("/end_date", command.end_date),
    ] {
        date.map_or(Ok(()), |date| fields::date(pointer, date))?;
    }
    if let (Some(start_date), Some(end_date)) = (command.start_date, command.end_date) {
        fields::period(start_date, end_date)?;
    }
    fields::slots(command.slots.as_ref().and_then(|slots| slots.as_deref()))?;
    command.reason.as_ref().map_or(Ok(()), fields::reason)?;
    Ok(ExceptionAmended {
        exception_id: command.exception_id,
        category: command.category,
        start_date: command.start_date,
        end_date: command.end_date,
        slots: command.slots.clone(),
        reason: command.reason.clone(),
        by_office: context.actor.role == Role::Admin,
    })
}

fn something_to_amend(command: &AmendException) -> Result<(), Refusal> {
    let nothing = command.category.is_none()
        && command.start_date.is_none()
        && command.end_date.is_none()
        && command.slots.is_none()
        && command.reason.is_none();
    if nothing {
        Err(Refusal::invalid_field(
            "",
            "Say what to change: category, start_date, end_date, slots or reason.",
        ))
    } else {
        Ok(())
    }
}

fn approve(command: &ApproveException, context: &Context) -> Result<ExceptionApproved, Refusal> {
    authority::admin(context)?;
    Ok(ExceptionApproved {
        exception_id: command.exception_id,
    })
}

fn reject(command: &RejectException, context: &Context) -> Result<ExceptionRejected, Refusal> {
    authority::admin(context)?;
    fields::reason(&command.reason)?;
    Ok(ExceptionRejected {
        exception_id: command.exception_id,
        reason: command.reason.clone(),
    })
}

fn revoke(command: &RevokeException, context: &Context) -> Result<ExceptionRevoked, Refusal> {
    authority::admin(context)?;
    fields::reason(&command.reason)?;
    Ok(ExceptionRevoked {
        exception_id: command.exception_id,
        reason: command.reason.clone(),
    })
}

#[cfg(test)]
mod tests;
