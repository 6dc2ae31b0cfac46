use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::delivery::{Sender, Sent, at_once, deliveries};
use super::reference::{Outline, outline};
use super::session_commands::{
    anything, arrival, clear, close, commands, correction, no_reopen, reopen_from, restore, stored,
    timeless, void,
};
use crate::samples::{command_id, minute, sealed, student};
use crate::session::command::{AcceptConflict, CorrectAttendance, SessionCommand};
use crate::session::{Conflict, ConflictState, Register, SessionStatus, fold_register};
use crate::values::{EntryStatus, Role, StudentId};
use crate::{Effect, Event, effects};

fn register_of(commands: &[Sent<SessionCommand>]) -> Option<Register> {
    timeless(&stored(&at_once(commands)))
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
    fn the_fold_says_what_the_design_says(
        (_, batches) in deliveries(commands(anything()))
    ) {
        let events = stored(&batches);
        let register = fold_register(&events);
        prop_assert_eq!(register.as_ref().map(Outline::from), outline(&events));
    }

    #[test]
    fn every_accepted_command_has_exactly_one_effect(commands in commands(anything())) {
        let events: Vec<_> = stored(&at_once(&commands))
            .into_iter()
            .map(|recorded| recorded.map(Event::from))
            .collect();
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
        let correction = correction(student(1), EntryStatus::Excused);
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

    #[test]
    fn a_correction_settles_every_conflict_before_it_and_takes_none_away(
        commands in commands(anything()),
        right in select(EntryStatus::ALL),
        after in commands(no_reopen()),
    ) {
        let corrected = with(
            &commands,
            sent(LAST, Sender::Office, 40, correction(student(1), right)),
        );
        let mut contested = corrected.clone();
        contested.extend(after.into_iter().map(|command| Sent {
            id: command.id + LAST,
            minute: command.minute + 41,
            ..command
        }));
        let settled = |conflict: Conflict| Conflict {
            state: ConflictState::Settled,
            statement: None,
            ..conflict
        };
        let expected: Vec<_> = conflicts_of_one(&commands).into_iter().map(settled).collect();
        prop_assert_eq!(&conflicts_of_one(&corrected), &expected);
        let found = conflicts_of_one(&contested);
        prop_assert_eq!(&found[..expected.len()], expected);
    }

    #[test]
    fn an_arrival_is_a_correction_where_the_register_is_closed_and_else_changes_nothing(
        commands in commands(anything()),
        minutes in 0..=240_u16,
    ) {
        let arrival = arrival(student(1), minutes);
        let corrected = SessionCommand::Correct(CorrectAttendance {
            session: arrival.session.clone(),
            student_id: arrival.student_id,
            status: EntryStatus::Late,
            minutes_late: Some(arrival.minutes_late),
            remarks: None,
            reason: arrival.reason.clone(),
        });
        let before = register_of(&commands);
        let came = SessionCommand::Arrive(arrival);
        let came = register_of(&with(&commands, sent(LAST, Sender::Office, 50, came))).unwrap();
        if before.as_ref().is_some_and(|register| register.status == SessionStatus::Closed) {
            let corrected = with(&commands, sent(LAST, Sender::Office, 50, corrected));
            prop_assert_eq!(Some(came), register_of(&corrected));
        } else {
            prop_assert_eq!(came.effects[&command_id(LAST)], Effect::Superseded);
            prop_assert_eq!(statuses(Some(&came)), statuses(before.as_ref()));
            prop_assert_eq!(came.conflicts, before.map_or_else(Vec::new, |it| it.conflicts));
        }
    }

    #[test]
    fn who_made_a_mark_and_the_office_have_the_last_word_about_its_conflict(
        commands in commands(anything()),
        speaker in select(vec![Sender::Amina, Sender::Brian, Sender::Office]),
        which in any::<Index>(),
    ) {
        let before = register_of(&commands);
        let Some(before) = before.filter(|register| !register.conflicts.is_empty()) else {
            return Ok(());
        };
        let which = which.index(before.conflicts.len());
        let conflict = before.conflicts[which].clone();
        let accept = SessionCommand::Accept(AcceptConflict {
            session: before.key.clone(),
            student_id: conflict.student_id,
            mark_id: conflict.lost.command_id,
        });
        let after = register_of(&with(&commands, sent(LAST, speaker, 50, accept))).unwrap();
        let speaker = speaker.context().actor;
        let may = speaker.role == Role::Admin || speaker.id == conflict.lost.by;
        let expected = if may { ConflictState::Settled } else { conflict.state };
        prop_assert_eq!(after.conflicts[which].state, expected);
        let others = |conflicts: &[Conflict]| -> Vec<Conflict> {
            let others = conflicts.iter().enumerate().filter(|(at, _)| *at != which);
            others.map(|(_, conflict)| conflict.clone()).collect()
        };
        prop_assert_eq!(others(&after.conflicts), others(&before.conflicts));
        prop_assert_eq!(after.entries, before.entries);
    }
}

/// The conflicts about the first student, in the order of the fold.
fn conflicts_of_one(commands: &[Sent<SessionCommand>]) -> Vec<Conflict> {
    let conflicts = register_of(commands).map(|register| register.conflicts);
    let mut conflicts = conflicts.unwrap_or_default();
    conflicts.retain(|conflict| conflict.student_id == student(1));
    conflicts
}
