use super::*;
use crate::roll::event::{
    CoverAssigned, CoverEnded, EnrolmentCancelled, StudentEnrolled, StudentWithdrawn,
    TeacherAssigned, TeacherEnded,
};
use crate::samples::{amina, brian, class, command_id, day, office, recorded, student};

type Stored = Recorded<RollEvent>;

fn enrol(command: u128, minutes: i64, from: &str) -> Stored {
    let event = RollEvent::StudentEnrolled(StudentEnrolled {
        class_id: class(),
        student_id: student(1),
        from: day(from),
    });
    recorded(command, office(), minutes, event)
}

fn withdraw(command: u128, minutes: i64, until: &str) -> Stored {
    let event = RollEvent::StudentWithdrawn(StudentWithdrawn {
        class_id: class(),
        student_id: student(1),
        until: day(until),
    });
    recorded(command, office(), minutes, event)
}

fn cancel(command: u128, minutes: i64, from: &str) -> Stored {
    let event = RollEvent::EnrolmentCancelled(EnrolmentCancelled {
        class_id: class(),
        student_id: student(1),
        from: day(from),
    });
    recorded(command, office(), minutes, event)
}

fn assign(command: u128, minutes: i64, from: &str) -> Stored {
    let event = RollEvent::TeacherAssigned(TeacherAssigned {
        class_id: class(),
        teacher_id: amina(),
        from: day(from),
    });
    recorded(command, office(), minutes, event)
}

fn end(command: u128, minutes: i64, until: &str) -> Stored {
    let event = RollEvent::TeacherEnded(TeacherEnded {
        class_id: class(),
        teacher_id: amina(),
        until: day(until),
    });
    recorded(command, office(), minutes, event)
}

fn on_roll(events: &[Stored], date: &str) -> bool {
    fold_roll(events)
        .enrolled_on(day(date))
        .any(|on_roll| on_roll == student(1))
}

#[test]
fn a_student_is_on_the_roll_from_the_first_day_until_before_the_last() {
    let events = [withdraw(2, 1, "2026-12-01"), enrol(1, 0, "2026-09-01")];
    assert!(!on_roll(&events, "2026-08-31"));
    assert!(on_roll(&events, "2026-09-01"));
    assert!(on_roll(&events, "2026-11-30"));
    assert!(!on_roll(&events, "2026-12-01"));
}

#[test]
fn a_student_who_moves_away_stays_on_the_old_registers() {
    let events = [
        enrol(1, 0, "2026-09-01"),
        withdraw(2, 1, "2026-10-01"),
        enrol(3, 2, "2026-11-01"),
    ];
    assert!(on_roll(&events, "2026-09-15"));
    assert!(!on_roll(&events, "2026-10-15"));
    assert!(on_roll(&events, "2026-11-15"));
}

#[test]
fn a_cancelled_enrolment_leaves_no_trace_on_the_roll() {
    let roll = fold_roll(&[enrol(1, 0, "2026-09-01"), cancel(2, 1, "2026-09-01")]);
    assert_eq!(roll, Roll::default());
}

#[test]
fn a_teacher_has_a_class_from_assignment_to_end() {
    let roll = fold_roll(&[assign(1, 0, "2026-09-01"), end(2, 1, "2026-12-01")]);
    let periods = &roll.teaching[&amina()];
    assert_eq!(periods.len(), 1);
    assert!(periods[0].contains(day("2026-11-30")));
    assert!(!periods[0].contains(day("2026-12-01")));
}

#[test]
fn the_events_about_one_person_are_enough_for_that_persons_periods() {
    let events = [
        withdraw(2, 1, "2026-12-01"),
        assign(3, 2, "2026-10-01"),
        enrol(1, 0, "2026-09-01"),
    ];
    let about = |person| -> Vec<Stored> {
        let events = events.iter().cloned();
        events.filter(|it| it.event.person() == person).collect()
    };
    let roll = fold_roll(&events);
    let of_student = fold_periods(&about(Person::Student(student(1))));
    let of_teacher = fold_periods(&about(Person::Teacher(amina())));
    assert_eq!(of_student, roll.enrolments[&student(1)]);
    assert_eq!(of_student[0].until, Some(day("2026-12-01")));
    assert_eq!(of_teacher, roll.teaching[&amina()]);
    assert_eq!(of_teacher[0].from, day("2026-10-01"));
    assert_eq!(fold_periods(&about(Person::Student(student(2)))), []);
}

