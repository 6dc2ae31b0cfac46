use super::*;
use crate::samples::{admin, amina, auditor, class, day, given, student, teacher};

fn enrol(from: &str) -> RollCommand {
    RollCommand::Enrol(EnrolStudent {
        class_id: class(),
        student_id: student(1),
        from: day(from),
    })
}

fn withdraw(until: &str) -> RollCommand {
    RollCommand::Withdraw(WithdrawStudent {
        class_id: class(),
        student_id: student(1),
        until: day(until),
    })
}

fn cancel(from: &str) -> RollCommand {
    RollCommand::Cancel(CancelEnrolment {
        class_id: class(),
        student_id: student(1),
        from: day(from),
    })
}

fn assign(from: &str) -> RollCommand {
    RollCommand::Assign(AssignTeacher {
        class_id: class(),
        teacher_id: amina(),
        from: day(from),
    })
}

fn end(until: &str) -> RollCommand {
    RollCommand::End(EndTeacher {
        class_id: class(),
        teacher_id: amina(),
        until: day(until),
    })
}

fn every_command(date: &str) -> [RollCommand; 5] {
    [
        enrol(date),
        withdraw(date),
        cancel(date),
        assign(date),
        end(date),
    ]
}

#[test]
fn the_office_enrols_withdraws_and_cancels() {
    let (class_id, student_id) = (class(), student(1));
    given(admin())
        .when(enrol("2026-09-01"))
        .then(RollEvent::StudentEnrolled(StudentEnrolled {
            class_id,
            student_id,
            from: day("2026-09-01"),
        }));
    given(admin())
        .when(withdraw("2026-12-01"))
        .then(RollEvent::StudentWithdrawn(StudentWithdrawn {
            class_id,
            student_id,
            until: day("2026-12-01"),
        }));
    given(admin())
        .when(cancel("2026-09-01"))
        .then(RollEvent::EnrolmentCancelled(EnrolmentCancelled {
            class_id,
            student_id,
            from: day("2026-09-01"),
        }));
}

#[test]
fn the_office_assigns_a_teacher_and_ends_it() {
    let (class_id, teacher_id) = (class(), amina());
    given(admin())
        .when(assign("2026-09-01"))
        .then(RollEvent::TeacherAssigned(TeacherAssigned {
            class_id,
            teacher_id,
            from: day("2026-09-01"),
        }));
    given(admin())
        .when(end("2026-12-01"))
        .then(RollEvent::TeacherEnded(TeacherEnded {
            class_id,
            teacher_id,
            until: day("2026-12-01"),
        }));
}

#[test]
fn only_the_office_changes_a_roll() {
    for context in [teacher(), auditor()] {
        for command in every_command("2026-09-01") {
            given(context.clone())
                .when(command)
                .then_refused(Refusal::Forbidden);
        }
    }
}

#[test]
fn a_class_the_school_does_not_have_is_unknown() {
    for command in every_command("2026-09-01") {
        given(admin())
            .but(|context| context.class = None)
            .when(command)
            .then_refused(Refusal::UnknownClass);
    }
}

#[test]
fn a_student_the_school_does_not_have_is_unknown() {
    for command in [
        enrol("2026-09-01"),
        withdraw("2026-09-01"),
        cancel("2026-09-01"),
    ] {
        given(admin())
            .but(|context| context.student = None)
            .when(command)
            .then_refused(Refusal::UnknownStudent);
    }
}

#[test]
fn a_teacher_the_school_does_not_have_is_invalid() {
    for command in [assign("2026-09-01"), end("2026-09-01")] {
        given(admin())
            .but(|context| context.teacher_known = false)
            .when(command)
            .then_invalid("/teacher_id");
    }
}

#[test]
fn a_roll_is_changed_for_days_to_come_and_outside_terms() {
    for command in every_command("2027-08-30") {
        given(admin())
            .but(|context| context.date_in_school_term = false)
            .when(command)
            .then_accepted();
    }
}

#[test]
fn a_year_nobody_means_is_invalid() {
    for command in [
        enrol("1026-09-01"),
        cancel("2926-09-01"),
        assign("1899-09-01"),
    ] {
        given(admin()).when(command).then_invalid("/from");
    }
    for command in [withdraw("1026-09-01"), end("2926-09-01")] {
        given(admin()).when(command).then_invalid("/until");
    }
}
