//! Who may send a command.

use crate::context::{ClassFacts, Context};
use crate::refusal::Refusal;
use crate::values::Role;

/// Only the office.
pub(crate) fn admin(context: &Context) -> Result<(), Refusal> {
    match context.actor.role {
        Role::Admin => Ok(()),
        Role::Teacher | Role::Auditor => Err(Refusal::Forbidden),
    }
}

/// Teachers and the office.
pub(crate) fn staff(context: &Context) -> Result<(), Refusal> {
    match context.actor.role {
        Role::Admin | Role::Teacher => Ok(()),
        Role::Auditor => Err(Refusal::Forbidden),
    }
}

/// A class of the school, whoever asks.
pub(crate) fn known_class(context: &Context) -> Result<ClassFacts, Refusal> {
    context.class.ok_or(Refusal::UnknownClass)
}

/// The office for every class; a teacher for a class taught or covered on the session's date.
pub(crate) fn class_staff(context: &Context) -> Result<(), Refusal> {
    staff(context)?;
    let class = known_class(context)?;
    if context.actor.role == Role::Admin || class.taught_by_actor {
        Ok(())
    } else {
        Err(Refusal::ForbiddenClass)
    }
}
