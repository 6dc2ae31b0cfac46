use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::select;

use super::delivery::{Batch, Sender, Sent, at_once, commands, deliver, deliveries};
use crate::roll::command::{
    AssignCover, AssignTeacher, CancelEnrolment, EndCover, EndTeacher, EnrolStudent, RollCommand,
    WithdrawStudent,
};
use crate::samples::{amina, brian, class, recorded, session, slot, student, today};
use crate::session::event::{AttendanceMarked, SessionEvent};
use crate::values::{Slot, Status, StudentId, UserId};
use crate::{
    Covers, Period, Person, Recorded, Register, Roll, RollEvent, count, effects, fold_periods,
    fold_register, fold_roll,
};

/// Two weeks around the day of the session.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..14_u64).prop_map(|days| today() - Days::new(7) + Days::new(days))
}

fn any_student() -> impl Strategy<Value = StudentId> {
    (1..=4_u128).prop_map(student)
}

fn any_teacher() -> impl Strategy<Value = UserId> {
    select(vec![amina(), brian()])
}

/// The whole day, or parts of it.
fn any_slots() -> impl Strategy<Value = Option<Vec<Slot>>> {
    let (am, pm) = (slot("am"), slot("pm"));
    select(vec![
        None,
        Some(vec![am.clone()]),
        Some(vec![pm.clone()]),
        Some(vec![am, pm]),
    ])
}

fn anything() -> impl Strategy<Value = RollCommand> {
    let class_id = class();
    prop_oneof![
        4 => (any_student(), any_day()).prop_map(move |(student_id, from)| {
            RollCommand::Enrol(EnrolStudent { class_id, student_id, from })
        }),
        3 => (any_student(), any_day()).prop_map(move |(student_id, until)| {
            RollCommand::Withdraw(WithdrawStudent { class_id, student_id, until })
        }),
        1 => (any_student(), any_day()).prop_map(move |(student_id, from)| {
            RollCommand::Cancel(CancelEnrolment { class_id, student_id, from })
        }),
        2 => (any_teacher(), any_day()).prop_map(move |(teacher_id, from)| {
            RollCommand::Assign(AssignTeacher { class_id, teacher_id, from })
        }),
        1 => (any_teacher(), any_day()).prop_map(move |(teacher_id, until)| {
            RollCommand::End(EndTeacher { class_id, teacher_id, until })
        }),
        3 => (any_teacher(), any_day(), 0..6_u64, any_slots()).prop_map(
            move |(teacher_id, from, days, slots)| {
                let until = from + Days::new(days);
                RollCommand::AssignCover(AssignCover { class_id, teacher_id, from, until, slots })
            }
        ),
        1 => (any_teacher(), any_day()).prop_map(move |(teacher_id, until)| {
            RollCommand::EndCover(EndCover { class_id, teacher_id, until })
        }),
    ]
}

fn stored(batches: &[Batch<RollCommand>]) -> Vec<Recorded<RollEvent>> {
    deliver(batches, |sent| sent.sender.context())
        .into_iter()
        .map(|recorded| recorded.map(|event| event.as_roll().unwrap().clone()))
        .collect()
}

fn roll(batches: &[Batch<RollCommand>]) -> Roll {
    fold_roll(&stored(batches))
}

/// The office's command after all others.
fn last(command: RollCommand) -> Sent<RollCommand> {
    Sent {
        id: 1_000_000,
        sender: Sender::Office,
        minute: 50,
        command,
    }
}

/// A register of today in which some students are marked.
fn register(marked: &BTreeSet<StudentId>) -> Option<Register> {
    let events: Vec<_> = (1..)
        .zip(marked)
        .map(|(command, student_id)| {
            let event = SessionEvent::AttendanceMarked(AttendanceMarked {
                session: session(),
                student_id: *student_id,
                status: Status::Present,
                minutes_late: None,
                remarks: None,
            });
            recorded(command, amina(), 0, event)
        })
        .collect();
    fold_register(&events)
}

fn in_order_and_apart(periods: &[Period]) -> bool {
    let apart = periods
        .windows(2)
        .all(|pair| pair[0].until.is_some_and(|until| until <= pair[1].from));
    let not_empty = periods
        .iter()
        .all(|period| period.until.is_none_or(|until| period.from < until));
    apart && not_empty && !periods.is_empty()
}

/// Asks every event in turn: of those that say something about the day and one part of it, or about the whole of it, the
/// last decides.
fn is_covered(
    events: &[Recorded<RollEvent>],
    teacher_id: UserId,
    date: NaiveDate,
    slot: Option<&Slot>,
) -> bool {
    let mut ordered: Vec<_> = events.iter().collect();
    ordered.sort_by_key(|recorded| (recorded.occurred_at, recorded.command_id));
    let last_word = |whole_day: bool| {
        ordered
            .iter()
            .rev()
            .find_map(|recorded| match &recorded.event {
                RollEvent::CoverAssigned(it) if it.teacher_id == teacher_id => {
                    let part = match (&it.slots, whole_day) {
                        (None, whole_day) => whole_day,
                        (Some(slots), false) => slot.is_some_and(|slot| slots.contains(slot)),
                        (Some(_), true) => false,
                    };
                    (part && it.from <= date && date < it.until).then_some(true)
                }
                RollEvent::CoverEnded(it) if it.teacher_id == teacher_id => {
                    (it.until <= date).then_some(false)
                }
                RollEvent::CoverAssigned(_)
                | RollEvent::CoverEnded(_)
                | RollEvent::StudentEnrolled(_)
                | RollEvent::StudentWithdrawn(_)
                | RollEvent::EnrolmentCancelled(_)
                | RollEvent::TeacherAssigned(_)
                | RollEvent::TeacherEnded(_) => None,
            })
    };
    last_word(true) == Some(true) || last_word(false) == Some(true)
}

