use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::delivery::{Batch, Sender, Sent, at_once, commands, deliver, deliveries};
use crate::exception::command::{
    AmendException, ApproveException, ExceptionCommand, RecordException, RejectException,
    RevokeException,
};
use crate::samples::{
    amina, exception, minute, office, recorded, sealed, session, slot, student, today,
};
use crate::session::event::{AttendanceMarked, SessionEvent};
use crate::values::{Category, SealedText, Slot, Status};
use crate::{
    Context, Exception, ExceptionEvent, ExceptionState, Recorded, Register, count, effects,
    fold_exception, fold_register,
};

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..6_u64).prop_map(|days| today() - Days::new(3) + Days::new(days))
}

fn any_slots() -> impl Strategy<Value = Option<Vec<Slot>>> {
    option::of(subsequence(vec![slot("am"), slot("p1"), slot("pm")], 0..=3))
}

fn any_reason() -> impl Strategy<Value = SealedText> {
    prop_oneof![9 => Just(sealed("because")), 1 => Just(SealedText::default())]
}

/// Of one of two students; teachers and the office all record the same exception.
fn record() -> impl Strategy<Value = ExceptionCommand> {
    let numbers = prop_oneof![3 => Just(1), 1 => Just(2)];
    (
        numbers,
        select(Category::ALL),
        any_day(),
        any_day(),
        any_slots(),
    )
        .prop_map(|(number, category, start_date, end_date, slots)| {
            ExceptionCommand::Record(RecordException {
                exception_id: exception(),
                student_id: student(number),
                category,
                start_date,
                end_date,
                slots,
                reason: sealed("flu"),
            })
        })
}

fn amend() -> impl Strategy<Value = ExceptionCommand> {
    (
        option::of(select(Category::ALL)),
        option::of(any_day()),
        option::of(any_day()),
        option::of(any_slots()),
    )
        .prop_map(|(category, start_date, end_date, slots)| {
            ExceptionCommand::Amend(AmendException {
                exception_id: exception(),
                category,
                start_date,
                end_date,
                slots,
                reason: None,
            })
        })
}

fn anything() -> impl Strategy<Value = ExceptionCommand> {
    let exception_id = exception();
    prop_oneof![
        3 => record(),
        4 => amend(),
        2 => Just(ExceptionCommand::Approve(ApproveException { exception_id })),
        1 => any_reason().prop_map(reject),
        2 => any_reason().prop_map(revoke),
    ]
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

fn stored(batches: &[Batch<ExceptionCommand>]) -> Vec<Recorded<ExceptionEvent>> {
    deliver(batches, |sent| sent.sender.context())
        .into_iter()
        .map(|recorded| recorded.map(|event| event.as_exception().unwrap().clone()))
        .collect()
}

/// How the exception stands, without the time of arrival, which alone may differ.
fn standing(batches: &[Batch<ExceptionCommand>]) -> Option<Exception> {
    let exception = fold_exception(&stored(batches))?;
    Some(Exception {
        recorded_at: minute(0),
        ..exception
    })
}

/// What the exception says, whatever was decided about it.
fn undecided(exception: Exception) -> Exception {
    Exception {
        state: ExceptionState::Pending,
        decided_by: None,
        decided_at: None,
        decision_reason: None,
        ..exception
    }
}

/// Whether more than one teacher recorded the exception, and the office did not.
fn is_disputed(commands: &[Sent<ExceptionCommand>]) -> bool {
    let stored = stored(&at_once(commands));
    let records = stored.iter().filter_map(|recorded| match &recorded.event {
        ExceptionEvent::ExceptionRecorded(event) => Some((recorded.actor_id, event.approved)),
        ExceptionEvent::ExceptionAmended(_)
        | ExceptionEvent::ExceptionApproved(_)
        | ExceptionEvent::ExceptionRejected(_)
        | ExceptionEvent::ExceptionRevoked(_) => None,
    });
    let (recorders, by_office): (BTreeSet<_>, Vec<_>) = records.unzip();
    recorders.len() > 1 && !by_office.contains(&true)
}

/// The office's word on the exception, after everything else.
fn decided(commands: &[Sent<ExceptionCommand>], command: ExceptionCommand) -> Option<Exception> {
    let mut commands = commands.to_vec();
    commands.push(Sent {
        id: 1_000_000,
        sender: Sender::Office,
        minute: 50,
        command,
    });
    standing(&at_once(&commands))
}

/// A register in which the student is absent.
fn absence() -> Register {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session(),
        student_id: student(1),
        status: Status::Absent,
        minutes_late: None,
        remarks: None,
    });
    fold_register(&[recorded(1, amina(), 0, event)]).unwrap()
}