#[test]
fn each_command_is_told_what_became_of_it() {
    let effects = roll_effects(&[
        withdraw(1, 0, "2026-08-01"),
        enrol(2, 1, "2026-09-01"),
        withdraw(3, 2, "2026-12-01"),
        cancel(4, 3, "2026-09-02"),
        end(5, 4, "2026-12-01"),
        assign(6, 5, "2026-09-01"),
        end(7, 6, "2026-12-01"),
    ]);
    let expected = [
        Effect::Superseded,
        Effect::Enrolled,
        Effect::Withdrawn,
        Effect::Superseded,
        Effect::Superseded,
        Effect::Assigned,
        Effect::Ended,
    ];
    for (number, effect) in (1..).zip(expected) {
        assert_eq!(effects[&command_id(number)], effect, "command {number}");
    }
}

#[test]
fn what_was_undone_on_the_roll_is_superseded() {
    let effects = roll_effects(&[
        enrol(1, 0, "2026-09-01"),
        withdraw(2, 1, "2026-12-01"),
        cancel(3, 2, "2026-09-01"),
        enrol(4, 3, "2026-10-01"),
        withdraw(5, 4, "2026-11-01"),
        withdraw(6, 5, "2026-11-08"),
        cancel(7, 6, "2026-10-01"),
        enrol(8, 7, "2026-10-01"),
    ]);
    let expected = [
        Effect::Superseded,
        Effect::Superseded,
        Effect::Cancelled,
        Effect::Enrolled,
        Effect::Superseded,
        Effect::Superseded,
        Effect::Superseded,
        Effect::Enrolled,
    ];
    for (number, effect) in (1..).zip(expected) {
        assert_eq!(effects[&command_id(number)], effect, "command {number}");
    }
}

#[test]
fn an_enrolment_within_a_period_says_what_is_so() {
    let effects = roll_effects(&[
        enrol(1, 0, "2026-09-01"),
        enrol(2, 1, "2026-10-01"),
        withdraw(3, 2, "2026-09-15"),
    ]);
    assert_eq!(effects[&command_id(1)], Effect::Enrolled);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
    assert_eq!(effects[&command_id(3)], Effect::Withdrawn);
}

fn cover(command: u128, minutes: i64, from: &str, until: &str) -> Stored {
    let event = RollEvent::CoverAssigned(CoverAssigned {
        class_id: class(),
        teacher_id: brian(),
        from: day(from),
        until: day(until),
        slots: None,
    });
    recorded(command, office(), minutes, event)
}

fn end_cover(command: u128, minutes: i64, until: &str) -> Stored {
    let event = RollEvent::CoverEnded(CoverEnded {
        class_id: class(),
        teacher_id: brian(),
        until: day(until),
    });
    recorded(command, office(), minutes, event)
}

#[test]
fn each_cover_is_told_what_became_of_it() {
    let effects = roll_effects(&[
        end_cover(1, 0, "2026-11-20"),
        cover(2, 1, "2026-11-24", "2026-11-27"),
        cover(3, 2, "2026-12-01", "2026-12-03"),
        end_cover(4, 3, "2026-11-30"),
    ]);
    assert_eq!(effects[&command_id(1)], Effect::Superseded);
    assert_eq!(effects[&command_id(2)], Effect::Assigned);
    assert_eq!(effects[&command_id(3)], Effect::Superseded);
    assert_eq!(effects[&command_id(4)], Effect::Ended);
}

#[test]
fn who_teaches_a_class_has_nothing_to_do_with_who_covers_it() {
    let roll = fold_roll(&[
        cover(1, 0, "2026-11-24", "2026-11-27"),
        assign(2, 1, "2026-11-25"),
    ]);
    assert_eq!(roll.covers.len(), 1);
    assert_eq!(roll.teaching.len(), 1);
    assert_eq!(roll.staff().len(), 2);
}