proptest! {
    #[test]
    fn any_order_repetition_and_batching_gives_the_same_roll(
        (commands, batches) in deliveries(commands(anything()))
    ) {
        prop_assert_eq!(roll(&batches), roll(&at_once(&commands)));
        let context = |sent: &Sent<RollCommand>| sent.sender.context();
        let shuffled = effects(&deliver(&batches, context));
        prop_assert_eq!(shuffled, effects(&deliver(&at_once(&commands), context)));
    }

    #[test]
    fn periods_of_one_person_are_apart_and_have_days(commands in commands(anything())) {
        let roll = roll(&at_once(&commands));
        for periods in roll.enrolments.values().chain(roll.teaching.values()) {
            prop_assert!(in_order_and_apart(periods), "{:?}", periods);
        }
    }

    #[test]
    fn the_roll_of_a_class_is_what_happened_to_each_person_alone(commands in commands(anything())) {
        let events = stored(&at_once(&commands));
        let mut of_each: BTreeMap<Person, Vec<_>> = BTreeMap::new();
        for recorded in &events {
            of_each.entry(recorded.event.person()).or_default().push(recorded.as_ref());
        }
        let roll = fold_roll(&events);
        for (person, events) in of_each {
            let of_class = match person {
                Person::Student(student_id) => roll.enrolments.get(&student_id),
                Person::Teacher(teacher_id) => roll.teaching.get(&teacher_id),
                Person::Cover(_) => None,
            };
            prop_assert_eq!(fold_periods(&events), of_class.cloned().unwrap_or_default());
        }
    }

    #[test]
    fn a_register_is_covered_if_the_last_word_about_its_day_and_slot_is_a_cover(
        commands in commands(anything()),
        teacher_id in any_teacher(),
    ) {
        let events = stored(&at_once(&commands));
        let roll = fold_roll(&events);
        for days in 0..24 {
            let date = today() - Days::new(7) + Days::new(days);
            for part in [None, Some(slot("am")), Some(slot("pm"))] {
                let expected = is_covered(&events, teacher_id, date, part.as_ref());
                let covers = roll.covers.get(&teacher_id);
                let covered = covers.is_some_and(|covers| covers.contains(date, part.as_ref()));
                prop_assert_eq!(covered, expected, "{:?} {:?}", date, part);
            }
            let teaches = roll.teaching.get(&teacher_id).into_iter().flatten();
            let covers = roll.covers.get(&teacher_id).into_iter().flat_map(Covers::iter);
            let expected = teaches.copied().chain(covers.map(|(_, period)| period)).any(|it| it.contains(date));
            let staff = roll.staff();
            let staff = staff.get(&teacher_id).into_iter().flatten();
            prop_assert_eq!(staff.filter(|it| it.contains(date)).count(), usize::from(expected));
        }
    }

    #[test]
    fn backdated_roster_changes_keep_the_roster_marked_and_unmarked(
        before in commands(anything()),
        changes in commands(anything()),
        marked in prop::collection::btree_set(any_student(), 1..4),
    ) {
        let register = register(&marked).unwrap();
        let mut all = before.clone();
        all.extend(changes.into_iter().map(|sent| Sent { id: sent.id + 1_000_000, ..sent }));
        for commands in [before, all] {
            let enrolled: BTreeSet<_> = roll(&at_once(&commands)).enrolled_on(today()).collect();
            let counts = count(&register, &enrolled, &[]);
            prop_assert_eq!(counts.roster, counts.marked + counts.unmarked);
            prop_assert_eq!(counts.marked, marked.len());
            prop_assert_eq!(counts.unmarked, enrolled.difference(&marked).count());
        }
    }

    #[test]
    fn a_student_enrolled_from_a_day_is_on_the_roster_of_that_day(
        commands in commands(anything()),
        from in any_day(),
    ) {
        let mut commands = commands;
        let enrol = EnrolStudent { class_id: class(), student_id: student(1), from };
        commands.push(last(RollCommand::Enrol(enrol)));
        prop_assert!(roll(&at_once(&commands)).enrolled_on(from).any(|on_roll| on_roll == student(1)));
    }

    #[test]
    fn a_student_withdrawn_by_a_day_is_not_on_its_roster_unless_enrolled_from_that_day(
        commands in commands(anything()),
        until in any_day(),
    ) {
        let mut commands = commands;
        let withdraw = WithdrawStudent { class_id: class(), student_id: student(1), until };
        commands.push(last(RollCommand::Withdraw(withdraw)));
        let roll = roll(&at_once(&commands));
        let periods = roll.enrolments.get(&student(1)).map_or(&[][..], Vec::as_slice);
        let begins_today = periods.iter().any(|period| period.from == until);
        let on_roster = roll.enrolled_on(until).any(|on_roll| on_roll == student(1));
        prop_assert_eq!(on_roster, begins_today);
    }
}
