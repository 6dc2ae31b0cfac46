use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::delivery::{Sender, Sent, commands, deliver, deliveries};
use super::reference::{Outline, outline};
use crate::samples::{minute, sealed, session, student};
use crate::session::command::{
    ClearMark, CloseSession, CorrectAttendance, MarkAttendance, OpenSession, ReopenSession,
    RestoreSession, SessionCommand, VoidSession,
};
use crate::session::{Register, SessionEvent, SessionStatus, fold_register};
use crate::values::{EntryStatus, MinutesLate, SealedText, Status, StudentId};
use crate::{Context, Effect, Event, Recorded, StudentFacts, effects};

/// Three students of the class and one who is not on its roster.
fn any_student() -> impl Strategy<Value = StudentId> {
    (1..=4_u128).prop_map(student)
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
    (any_student(), select(Status::ALL), any_minutes()).prop_map(
        |(student_id, status, minutes_late)| {
            SessionCommand::Mark(MarkAttendance {
                session: session(),
                student_id,
                status,
                minutes_late,
                remarks: None,
            })
        },
    )
}

fn clear(student_id: StudentId) -> SessionCommand {
    SessionCommand::Clear(ClearMark {
        session: session(),
        student_id,
    })
}

fn correct() -> impl Strategy<Value = SessionCommand> {
    (any_student(), select(EntryStatus::ALL), any_reason()).prop_map(
        |(student_id, status, reason)| {
            SessionCommand::Correct(CorrectAttendance {
                session: session(),
                student_id,
                status,
                minutes_late: None,
                remarks: None,
                reason,
            })
        },
    )
}

fn close() -> SessionCommand {
    SessionCommand::Close(CloseSession { session: session() })
}

fn reopen_from(effective_at: Option<i64>) -> SessionCommand {
    SessionCommand::Reopen(ReopenSession {
        session: session(),
        reason: sealed("forgot a row"),
        effective_at: effective_at.map(minute),
    })
}

fn void(reason: SealedText) -> SessionCommand {
    SessionCommand::Void(VoidSession {
        session: session(),
        reason,
    })
}

fn restore(reason: SealedText) -> SessionCommand {
    SessionCommand::Restore(RestoreSession {
        session: session(),
        reason,
    })
}

