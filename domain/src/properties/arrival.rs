//! What may depend on when a command arrives, and in whose company: of a register, only the time of arrival noted beside
//! its entries (`recorded_at`). Of an answer, the flag `late_arrival`, and the refusal `future-date`, which is gone once
//! the day has come. Everything else an answer says is the same on any day, in any batch.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::delivery::{Answer, Batch, Sent, answers, deliveries};
use super::session_commands::{anything, commands, context, stored_of_all, timeless};
use crate::samples::{school, today};
use crate::session::{Register, SessionCommand};
use crate::values::{Role, SessionId};
use crate::{Flag, Refusal};

/// The register of every session, without the times of arrival.
fn registers(batches: &[Batch<SessionCommand>]) -> BTreeMap<SessionId, Register> {
    let mut sessions: BTreeMap<SessionId, Vec<_>> = BTreeMap::new();
    for recorded in stored_of_all(batches) {
        let session_id = recorded.event.session().session_id(school());
        sessions.entry(session_id).or_default().push(recorded);
    }
    sessions
        .into_iter()
        .filter_map(|(session_id, events)| Some((session_id, timeless(&events)?)))
        .collect()
}

/// Whether a command came at least once when its session's day had come.
fn came_in_time(sent: &Sent<SessionCommand>, batches: &[Batch<SessionCommand>]) -> bool {
    batches.iter().any(|batch| {
        let here = batch.commands.iter().any(|other| other.id == sent.id);
        here && batch.day >= sent.command.session().date
    })
}

/// The answer to a command that arrives by itself on a day.
fn answer_on(day: NaiveDate, sent: &Sent<SessionCommand>) -> Answer<SessionCommand> {
    let commands = vec![sent.clone()];
    answers(&[Batch { day, commands }], context).remove(0)
}

/// Whether the command is a teacher's mark that arrives after the edit window.
fn is_late(answer: &Answer<SessionCommand>) -> bool {
    let facts = context(&answer.sent);
    let days = answer.day - answer.sent.command.session().date;
    facts.actor.role == Role::Teacher
        && answer.sent.command.is_mark()
        && days.num_days() > i64::from(facts.policy.edit_days)
}

proptest! {
    #[test]
    fn any_order_repetition_day_and_batching_gives_the_same_registers(
        (commands, batches) in deliveries(commands(anything()))
    ) {
        let commands = commands.into_iter().filter(|sent| came_in_time(sent, &batches)).collect();
        let years_later = today() + Days::new(3650);
        let at_once = Batch { day: years_later, commands };
        prop_assert_eq!(registers(&batches), registers(&[at_once]));
    }

    #[test]
    fn an_answer_depends_on_arrival_only_for_days_to_come_and_late_arrivals(
        (_, batches) in deliveries(commands(anything()))
    ) {
        for answer in answers(&batches, context) {
            let session_day = answer.sent.command.session().date;
            let of_the_day = answer_on(session_day, &answer.sent);
            let late = is_late(&answer).then_some(Flag::LateArrival);
            let flags: Vec<_> = late.into_iter().chain(of_the_day.flags).collect();
            prop_assert_eq!(&answer.flags, &flags);
            let outcome = answer.outcome.map(|recorded| (recorded.occurred_at, recorded.event));
            if outcome == Err(Refusal::FutureDate) {
                prop_assert!(answer.day < session_day);
            } else {
                prop_assert!(outcome.is_err() || answer.day >= session_day);
                let expected = of_the_day.outcome;
                let expected = expected.map(|recorded| (recorded.occurred_at, recorded.event));
                prop_assert_eq!(outcome, expected);
            }
        }
    }
}

/// Holds the generators themselves to account: what they make must lead to every event, refusal and flag there is.
#[test]
fn the_generated_commands_are_accepted_flagged_and_refused_for_every_reason_there_is() {
    let mut runner = TestRunner::deterministic();
    let mut said = BTreeSet::new();
    for _ in 0..200 {
        let tree = deliveries(commands(anything())).new_tree(&mut runner);
        let (_, batches) = tree.unwrap().current();
        for answer in answers(&batches, context) {
            match answer.outcome {
                Ok(recorded) => {
                    said.insert(recorded.event.event_type());
                    said.extend(answer.flags.iter().map(|flag| flag.as_str()));
                }
                Err(refusal) => {
                    said.insert(refusal.slug());
                }
            }
        }
    }
    let expected = BTreeSet::from([
        "session_opened",
        "session_closed",
        "attendance_marked",
        "mark_cleared",
        "attendance_corrected",
        "session_reopened",
        "session_voided",
        "session_restored",
        "arrival_recorded",
        "mark_contested",
        "conflict_accepted",
        "late_arrival",
        "outside_class_term",
        "forbidden",
        "forbidden-class",
        "unknown-class",
        "unknown-student",
        "not-enrolled",
        "outside-window",
        "outside-term",
        "future-date",
        "reason-required",
        "invalid-field",
    ]);
    assert_eq!(said, expected);
}
