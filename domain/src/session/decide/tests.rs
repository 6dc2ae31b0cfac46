use chrono::TimeDelta;

mod refusals;

use super::*;
use crate::samples::{
    admin, auditor, command_id, day, given, minute, sealed, session, student, teacher, today,
};
use crate::values::{EntryStatus, MinutesLate, SealedText, SessionKey, Status};

fn open() -> SessionCommand {
    SessionCommand::Open(OpenSession { session: session() })
}

fn close() -> SessionCommand {
    SessionCommand::Close(CloseSession { session: session() })
}

fn mark(status: Status) -> MarkAttendance {
    MarkAttendance {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
    }
}

fn clear() -> SessionCommand {
    SessionCommand::Clear(ClearMark {
        session: session(),
        student_id: student(1),
    })
}

fn correct(status: EntryStatus) -> CorrectAttendance {
    CorrectAttendance {
        session: session(),
        student_id: student(1),
        status,
        minutes_late: None,
        remarks: None,
        reason: sealed("seen at the gate"),
    }
}

fn reopen() -> ReopenSession {
    ReopenSession {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: None,
    }
}

fn void() -> SessionCommand {
    SessionCommand::Void(VoidSession {
        session: session(),
        reason: sealed("sports day"),
    })
}

fn restore() -> SessionCommand {
    SessionCommand::Restore(RestoreSession {
        session: session(),
        reason: sealed("rained off"),
    })
}

fn arrive() -> RecordArrival {
    RecordArrival {
        session: session(),
        student_id: student(1),
        minutes_late: MinutesLate::new(25).unwrap(),
        reason: sealed("bus"),
    }
}

fn contest() -> ContestMark {
    ContestMark {
        session: session(),
        student_id: student(1),
        mark_id: command_id(7),
        reason: sealed("I saw her"),
    }
}

fn accept() -> SessionCommand {
    SessionCommand::Accept(AcceptConflict {
        session: session(),
        student_id: student(1),
        mark_id: command_id(7),
    })
}

/// Every command a teacher may send.
fn of_a_teacher() -> Vec<SessionCommand> {
    vec![
        open(),
        close(),
        SessionCommand::Mark(mark(Status::Present)),
        clear(),
        SessionCommand::Reopen(reopen()),
        void(),
        restore(),
        SessionCommand::Contest(contest()),
        accept(),
    ]
}

/// What only the office may send.
fn of_the_office() -> Vec<SessionCommand> {
    vec![
        SessionCommand::Correct(correct(EntryStatus::Absent)),
        SessionCommand::Arrive(arrive()),
    ]
}

fn every_command() -> Vec<SessionCommand> {
    let mut commands = of_a_teacher();
    commands.extend(of_the_office());
    commands
}

/// The commands that change a student's entry.
fn about_an_entry() -> Vec<SessionCommand> {
    let mut commands = vec![SessionCommand::Mark(mark(Status::Present)), clear()];
    commands.extend(of_the_office());
    commands
}

/// The commands about a mark that lost.
fn about_a_conflict() -> Vec<SessionCommand> {
    vec![SessionCommand::Contest(contest()), accept()]
}

#[test]
fn a_teacher_opens_and_closes_the_register_of_an_own_class() {
    given(teacher())
        .when(open())
        .then(SessionEvent::SessionOpened(SessionOpened {
            session: session(),
        }));
    given(teacher())
        .when(close())
        .then(SessionEvent::SessionClosed(SessionClosed {
            session: session(),
        }));
}

#[test]
fn a_mark_keeps_its_minutes_and_remarks() {
    let minutes_late = Some(MinutesLate::new(7).unwrap());
    let remarks = Some(sealed("bus"));
    let command = MarkAttendance {
        minutes_late,
        remarks: remarks.clone(),
        ..mark(Status::Late)
    };
    given(teacher())
        .when(SessionCommand::Mark(command))
        .then(SessionEvent::AttendanceMarked(AttendanceMarked {
            session: session(),
            student_id: student(1),
            status: Status::Late,
            minutes_late,
            remarks,
        }));
}

