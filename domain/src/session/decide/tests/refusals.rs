//! What is refused although the sender may ask for it.

use super::*;

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
    for command in [about_an_entry(), about_a_conflict()].concat() {
        given(admin())
            .but(|context| context.student = None)
            .when(command)
            .then_refused(Refusal::UnknownStudent);
    }
}

#[test]
fn a_student_not_on_the_roster_of_the_date_is_not_marked_even_by_the_office() {
    for command in about_an_entry() {
        given(admin())
            .but(|context| context.student.as_mut().unwrap().on_roster = false)
            .when(command)
            .then_refused(Refusal::NotEnrolled);
    }
}

#[test]
fn a_conflict_is_ended_however_late_and_whoever_left_the_class() {
    for command in about_a_conflict() {
        given(teacher())
            .but(|context| context.student.as_mut().unwrap().on_roster = false)
            .but(|context| context.day_of_occurrence = day("2027-03-01"))
            .but(|context| context.today = day("2027-03-01"))
            .when(command)
            .then_accepted();
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
            reason: reason.clone(),
        }),
        SessionCommand::Arrive(RecordArrival {
            reason: reason.clone(),
            ..arrive()
        }),
        SessionCommand::Contest(ContestMark {
            reason,
            ..contest()
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
