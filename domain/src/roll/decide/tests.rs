use super::*;
use crate::samples::{admin, amina, auditor, brian, class, day, given, slot, student, teacher};
use crate::values::Slot;

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

fn cover(from: &str, until: &str, slots: Option<Vec<Slot>>) -> RollCommand {
    RollCommand::AssignCover(AssignCover {
        class_id: class(),
        teacher_id: brian(),
        from: day(from),
        until: day(until),
        slots,
    })
}

fn end_cover(until: &str) -> RollCommand {
    RollCommand::EndCover(EndCover {
        class_id: class(),
        teacher_id: brian(),
        until: day(until),
    })
}

#[test]
fn the_office_lets_somebody_cover_a_class_for_some_days_and_parts_of_them() {
    let (class_id, teacher_id) = (class(), brian());
    for slots in [None, Some(vec![slot("am")])] {
        given(admin())
            .when(cover("2026-11-24", "2026-11-26", slots.clone()))
            .then(RollEvent::CoverAssigned(CoverAssigned {
                class_id,
                teacher_id,
                from: day("2026-11-24"),
                until: day("2026-11-26"),
                slots,
            }));
    }
    given(admin())
        .when(end_cover("2026-11-25"))
        .then(RollEvent::CoverEnded(CoverEnded {
            class_id,
            teacher_id,
            until: day("2026-11-25"),
        }));
}

#[test]
fn a_cover_has_a_day_and_names_each_slot_once_or_none() {
    let day = |slots| cover("2026-11-24", "2026-11-25", slots);
    given(admin())
        .when(cover("2026-11-24", "2026-11-24", None))
        .then_invalid("/until");
    given(admin())
        .when(day(Some(vec![])))
        .then_invalid("/slots");
    let twice = Some(vec![slot("am"), slot("am")]);
    given(admin()).when(day(twice)).then_invalid("/slots");
    given(admin())
        .when(cover("1526-11-24", "2026-11-25", None))
        .then_invalid("/from");
}

#[test]
fn only_staff_cover_a_class() {
    for command in [
        cover("2026-11-24", "2026-11-25", None),
        end_cover("2026-11-25"),
    ] {
        given(admin())
            .but(|context| context.teacher_known = false)
            .when(command)
            .then_invalid("/teacher_id");
    }
}

fn every_command(date: &str) -> [RollCommand; 7] {
    [
        enrol(date),
        withdraw(date),
        cancel(date),
        assign(date),
        end(date),
        cover(date, "2199-01-01", None),
        end_cover(date),
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
