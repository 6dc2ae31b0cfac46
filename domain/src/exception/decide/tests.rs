use super::*;
use crate::samples::{admin, auditor, day, exception, given, sealed, slot, student, teacher};
use crate::values::{Category, SealedText, Slot};

fn record() -> RecordException {
    RecordException {
        exception_id: exception(),
        student_id: student(1),
        category: Category::Medical,
        start_date: day("2026-11-23"),
        end_date: day("2026-11-25"),
        slots: Some(vec![slot("am")]),
        reason: sealed("dentist"),
    }
}

fn amend() -> AmendException {
    AmendException {
        exception_id: exception(),
        category: None,
        start_date: None,
        end_date: Some(day("2026-11-26")),
        slots: None,
        reason: None,
    }
}

fn approve() -> ExceptionCommand {
    ExceptionCommand::Approve(ApproveException {
        exception_id: exception(),
    })
}

fn reject(reason: SealedText) -> ExceptionCommand {
    ExceptionCommand::Reject(RejectException {
        exception_id: exception(),
        reason,
    })
}

fn revoke(reason: SealedText) -> ExceptionCommand {
    ExceptionCommand::Revoke(RevokeException {
        exception_id: exception(),
        reason,
    })
}

#[test]
fn an_exception_of_the_office_counts_at_once_and_a_teachers_waits() {
    for (context, approved) in [(admin(), true), (teacher(), false)] {
        given(context)
            .when(ExceptionCommand::Record(record()))
            .then(ExceptionEvent::ExceptionRecorded(ExceptionRecorded {
                exception_id: exception(),
                student_id: student(1),
                category: Category::Medical,
                start_date: day("2026-11-23"),
                end_date: day("2026-11-25"),
                slots: Some(vec![slot("am")]),
                reason: sealed("dentist"),
                approved,
            }));
    }
}

#[test]
fn a_teacher_asks_only_for_own_pupils() {
    given(teacher())
        .but(|context| context.student.as_mut().unwrap().taught_by_actor = false)
        .when(ExceptionCommand::Record(record()))
        .then_refused(Refusal::Forbidden);
}

#[test]
fn a_student_the_school_does_not_have_is_unknown() {
    for context in [teacher(), admin()] {
        given(context)
            .but(|context| context.student = None)
            .when(ExceptionCommand::Record(record()))
            .then_refused(Refusal::UnknownStudent);
    }
}

#[test]
fn an_exception_of_one_day_is_the_shortest() {
    let ending = |end_date| {
        ExceptionCommand::Record(RecordException {
            end_date,
            ..record()
        })
    };
    given(teacher())
        .when(ending(day("2026-11-23")))
        .then_accepted();
    given(teacher())
        .when(ending(day("2026-11-22")))
        .then_invalid("/end_date");
}

#[test]
fn an_exception_for_weeks_to_come_is_accepted() {
    let command = RecordException {
        start_date: day("2027-02-01"),
        end_date: day("2027-02-05"),
        ..record()
    };
    given(teacher())
        .when(ExceptionCommand::Record(command))
        .then_accepted();
}

#[test]
fn a_year_nobody_means_is_invalid() {
    let start = RecordException {
        start_date: day("0026-11-23"),
        ..record()
    };
    let end = AmendException {
        end_date: Some(day("2226-11-23")),
        ..amend()
    };
    given(admin())
        .when(ExceptionCommand::Record(start))
        .then_invalid("/start_date");
    given(admin())
        .when(ExceptionCommand::Amend(end))
        .then_invalid("/end_date");
}

fn recording_in(slots: Vec<Slot>) -> ExceptionCommand {
    ExceptionCommand::Record(RecordException {
        slots: Some(slots),
        ..record()
    })
}

fn amending_to(slots: Vec<Slot>) -> ExceptionCommand {
    ExceptionCommand::Amend(AmendException {
        slots: Some(Some(slots)),
        ..amend()
    })
}

