//! Which commands to a register are accepted.

use super::command::{
    AcceptConflict, ClearMark, CloseSession, ContestMark, CorrectAttendance, MarkAttendance,
    OpenSession, RecordArrival, ReopenSession, RestoreSession, SessionCommand, VoidSession,
};
use super::event::{
    ArrivalRecorded, AttendanceCorrected, AttendanceMarked, ConflictAccepted, MarkCleared,
    MarkContested, SessionClosed, SessionEvent, SessionOpened, SessionReopened, SessionRestored,
    SessionVoided,
};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, dates, fields, roster};
use crate::values::{Instant, Role, SessionKey};

/// Accepts a command to a register as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &SessionCommand, context: &Context) -> Result<SessionEvent, Refusal> {
    match command {
        SessionCommand::Open(command) => open(command, context).map(SessionEvent::SessionOpened),
        SessionCommand::Close(command) => close(command, context).map(SessionEvent::SessionClosed),
        SessionCommand::Mark(command) => mark(command, context).map(SessionEvent::AttendanceMarked),
        SessionCommand::Clear(command) => clear(command, context).map(SessionEvent::MarkCleared),
        SessionCommand::Correct(command) => {
            correct(command, context).map(SessionEvent::AttendanceCorrected)
        }
        SessionCommand::Reopen(command) => {
            reopen(command, context).map(SessionEvent::SessionReopened)
        }
        SessionCommand::Void(command) => void(command, context).map(SessionEvent::SessionVoided),
        SessionCommand::Restore(command) => {
            restore(command, context).map(SessionEvent::SessionRestored)
        }
        SessionCommand::Arrive(command) => {
            arrive(command, context).map(SessionEvent::ArrivalRecorded)
        }
        SessionCommand::Contest(command) => {
            contest(command, context).map(SessionEvent::MarkContested)
        }
        SessionCommand::Accept(command) => {
            accept(command, context).map(SessionEvent::ConflictAccepted)
        }
    }
}

fn open(command: &OpenSession, context: &Context) -> Result<SessionOpened, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    dates::school_day(&command.session, context)?;
    Ok(SessionOpened {
        session: command.session.clone(),
    })
}

fn close(command: &CloseSession, context: &Context) -> Result<SessionClosed, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    dates::school_day(&command.session, context)?;
    Ok(SessionClosed {
        session: command.session.clone(),
    })
}

fn mark(command: &MarkAttendance, context: &Context) -> Result<AttendanceMarked, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    fields::minutes_late(command.status.into(), command.minutes_late)?;
    roster::enrolled_student(context)?;
    dates::school_day(&command.session, context)?;
    dates::edit_window(&command.session, context)?;
    Ok(AttendanceMarked {
        session: command.session.clone(),
        student_id: command.student_id,
        status: command.status,
        minutes_late: command.minutes_late,
        remarks: command.remarks.clone(),
    })
}

fn clear(command: &ClearMark, context: &Context) -> Result<MarkCleared, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    roster::enrolled_student(context)?;
    dates::school_day(&command.session, context)?;
    dates::edit_window(&command.session, context)?;
    Ok(MarkCleared {
        session: command.session.clone(),
        student_id: command.student_id,
    })
}

fn correct(command: &CorrectAttendance, context: &Context) -> Result<AttendanceCorrected, Refusal> {
    authority::admin(context)?;
    authority::known_class(context)?;
    fields::session(&command.session, context)?;
    fields::minutes_late(command.status, command.minutes_late)?;
    fields::reason(&command.reason)?;
    roster::enrolled_student(context)?;
    dates::school_day(&command.session, context)?;
    Ok(AttendanceCorrected {
        session: command.session.clone(),
        student_id: command.student_id,
        status: command.status,
        minutes_late: command.minutes_late,
        remarks: command.remarks.clone(),
        reason: command.reason.clone(),
    })
}

fn reopen(command: &ReopenSession, context: &Context) -> Result<SessionReopened, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    fields::reason(&command.reason)?;
    let effective_at = effective_at(command, context)?;
    dates::school_day(&command.session, context)?;
    Ok(SessionReopened {
        session: command.session.clone(),
        reason: command.reason.clone(),
        effective_at,
        within_minutes: (context.actor.role == Role::Teacher)
            .then_some(context.policy.reopen_minutes),
    })
}

fn effective_at(command: &ReopenSession, context: &Context) -> Result<Instant, Refusal> {
    match command.effective_at {
        None => Ok(context.occurred_at),
        Some(effective_at) if effective_at <= context.occurred_at => Ok(effective_at),
        Some(_) => Err(Refusal::invalid_field(
            "/effective_at",
            "A register cannot be reopened from a later moment than now.",
        )),
    }
}

fn void(command: &VoidSession, context: &Context) -> Result<SessionVoided, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    fields::reason(&command.reason)?;
    dates::school_day(&command.session, context)?;
    Ok(SessionVoided {
        session: command.session.clone(),
        reason: command.reason.clone(),
    })
}

fn restore(command: &RestoreSession, context: &Context) -> Result<SessionRestored, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    fields::reason(&command.reason)?;
    dates::school_day(&command.session, context)?;
    Ok(SessionRestored {
        session: command.session.clone(),
        reason: command.reason.clone(),
    })
}

fn arrive(command: &RecordArrival, context: &Context) -> Result<ArrivalRecorded, Refusal> {
    authority::admin(context)?;
    authority::known_class(context)?;
    fields::session(&command.session, context)?;
    fields::reason(&command.reason)?;
    roster::enrolled_student(context)?;
    dates::school_day(&command.session, context)?;
    Ok(ArrivalRecorded {
        session: command.session.clone(),
        student_id: command.student_id,
        minutes_late: command.minutes_late,
        reason: command.reason.clone(),
    })
}

fn contest(command: &ContestMark, context: &Context) -> Result<MarkContested, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    fields::reason(&command.reason)?;
    statement(&command.session, context)?;
    Ok(MarkContested {
        session: command.session.clone(),
        student_id: command.student_id,
        mark_id: command.mark_id,
        reason: command.reason.clone(),
        by_office: context.actor.role == Role::Admin,
    })
}

fn accept(command: &AcceptConflict, context: &Context) -> Result<ConflictAccepted, Refusal> {
    authority::class_staff(context)?;
    fields::session(&command.session, context)?;
    statement(&command.session, context)?;
    Ok(ConflictAccepted {
        session: command.session.clone(),
        student_id: command.student_id,
        mark_id: command.mark_id,
        by_office: context.actor.role == Role::Admin,
    })
}

/// A conflict may be ended long after the day, and when the student is no longer on the roster.
fn statement(session: &SessionKey, context: &Context) -> Result<(), Refusal> {
    roster::known_student(context)?;
    dates::school_day(session, context)
}

#[cfg(test)]
mod tests;