proptest! {
    #[test]
    fn approvals_revocations_and_amendments_in_any_order_stand_the_same(
        (commands, batches) in deliveries(commands(anything()))
    ) {
        prop_assert_eq!(standing(&batches), standing(&at_once(&commands)));
        let context = |sent: &Sent<ExceptionCommand>| -> Context { sent.sender.context() };
        let shuffled = effects(&deliver(&batches, context));
        prop_assert_eq!(shuffled, effects(&deliver(&at_once(&commands), context)));
    }

    #[test]
    fn nothing_a_teacher_sends_changes_what_the_office_recorded(commands in commands(anything())) {
        let mut of_office = commands.clone();
        of_office.retain(|sent| sent.sender == Sender::Office);
        if let Some(exception) = standing(&at_once(&of_office)) {
            prop_assert_eq!(standing(&at_once(&commands)), Some(exception));
        }
    }

    #[test]
    fn only_the_recorder_and_the_office_change_an_exception(commands in commands(anything())) {
        let Some(exception) = standing(&at_once(&commands)) else { return Ok(()) };
        let mut theirs = commands;
        theirs.retain(|sent| {
            let sender = sent.sender.context().actor.id;
            sender == exception.recorded_by || sender == office()
        });
        let without_others = standing(&at_once(&theirs));
        prop_assert_eq!(without_others.map(undecided), Some(undecided(exception)));
    }

    #[test]
    fn a_record_for_another_student_changes_nothing_it_says(commands in commands(anything())) {
        let Some(exception) = standing(&at_once(&commands)) else { return Ok(()) };
        let mut of_the_student = commands;
        of_the_student.retain(|sent| match &sent.command {
            ExceptionCommand::Record(command) => command.student_id == exception.student_id,
            ExceptionCommand::Amend(_)
            | ExceptionCommand::Approve(_)
            | ExceptionCommand::Reject(_)
            | ExceptionCommand::Revoke(_) => true,
        });
        let without_others = standing(&at_once(&of_the_student));
        prop_assert_eq!(without_others.map(undecided), Some(undecided(exception)));
    }

    #[test]
    fn an_exception_never_ends_before_it_starts(commands in commands(anything())) {
        if let Some(exception) = standing(&at_once(&commands)) {
            prop_assert!(exception.start_date <= exception.end_date);
        }
    }

    #[test]
    fn an_exception_is_decided_by_somebody_unless_it_is_pending(commands in commands(anything())) {
        if let Some(exception) = standing(&at_once(&commands)) {
            let pending = exception.state == ExceptionState::Pending;
            prop_assert_eq!(exception.decided_by.is_none(), pending);
            prop_assert_eq!(exception.decided_at.is_none(), pending);
            prop_assert!(exception.decided_by.is_none_or(|by| by == office()));
        }
    }

    #[test]
    fn the_last_word_of_the_office_decides(commands in commands(anything())) {
        let approve = ExceptionCommand::Approve(ApproveException { exception_id: exception() });
        let approved = decided(&commands, approve).map(|exception| exception.state);
        let revoked = decided(&commands, revoke(sealed("no"))).map(|exception| exception.state);
        let recorded = standing(&at_once(&commands)).is_some();
        if !is_disputed(&commands) {
            prop_assert_eq!(approved, recorded.then_some(ExceptionState::Approved));
        }
        prop_assert_eq!(revoked, recorded.then_some(ExceptionState::Revoked));
    }

    #[test]
    fn a_revoked_exception_restores_the_old_view_exactly(commands in commands(anything())) {
        let enrolled = BTreeSet::from([student(1)]);
        let before = count(&absence(), &enrolled, &[]);
        if let Some(revoked) = decided(&commands, revoke(sealed("no"))) {
            prop_assert_eq!(count(&absence(), &enrolled, &[revoked]), before);
        }
    }

    #[test]
    fn an_exception_moves_an_absence_to_excused_and_nothing_else(commands in commands(anything())) {
        let enrolled = BTreeSet::from([student(1), student(2)]);
        let before = count(&absence(), &enrolled, &[]);
        let Some(exception) = standing(&at_once(&commands)) else { return Ok(()) };
        let of_the_absent = exception.student_id == student(1);
        let covers = of_the_absent && exception.covers(session().date, None);
        let after = count(&absence(), &enrolled, std::slice::from_ref(&exception));
        prop_assert_eq!(after.excused, usize::from(covers));
        prop_assert_eq!(after.absent + after.excused, before.absent);
        prop_assert_eq!((after.roster, after.marked), (before.roster, before.marked));
    }
}
