use chrono::{Days, NaiveDate};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::delivery::{self, Batch, Sent, deliver};
use crate::samples::{class, command_id, minute, sealed, session, student, today};
use crate::session::command::{
    AcceptConflict, ClearMark, CloseSession, ContestMark, CorrectAttendance, MarkAttendance,
    OpenSession, RecordArrival, ReopenSession, RestoreSession, SessionCommand, VoidSession,
};
use crate::session::{Register, SessionEvent, fold_register};
use crate::values::{
    ClassId, CommandId, EntryStatus, MinutesLate, SealedText, SessionKey, Status, StudentId,
};
use crate::{ClassFacts, Context, PolicyFacts, Recorded, StudentFacts};

/// The session nearly everything is about, now and then the one of tomorrow, and others for which much is refused.
fn any_session() -> impl Strategy<Value = SessionKey> {
    let on = |date| SessionKey { date, ..session() };
    let of_no_class = SessionKey {
        class_id: ClassId::from(uuid::Uuid::from_u128(0xc2)),
        ..session()
    };
    prop_oneof![
        30 => Just(session()),
        4 => Just(on(today() + Days::new(1))),
        1 => Just(on(today() - Days::new(20))),
        1 => Just(on(day_in_no_term())),
        1 => Just(of_no_class),
    ]
}

fn day_in_no_term() -> NaiveDate {
    today() - Days::new(2)
}

/// Three students of the class, one who is not on its roster, and one the school does not have.
fn any_student() -> impl Strategy<Value = StudentId> {
    prop_oneof![16 => 1..=4_u128, 1 => Just(5)].prop_map(student)
}

/// A reason, now and then a missing one.
fn any_reason() -> impl Strategy<Value = SealedText> {
    prop_oneof![9 => Just(sealed("because")), 1 => Just(SealedText::default())]
}

/// Minutes, now and then with a status that has none.
fn any_minutes() -> impl Strategy<Value = Option<MinutesLate>> {
    prop_oneof![
        5 => Just(None),
        1 => (0..=240_u16).prop_map(|minutes| MinutesLate::new(minutes).ok()),
    ]
}

fn mark() -> impl Strategy<Value = SessionCommand> {
    (
        any_session(),
        any_student(),
        select(Status::ALL),
        any_minutes(),
    )
        .prop_map(|(session, student_id, status, minutes_late)| {
            SessionCommand::Mark(MarkAttendance {
                session,
                student_id,
                status,
                minutes_late,
                remarks: None,
            })
        })
}

pub(super) fn clear(student_id: StudentId) -> SessionCommand {
    SessionCommand::Clear(ClearMark {
        session: session(),
        student_id,
    })
}

fn correct() -> impl Strategy<Value = SessionCommand> {
    (
        any_session(),
        any_student(),
        select(EntryStatus::ALL),
        any_reason(),
    )
        .prop_map(|(session, student_id, status, reason)| {
            SessionCommand::Correct(CorrectAttendance {
                session,
                student_id,
                status,
                minutes_late: None,
                remarks: None,
                reason,
            })
        })
}

/// The office says what is right for a student.
pub(super) fn correction(student_id: StudentId, status: EntryStatus) -> SessionCommand {
    SessionCommand::Correct(CorrectAttendance {
        session: session(),
        student_id,
        status,
        minutes_late: None,
        remarks: None,
        reason: sealed("asked both"),
    })
}

pub(super) fn close() -> SessionCommand {
    SessionCommand::Close(CloseSession { session: session() })
}

pub(super) fn reopen_from(effective_at: Option<i64>) -> SessionCommand {
    SessionCommand::Reopen(ReopenSession {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: effective_at.map(minute),
    })
}

pub(super) fn void(reason: SealedText) -> SessionCommand {
    SessionCommand::Void(VoidSession {
        session: session(),
        reason,
    })
}

pub(super) fn restore(reason: SealedText) -> SessionCommand {
    SessionCommand::Restore(RestoreSession {
        session: session(),
        reason,
    })
}

/// A child that comes late to the office.
pub(super) fn arrival(student_id: StudentId, minutes: u16) -> RecordArrival {
    RecordArrival {
        session: session(),
        student_id,
        minutes_late: MinutesLate::new(minutes).unwrap(),
        reason: sealed("bus"),
    }
}

fn arrive() -> impl Strategy<Value = SessionCommand> {
    (any_session(), any_student(), any_reason(), 0..=240_u16).prop_map(
        |(session, student_id, reason, minutes)| {
            SessionCommand::Arrive(RecordArrival {
                session,
                reason,
                ..arrival(student_id, minutes)
            })
        },
    )
}

/// Something about a mark, which [`commands`] chooses by a number.
fn say() -> impl Strategy<Value = SessionCommand> {
    (
        any_session(),
        any_student(),
        any_reason(),
        0..24_u128,
        any::<bool>(),
    )
        .prop_map(|(session, student_id, reason, number, insists)| {
            let mark_id = command_id(number);
            if insists {
                SessionCommand::Contest(ContestMark {
                    session,
                    student_id,
                    mark_id,
                    reason,
                })
            } else {
                SessionCommand::Accept(AcceptConflict {
                    session,
                    student_id,
                    mark_id,
                })
            }
        })
}

