//! The dense form of a batch: marks of one register as columns instead of rows.
//!
//! Written out, they are commands like any others: nothing beyond this module knows in which form a command came. How
//! they are sent is in [`columns`], what that says in [`marks`] and, of their ids, [`stepped_id`]; [`students`] knows whom
//! they are about.

mod columns;
mod marks;
mod stepped_id;
mod students;

use platform::json::FieldError;
use platform::problem::Problem;
use platform::server::Services;

pub(super) use columns::Columns;
pub use marks::DenseMarks;

use self::students::Enrolments;
use super::envelope::Envelope;
use super::sent::SentCommand;
use crate::facts::Caller;

/// The member of the envelope that holds them.
const MEMBER: &str = "marks";

/// Reads the dense marks of a batch.
///
/// # Errors
/// The first field that does not fit the others.
pub(super) fn read(sent: Vec<Columns>) -> Result<Vec<DenseMarks>, FieldError> {
    sent.into_iter()
        .map(DenseMarks::read)
        .enumerate()
        .map(|(place, marks)| marks.map_err(|error| error.within(place).within(MEMBER)))
        .collect()
}

/// Checks that each stands where it says: they come in order, none lies over another, and between them there are enough
/// commands that are written out already.
///
/// # Errors
/// The first that cannot stand there.
pub(super) fn check_places(written_out: usize, all: &[DenseMarks]) -> Result<(), FieldError> {
    let mut next = 0;
    let mut left = written_out;
    for (place, marks) in all.iter().enumerate() {
        let between = marks.index().checked_sub(next);
        left = between
            .and_then(|between| left.checked_sub(between))
            .ok_or_else(|| {
                let detail = "these marks cannot stand there in the batch";
                wrong("/index", detail).within(place).within(MEMBER)
            })?;
        next = marks.index() + marks.count();
    }
    Ok(())
}

/// The same batch with every command written out, in the order meant.
///
/// # Errors
/// `malformed` when it cannot be told whom some marks are about, or the database does not answer.
pub(super) async fn written_out(
    services: &Services,
    caller: &Caller,
    mut envelope: Envelope,
) -> Result<Envelope, Problem> {
    let all = std::mem::take(&mut envelope.marks);
    if all.is_empty() {
        return Ok(envelope);
    }
    let enrolments = Enrolments::load(services, caller, &all).await?;
    let mut plain = std::mem::take(&mut envelope.commands).into_iter();
    let mut commands: Vec<SentCommand> = Vec::new();
    for (place, marks) in all.into_iter().enumerate() {
        let before = marks.index().saturating_sub(commands.len());
        commands.extend(plain.by_ref().take(before));
        let written_out = marks
            .written_out(&enrolments)
            .map_err(|error| error.within(place).within(MEMBER))?;
        commands.extend(written_out);
    }
    commands.extend(plain);
    Ok(Envelope {
        commands,
        ..envelope
    })
}

fn wrong(pointer: &str, detail: &str) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests;
