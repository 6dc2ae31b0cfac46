use chrono::TimeDelta;

use super::*;
use crate::samples::{
    admin, auditor, day, given, minute, sealed, session, student, teacher, today,
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
    ]
}

fn every_command() -> Vec<SessionCommand> {
    let mut commands = of_a_teacher();
    commands.push(SessionCommand::Correct(correct(EntryStatus::Absent)));
    commands
}

/// The commands about one student.
fn about_a_student() -> Vec<SessionCommand> {
    vec![
        SessionCommand::Mark(mark(Status::Present)),
        clear(),
        SessionCommand::Correct(correct(EntryStatus::Absent)),
    ]
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
    given(teacher())
        .when(SessionCommand::Correct(correct(EntryStatus::Present)))
        .then_refused(Refusal::Forbidden);
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

#[test]
fn a_class_the_school_does_not_have_is_unknown() {
    for command in every_command() {
        given(admin())
            .but(|context| context.class = None)
            .when(command)
            .then_refused(Refusal::UnknownClass);
    }
}

#[test]
fn a_student_the_school_does_not_have_is_unknown() {
    for command in about_a_student() {
        given(admin())
            .but(|context| context.student = None)
            .when(command)
            .then_refused(Refusal::UnknownStudent);
    }
}

#[test]
fn a_student_not_on_the_roster_of_the_date_is_not_marked_even_by_the_office() {
    for command in about_a_student() {
        given(admin())
            .but(|context| context.student.as_mut().unwrap().on_roster = false)
            .when(command)
            .then_refused(Refusal::NotEnrolled);
    }
}

#[test]
fn commands_about_the_whole_register_need_no_student() {
    for command in [open(), close(), SessionCommand::Reopen(reopen()), void()] {
        given(teacher())
            .but(|context| context.student = None)
            .when(command)
            .then_accepted();
    }
}

#[test]
fn a_date_still_to_come_is_refused() {
    for command in every_command() {
        given(admin())
            .but(|context| context.today = today().pred_opt().unwrap())
            .when(command)
            .then_refused(Refusal::FutureDate);
    }
}

#[test]
fn a_date_in_no_term_of_the_school_is_refused() {
    for command in every_command() {
        given(admin())
            .but(|context| context.date_in_school_term = false)
            .when(command)
            .then_refused(Refusal::OutsideTerm);
    }
}

#[test]
fn a_date_outside_the_classes_own_term_is_accepted() {
    for command in of_a_teacher() {
        given(teacher())
            .but(|context| context.class.as_mut().unwrap().in_own_term = false)
            .when(command)
            .then_accepted();
    }
}

#[test]
fn a_teacher_marks_until_the_edit_window_ends() {
    for command in [SessionCommand::Mark(mark(Status::Absent)), clear()] {
        given(teacher())
            .but(|context| context.day_of_occurrence = day("2026-12-08"))
            .but(|context| context.today = day("2026-12-08"))
            .when(command.clone())
            .then_accepted();
        given(teacher())
            .but(|context| context.day_of_occurrence = day("2026-12-09"))
            .but(|context| context.today = day("2026-12-09"))
            .when(command)
            .then_refused(Refusal::OutsideWindow { edit_days: 14 });
    }
}

#[test]
fn a_phone_that_was_offline_for_a_month_loses_no_mark() {
    given(teacher())
        .but(|context| context.today = day("2027-01-05"))
        .when(SessionCommand::Mark(mark(Status::Present)))
        .then_accepted();
}

#[test]
fn the_edit_window_binds_neither_the_office_nor_the_closing_of_a_register() {
    let late = |context: &mut Context| context.day_of_occurrence = day("2027-03-01");
    given(admin())
        .but(late)
        .when(SessionCommand::Mark(mark(Status::Present)))
        .then_accepted();
    given(teacher()).but(late).when(close()).then_accepted();
}

#[test]
fn only_a_late_student_has_minutes() {
    let minutes_late = MinutesLate::new(5).ok();
    for status in [Status::Present, Status::Absent, Status::Excused] {
        let command = MarkAttendance {
            minutes_late,
            ..mark(status)
        };
        given(teacher())
            .when(SessionCommand::Mark(command))
            .then_invalid("/minutes_late");
    }
    let correction = |status| {
        SessionCommand::Correct(CorrectAttendance {
            minutes_late,
            ..correct(status)
        })
    };
    given(admin())
        .when(correction(EntryStatus::Unmarked))
        .then_invalid("/minutes_late");
    given(admin())
        .when(correction(EntryStatus::Late))
        .then_accepted();
}

#[test]
fn a_reason_is_required_where_one_is_asked_for() {
    let reason = SealedText::default();
    let commands = [
        SessionCommand::Correct(CorrectAttendance {
            reason: reason.clone(),
            ..correct(EntryStatus::Present)
        }),
        SessionCommand::Reopen(ReopenSession {
            reason: reason.clone(),
            ..reopen()
        }),
        SessionCommand::Void(VoidSession {
            session: session(),
            reason: reason.clone(),
        }),
        SessionCommand::Restore(RestoreSession {
            session: session(),
            reason,
        }),
    ];
    for command in commands {
        given(admin())
            .when(command)
            .then_refused(Refusal::ReasonRequired);
    }
}

#[test]
fn a_year_nobody_means_is_invalid() {
    for date in ["1899-12-31", "2201-01-01", "+12026-11-24"] {
        let session = SessionKey {
            date: day(date),
            ..session()
        };
        given(teacher())
            .when(SessionCommand::Open(OpenSession { session }))
            .then_invalid("/session/date");
    }
}

#[test]
fn a_subject_the_school_does_not_have_is_invalid() {
    let session = SessionKey {
        subject_id: Some(uuid::Uuid::from_u128(0x5b).into()),
        ..session()
    };
    given(teacher())
        .but(|context| context.subject_known = false)
        .when(SessionCommand::Open(OpenSession { session }))
        .then_invalid("/session/subject_id");
}

#[test]
fn authority_is_asked_before_fields_and_fields_before_roster_and_roster_before_dates() {
    let everything_wrong = |context: &mut Context| {
        context.class.as_mut().unwrap().taught_by_actor = false;
        context.student.as_mut().unwrap().on_roster = false;
        context.date_in_school_term = false;
    };
    let command = || {
        SessionCommand::Mark(MarkAttendance {
            minutes_late: MinutesLate::new(5).ok(),
            ..mark(Status::Present)
        })
    };
    let right = SessionCommand::Mark(mark(Status::Present));
    given(teacher())
        .but(everything_wrong)
        .when(command())
        .then_refused(Refusal::ForbiddenClass);
    given(admin())
        .but(everything_wrong)
        .when(command())
        .then_invalid("/minutes_late");
    given(admin())
        .but(everything_wrong)
        .when(right)
        .then_refused(Refusal::NotEnrolled);
}