#[test]
fn a_mark_is_taken_back() {
    given(teacher())
        .when(clear())
        .then(SessionEvent::MarkCleared(MarkCleared {
            session: session(),
            student_id: student(1),
        }));
}

#[test]
fn the_office_corrects_an_entry_to_unmarked() {
    given(admin())
        .when(SessionCommand::Correct(correct(EntryStatus::Unmarked)))
        .then(SessionEvent::AttendanceCorrected(AttendanceCorrected {
            session: session(),
            student_id: student(1),
            status: EntryStatus::Unmarked,
            minutes_late: None,
            remarks: None,
            reason: sealed("seen at the gate"),
        }));
}

#[test]
fn a_register_is_voided_and_restored() {
    given(teacher())
        .when(void())
        .then(SessionEvent::SessionVoided(SessionVoided {
            session: session(),
            reason: sealed("sports day"),
        }));
    given(admin())
        .when(restore())
        .then(SessionEvent::SessionRestored(SessionRestored {
            session: session(),
            reason: sealed("rained off"),
        }));
}

#[test]
fn the_office_reopens_without_limit_and_a_teacher_within_the_policy() {
    for (context, within_minutes) in [(admin(), None), (teacher(), Some(30))] {
        given(context)
            .when(SessionCommand::Reopen(reopen()))
            .then(SessionEvent::SessionReopened(SessionReopened {
                session: session(),
                reason: sealed("forgot a row"),
                effective_at: minute(0),
                within_minutes,
            }));
    }
}

#[test]
fn a_register_is_reopened_from_an_earlier_moment_but_not_from_a_later_one() {
    let from = |effective_at| {
        SessionCommand::Reopen(ReopenSession {
            effective_at: Some(effective_at),
            ..reopen()
        })
    };
    given(admin())
        .when(from(minute(-5)))
        .then(SessionEvent::SessionReopened(SessionReopened {
            session: session(),
            reason: sealed("forgot a row"),
            effective_at: minute(-5),
            within_minutes: None,
        }));
    given(admin()).when(from(minute(0))).then_accepted();
    given(admin())
        .when(from(minute(0) + TimeDelta::milliseconds(1)))
        .then_invalid("/effective_at");
}

#[test]
fn an_auditor_changes_nothing() {
    for command in every_command() {
        given(auditor())
            .when(command)
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn a_teacher_corrects_nothing() {
    for command in of_the_office() {
        given(teacher())
            .when(command)
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn an_arrival_is_recorded_with_its_minutes() {
    given(admin())
        .when(SessionCommand::Arrive(arrive()))
        .then(SessionEvent::ArrivalRecorded(ArrivalRecorded {
            session: session(),
            student_id: student(1),
            minutes_late: MinutesLate::new(25).unwrap(),
            reason: sealed("bus"),
        }));
}

#[test]
fn whether_the_office_speaks_about_a_mark_is_kept() {
    for (context, by_office) in [(teacher(), false), (admin(), true)] {
        given(context.clone())
            .when(SessionCommand::Contest(contest()))
            .then(SessionEvent::MarkContested(MarkContested {
                session: session(),
                student_id: student(1),
                mark_id: command_id(7),
                reason: sealed("I saw her"),
                by_office,
            }));
        given(context)
            .when(accept())
            .then(SessionEvent::ConflictAccepted(ConflictAccepted {
                session: session(),
                student_id: student(1),
                mark_id: command_id(7),
                by_office,
            }));
    }
}

#[test]
fn a_teacher_touches_no_class_they_do_not_teach_on_the_date() {
    for command in of_a_teacher() {
        given(teacher())
            .but(|context| context.class.as_mut().unwrap().taught_by_actor = false)
            .when(command)
            .then_refused(Refusal::ForbiddenClass);
    }
}

#[test]
fn the_office_sends_every_command_for_every_class() {
    for command in every_command() {
        given(admin()).when(command).then_accepted();
    }
}