/// Anything but a reopen.
fn no_reopen() -> impl Strategy<Value = SessionCommand> {
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

fn anything() -> impl Strategy<Value = SessionCommand> {
    prop_oneof![
        20 => no_reopen(),
        4 => option::of(0..45_i64).prop_map(reopen_from),
    ]
}

fn context(sent: &Sent<SessionCommand>) -> Context {
    let student_id = match &sent.command {
        SessionCommand::Mark(command) => Some(command.student_id),
        SessionCommand::Clear(command) => Some(command.student_id),
        SessionCommand::Correct(command) => Some(command.student_id),
        SessionCommand::Open(_)
        | SessionCommand::Close(_)
        | SessionCommand::Reopen(_)
        | SessionCommand::Void(_)
        | SessionCommand::Restore(_) => None,
    };
    let mut context = sent.sender.context();
    context.policy.reopen_minutes = 10;
    context.student = student_id.map(|student_id| StudentFacts {
        on_roster: student_id != student(4),
        taught_by_actor: true,
    });
    context
}

fn stored(batches: &[Vec<Sent<SessionCommand>>]) -> Vec<Recorded<SessionEvent>> {
    deliver(batches, context)
        .into_iter()
        .map(|recorded| recorded.map(|event| event.as_session().unwrap().clone()))
        .collect()
}

/// The register after the commands, without the times of arrival: those alone may differ.
fn register(batches: &[Vec<Sent<SessionCommand>>]) -> Option<Register> {
    let mut register = fold_register(&stored(batches))?;
    for entry in register.entries.values_mut() {
        entry.recorded_at = minute(0);
    }
    for conflict in &mut register.conflicts {
        conflict.lost.recorded_at = minute(0);
        conflict.won.recorded_at = minute(0);
    }
    Some(register)
}

fn register_of(commands: &[Sent<SessionCommand>]) -> Option<Register> {
    register(&[commands.to_vec()])
}

fn sent(id: u128, sender: Sender, minute: i64, command: SessionCommand) -> Sent<SessionCommand> {
    Sent {
        id,
        sender,
        minute,
        command,
    }
}

/// The commands and one more.
fn with(
    commands: &[Sent<SessionCommand>],
    more: Sent<SessionCommand>,
) -> Vec<Sent<SessionCommand>> {
    let mut commands = commands.to_vec();
    commands.push(more);
    commands
}

/// Greater than every generated id, so that at the same moment it comes last.
const LAST: u128 = 1_000_000;

fn statuses(register: Option<&Register>) -> Vec<(StudentId, EntryStatus)> {
    let entries = register
        .iter()
        .flat_map(|register| register.entries.values());
    entries
        .map(|entry| (entry.student_id, entry.status))
        .collect()
}

proptest! {
    #[test]
    fn any_order_repetition_and_batching_gives_the_same_register(
        (commands, batches) in deliveries(commands(anything()))
    ) {
        prop_assert_eq!(register(&batches), register_of(&commands));
    }

    #[test]
    fn the_fold_says_what_the_design_says(
        (_, batches) in deliveries(commands(anything()))
    ) {
        let events = stored(&batches);
        let register = fold_register(&events);
        prop_assert_eq!(register.as_ref().map(Outline::from), outline(&events));
    }

    #[test]
    fn every_accepted_command_has_exactly_one_effect(commands in commands(anything())) {
        let events = deliver(&[commands], context);
        let mut expected: Vec<_> = events.iter().map(|recorded| recorded.command_id).collect();
        let mut told: Vec<_> = effects(&events).into_keys().collect();
        expected.sort();
        told.sort();
        prop_assert_eq!(told, expected);
    }

    #[test]
    fn a_late_close_uncounts_the_marks_after_it(
        commands in commands(no_reopen()),
        at in 0..40_i64,
    ) {
        let closed = register_of(&with(&commands, sent(LAST, Sender::Brian, at, close())));
        let closed = closed.unwrap();
        let before: Vec<_> = commands
            .iter()
            .filter(|sent| sent.minute <= at || matches!(sent.command, SessionCommand::Correct(_)))
            .cloned()
            .collect();
        prop_assert_eq!(closed.status, SessionStatus::Closed);
        prop_assert!(closed.closed_at <= Some(minute(at)));
        prop_assert_eq!(statuses(Some(&closed)), statuses(register_of(&before).as_ref()));
    }

    #[test]
    fn only_a_correction_changes_a_corrected_entry(
        before in commands(anything()),
        after in commands(no_reopen()),
    ) {
        let is_correction = |sent: &Sent<SessionCommand>| {
            matches!(sent.command, SessionCommand::Correct(_))
        };
        let correction = SessionCommand::Correct(CorrectAttendance {
            session: session(),
            student_id: student(1),
            status: EntryStatus::Excused,
            minutes_late: None,
            remarks: None,
            reason: sealed("because"),
        });
        let corrected = with(&before, sent(LAST, Sender::Office, 40, correction));
        let entry = register_of(&corrected).unwrap().entries[&student(1)].clone();
        prop_assert_eq!(entry.status, EntryStatus::Excused);
        let mut all = corrected;
        all.extend(after.into_iter().filter(|sent| !is_correction(sent)).map(|command| Sent {
            id: command.id + LAST,
            minute: command.minute + 40,
            ..command
        }));
        prop_assert_eq!(&register_of(&all).unwrap().entries[&student(1)], &entry);
    }

    #[test]
    fn a_reopen_counts_from_its_effective_moment_whenever_it_was_sent(
        commands in commands(anything()),
        effective in 0..40_i64,
        later in 0..600_i64,
    ) {
        let at_once = sent(LAST, Sender::Office, effective, reopen_from(None));
        let from_then = reopen_from(Some(effective));
        let afterwards = sent(LAST, Sender::Office, effective + later, from_then);
        let at_once = register_of(&with(&commands, at_once));
        prop_assert_eq!(register_of(&with(&commands, afterwards)), at_once);
    }

    #[test]
    fn the_office_opens_any_register_and_the_next_mark_counts(commands in commands(anything())) {
        let opened = with(&commands, sent(LAST, Sender::Office, 50, reopen_from(None)));
        let cleared = with(&opened, sent(LAST + 1, Sender::Amina, 51, clear(student(1))));
        let register = register_of(&cleared).unwrap();
        prop_assert_eq!(register.status, SessionStatus::Open);
        let entry = &register.entries[&student(1)];
        prop_assert!(entry.status == EntryStatus::Unmarked || entry.correction.is_some());
    }

    #[test]
    fn a_clear_takes_back_one_students_mark_and_nobody_elses(commands in commands(no_reopen())) {
        let only_marks: Vec<_> = commands
            .into_iter()
            .filter(|sent| sent.command.is_mark())
            .collect();
        let mut expected = statuses(register_of(&only_marks).as_ref());
        expected.retain(|(student_id, _)| *student_id != student(1));
        expected.insert(0, (student(1), EntryStatus::Unmarked));
        let cleared = with(&only_marks, sent(LAST, Sender::Amina, 40, clear(student(1))));
        prop_assert_eq!(statuses(register_of(&cleared).as_ref()), expected);
    }

    #[test]
    fn voiding_and_restoring_change_nothing_else(commands in commands(anything())) {
        let voided = with(&commands, sent(LAST, Sender::Amina, 50, void(sealed("sports day"))));
        let restored = with(&voided, sent(LAST + 1, Sender::Office, 51, restore(sealed("rain"))));
        let (voided, restored) = (register_of(&voided), register_of(&restored));
        prop_assert!(voided.as_ref().unwrap().void);
        prop_assert!(!restored.as_ref().unwrap().void);
        if let Some(register) = register_of(&commands) {
            for other in [voided.unwrap(), restored.unwrap()] {
                prop_assert_eq!(&other.entries, &register.entries);
                prop_assert_eq!(&other.conflicts, &register.conflicts);
                prop_assert_eq!(other.status, register.status);
                prop_assert_eq!(other.opened_at, register.opened_at);
            }
        }
    }

    #[test]
    fn at_one_moment_commands_stand_by_their_ids(commands in commands(no_reopen())) {
        let at = |minute: fn(u128) -> i64| -> Vec<_> {
            let spread = |sent: &Sent<SessionCommand>| Sent { minute: minute(sent.id), ..sent.clone() };
            commands.iter().map(spread).collect()
        };
        let together = register_of(&at(|_| 0));
        let one_after_another = register_of(&at(|id| i64::try_from(id).unwrap()));
        prop_assert_eq!(statuses(together.as_ref()), statuses(one_after_another.as_ref()));
        let effects = |register: Option<Register>| register.map(|register| register.effects);
        prop_assert_eq!(effects(together), effects(one_after_another));
    }

    #[test]
    fn a_conflict_is_between_two_people_who_say_otherwise(commands in commands(anything())) {
        let Some(register) = register_of(&commands) else { return Ok(()) };
        for conflict in &register.conflicts {
            prop_assert_ne!(conflict.lost.by, conflict.won.by);
            prop_assert_ne!(conflict.lost.status, conflict.won.status);
            let effect = register.effects[&conflict.lost.command_id];
            prop_assert!(matches!(effect, Effect::Superseded | Effect::AfterClose));
        }
    }
}

/// Holds the generators themselves to account: what they make must be accepted and refused for many reasons.
#[test]
fn the_generated_commands_are_accepted_and_refused_for_every_reason_there_is() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut answers = std::collections::BTreeSet::new();
    for _ in 0..200 {
        let tree = commands(anything()).new_tree(&mut runner).unwrap();
        for sent in proptest::strategy::ValueTree::current(&tree) {
            let mut context = context(&sent);
            context.occurred_at = minute(sent.minute);
            let answer = crate::decide(&sent.command.clone().into(), &context);
            answers.insert(
                answer.map_or_else(|refusal| refusal.slug(), |event: Event| event.event_type()),
            );
        }
    }
    for expected in [
        "session_opened",
        "session_closed",
        "attendance_marked",
        "mark_cleared",
        "attendance_corrected",
        "session_reopened",
        "session_voided",
        "session_restored",
        "forbidden",
        "forbidden-class",
        "invalid-field",
        "not-enrolled",
        "reason-required",
    ] {
        assert!(answers.contains(expected), "never {expected}: {answers:?}");
    }
}