/// Commands of several people, in which what is said about marks is mostly about marks that are there.
pub(super) fn commands(
    command: impl Strategy<Value = SessionCommand>,
) -> impl Strategy<Value = Vec<Sent<SessionCommand>>> {
    delivery::commands(command).prop_map(aim)
}

/// Lets what is said be about the marks with the numbers chosen, as far as there are so many.
fn aim(mut commands: Vec<Sent<SessionCommand>>) -> Vec<Sent<SessionCommand>> {
    let marks: Vec<_> = commands
        .iter()
        .filter(|sent| sent.command.is_mark())
        .filter_map(|sent| Some((sent.id, student_of(&sent.command)?)))
        .collect();
    let chosen = |number: CommandId, generated: StudentId| {
        let at = usize::try_from(number.as_uuid().as_u128()).unwrap();
        match marks.get(at % marks.len().max(1)) {
            None => (number, generated),
            // Now and then the student is another one, or one whom the school does not have.
            Some((id, _)) if id % 8 == 0 => (command_id(*id), generated),
            Some((id, student_id)) => (command_id(*id), *student_id),
        }
    };
    for sent in &mut commands {
        if let SessionCommand::Contest(it) = &mut sent.command {
            (it.mark_id, it.student_id) = chosen(it.mark_id, it.student_id);
        } else if let SessionCommand::Accept(it) = &mut sent.command {
            (it.mark_id, it.student_id) = chosen(it.mark_id, it.student_id);
        }
    }
    commands
}

/// Anything that happens while a register is taken: no reopen, and nothing of which the meaning depends on the closing.
pub(super) fn no_reopen() -> impl Strategy<Value = SessionCommand> {
    prop_oneof![
        2 => Just(SessionCommand::Open(OpenSession { session: session() })),
        3 => Just(close()),
        10 => mark(),
        2 => any_student().prop_map(clear),
        2 => correct(),
        1 => any_reason().prop_map(void),
        1 => any_reason().prop_map(restore),
    ]
}

pub(super) fn anything() -> impl Strategy<Value = SessionCommand> {
    prop_oneof![
        20 => no_reopen(),
        4 => option::of(0..45_i64).prop_map(reopen_from),
        3 => arrive(),
        5 => say(),
    ]
}

fn student_of(command: &SessionCommand) -> Option<StudentId> {
    match command {
        SessionCommand::Mark(command) => Some(command.student_id),
        SessionCommand::Clear(command) => Some(command.student_id),
        SessionCommand::Correct(command) => Some(command.student_id),
        SessionCommand::Arrive(command) => Some(command.student_id),
        SessionCommand::Contest(command) => Some(command.student_id),
        SessionCommand::Accept(command) => Some(command.student_id),
        SessionCommand::Open(_)
        | SessionCommand::Close(_)
        | SessionCommand::Reopen(_)
        | SessionCommand::Void(_)
        | SessionCommand::Restore(_) => None,
    }
}

/// The facts of a command, whenever it arrives.
pub(super) fn context(sent: &Sent<SessionCommand>) -> Context {
    let student_id = student_of(&sent.command);
    let key = sent.command.session();
    let facts = sent.sender.context();
    Context {
        policy: PolicyFacts {
            reopen_minutes: 10,
            ..facts.policy
        },
        class: facts
            .class
            .filter(|_| key.class_id == class())
            .map(|class| ClassFacts {
                in_own_term: key.date == today(),
                ..class
            }),
        date_in_school_term: key.date != day_in_no_term(),
        student: student_id
            .filter(|student_id| *student_id != student(5))
            .map(|student_id| StudentFacts {
                on_roster: student_id != student(4),
                taught_by_actor: true,
            }),
        ..facts
    }
}

/// The events of all sessions that the server has after taking in the batches.
pub(super) fn stored_of_all(batches: &[Batch<SessionCommand>]) -> Vec<Recorded<SessionEvent>> {
    deliver(batches, context)
        .into_iter()
        .map(|recorded| recorded.map(|event| event.as_session().unwrap().clone()))
        .collect()
}

/// The events of the session nearly everything is about.
pub(super) fn stored(batches: &[Batch<SessionCommand>]) -> Vec<Recorded<SessionEvent>> {
    let mut events = stored_of_all(batches);
    events.retain(|recorded| *recorded.event.session() == session());
    events
}

/// The register that follows from the events, without the times of arrival: of a register those alone may differ.
pub(super) fn timeless(events: &[Recorded<SessionEvent>]) -> Option<Register> {
    let mut register = fold_register(events)?;
    for entry in register.entries.values_mut() {
        entry.recorded_at = minute(0);
    }
    for conflict in &mut register.conflicts {
        conflict.lost.recorded_at = minute(0);
        conflict.won.recorded_at = minute(0);
    }
    Some(register)
}
