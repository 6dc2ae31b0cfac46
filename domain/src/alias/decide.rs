//! Which merges are accepted.

use super::command::{AliasCommand, MergeStudents, UndoMerge};
use super::event::{AliasEvent, MergeUndone, StudentsMerged};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, roster};

/// Accepts a command about a double as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &AliasCommand, context: &Context) -> Result<AliasEvent, Refusal> {
    match command {
        AliasCommand::Merge(command) => merge(command, context).map(AliasEvent::StudentsMerged),
        AliasCommand::Undo(command) => undo(command, context).map(AliasEvent::MergeUndone),
    }
}

fn merge(command: &MergeStudents, context: &Context) -> Result<StudentsMerged, Refusal> {
    authority::admin(context)?;
    roster::known_student(context)?;
    let merges = context.merges;
    if !merges.into_known {
        return Err(Refusal::UnknownStudent);
    }
    let fault = if command.student_id == command.into {
        Some(("/into", "A student is not merged into themselves."))
    } else if merges.one_is_erased {
        Some((
            "/into",
            "One of them was erased, and nobody is to know any more who that was.",
        ))
    } else if merges.into_is_double {
        Some((
            "/into",
            "This student is merged into another one; merge into that one, or undo that first.",
        ))
    } else if merges.has_doubles {
        Some((
            "/student_id",
            "Others are merged into this student; undo that first, or merge the other way round.",
        ))
    } else {
        None
    };
    match fault {
        Some((pointer, detail)) => Err(Refusal::invalid_field(pointer, detail)),
        None => Ok(StudentsMerged {
            student_id: command.student_id,
            into: command.into,
            reason: command.reason.clone(),
        }),
    }
}

fn undo(command: &UndoMerge, context: &Context) -> Result<MergeUndone, Refusal> {
    authority::admin(context)?;
    roster::known_student(context)?;
    Ok(MergeUndone {
        student_id: command.student_id,
        reason: command.reason.clone(),
    })
}

#[cfg(test)]
mod tests;