fn slots(number: usize) -> Vec<Slot> {
    (0..number).map(|at| slot(&format!("p{at}"))).collect()
}

#[test]
fn an_empty_list_of_slots_is_invalid() {
    for command in [recording_in(Vec::new()), amending_to(Vec::new())] {
        given(admin()).when(command).then_invalid("/slots");
    }
}

#[test]
fn an_exception_names_at_most_32_slots() {
    for command in [recording_in(slots(32)), amending_to(slots(32))] {
        given(admin()).when(command).then_accepted();
    }
    for command in [recording_in(slots(33)), amending_to(slots(33))] {
        given(admin()).when(command).then_invalid("/slots");
    }
}

#[test]
fn an_exception_names_a_slot_only_once() {
    let twice = vec![slot("am"), slot("pm"), slot("am")];
    for command in [recording_in(twice.clone()), amending_to(twice)] {
        given(admin()).when(command).then_invalid("/slots");
    }
}

#[test]
fn an_amendment_says_only_what_changes_and_whether_the_office_made_it() {
    for (context, by_office) in [(admin(), true), (teacher(), false)] {
        let command = AmendException {
            slots: Some(None),
            ..amend()
        };
        given(context).when(ExceptionCommand::Amend(command)).then(
            ExceptionEvent::ExceptionAmended(ExceptionAmended {
                exception_id: exception(),
                category: None,
                start_date: None,
                end_date: Some(day("2026-11-26")),
                slots: Some(None),
                reason: None,
                by_office,
            }),
        );
    }
}

#[test]
fn an_amendment_that_changes_nothing_is_invalid() {
    let nothing = AmendException {
        end_date: None,
        ..amend()
    };
    given(teacher())
        .when(ExceptionCommand::Amend(nothing))
        .then_invalid("");
}

#[test]
fn an_amendment_that_ends_before_it_starts_is_invalid() {
    let backwards = AmendException {
        start_date: Some(day("2026-11-27")),
        ..amend()
    };
    given(admin())
        .when(ExceptionCommand::Amend(backwards))
        .then_invalid("/end_date");
}

#[test]
fn the_office_approves_rejects_and_revokes() {
    given(admin())
        .when(approve())
        .then(ExceptionEvent::ExceptionApproved(ExceptionApproved {
            exception_id: exception(),
        }));
    given(admin())
        .when(reject(sealed("no letter")))
        .then(ExceptionEvent::ExceptionRejected(ExceptionRejected {
            exception_id: exception(),
            reason: sealed("no letter"),
        }));
    given(admin())
        .when(revoke(sealed("came back")))
        .then(ExceptionEvent::ExceptionRevoked(ExceptionRevoked {
            exception_id: exception(),
            reason: sealed("came back"),
        }));
}

#[test]
fn a_teacher_decides_no_exception() {
    for command in [approve(), reject(sealed("no")), revoke(sealed("no"))] {
        given(teacher())
            .when(command)
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn an_auditor_changes_nothing() {
    let commands = [
        ExceptionCommand::Record(record()),
        ExceptionCommand::Amend(amend()),
        approve(),
        reject(sealed("no")),
        revoke(sealed("no")),
    ];
    for command in commands {
        given(auditor())
            .when(command)
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn a_reason_is_required_where_one_is_asked_for() {
    let without_reason = RecordException {
        reason: SealedText::default(),
        ..record()
    };
    let blank_reason = AmendException {
        reason: Some(SealedText::default()),
        ..amend()
    };
    let commands = [
        ExceptionCommand::Record(without_reason),
        ExceptionCommand::Amend(blank_reason),
        reject(SealedText::default()),
        revoke(SealedText::default()),
    ];
    for command in commands {
        given(admin())
            .when(command)
            .then_refused(Refusal::ReasonRequired);
    }
}

#[test]
fn an_amendment_of_any_teacher_is_accepted_because_the_fold_decides_whether_it_counts() {
    given(teacher())
        .but(|context| context.student = None)
        .when(ExceptionCommand::Amend(amend()))
        .then_accepted();
}
