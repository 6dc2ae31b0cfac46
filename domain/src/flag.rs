//! Remarks on an accepted command that a person may want to look at.

use crate::command::Command;
use crate::context::Context;
use crate::rules::dates::is_after_the_edit_window;
use crate::session::SessionCommand;
use crate::values::{Role, words};

words! {
    /// What is noteworthy about an accepted command; kept with the event.
    Flag {
        /// A teacher's mark arrived more than the edit window after the session's date.
        LateArrival = "late_arrival",
        /// Stamped before a moment at which its device had reported that it held nothing more. Added at the edge.
        Backdated = "backdated",
        /// The date is in a term of the school but in none of the class's own.
        OutsideClassTerm = "outside_class_term",
        /// The slot is not in the school's list.
        UnplannedSlot = "unplanned_slot",
        /// The order of the device's commands is in doubt. Added at the edge.
        OrderDoubt = "order_doubt",
        /// Somebody else handed it in for the person it is from, whose device did not send it. Added at the edge.
        SubmittedForAnother = "submitted_for_another",
    }
}

/// The flags that follow from an accepted command and its context, in the order of [`Flag`].
pub fn flags(command: &Command, context: &Context) -> Vec<Flag> {
    match command {
        Command::Session(command) => session_flags(command, context),
        Command::Exception(_)
        | Command::Roll(_)
        | Command::Policy(_)
        | Command::Calendar(_)
        | Command::SignOff(_)
        | Command::Alias(_) => Vec::new(),
    }
}

fn session_flags(command: &SessionCommand, context: &Context) -> Vec<Flag> {
    let session = command.session();
    let outside_class_term = context.class.is_some_and(|class| !class.in_own_term);
    [
        (arrives_late(command, context), Flag::LateArrival),
        (outside_class_term, Flag::OutsideClassTerm),
        (
            session.slot.is_some() && !context.slot_planned,
            Flag::UnplannedSlot,
        ),
    ]
    .into_iter()
    .filter_map(|(applies, flag)| applies.then_some(flag))
    .collect()
}

fn arrives_late(command: &SessionCommand, context: &Context) -> bool {
    context.actor.role == Role::Teacher
        && command.is_mark()
        && is_after_the_edit_window(command.session().date, context.today, context.policy)
}

#[cfg(test)]
mod tests;
