use std::collections::HashSet;
use std::fmt::Debug;

use chrono::{Days, NaiveDate};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::samples::{amina, auditor, brian, command_id, context, minute, office, today};
use crate::values::{Role, UserId};
use crate::{Command, Context, Event, Flag, Recorded, Refusal, decide, flags};

/// Who sends a command. The last two are refused everything there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    Amina,
    Brian,
    Office,
    /// A teacher of other classes.
    Stranger,
    Auditor,
}

impl Sender {
    /// What is known when this person sends something.
    pub(super) fn context(self) -> Context {
        match self {
            Self::Amina => context(amina(), Role::Teacher),
            Self::Brian => context(brian(), Role::Teacher),
            Self::Office => context(office(), Role::Admin),
            Self::Stranger => stranger(),
            Self::Auditor => auditor(),
        }
    }
}

fn stranger() -> Context {
    let mut context = context(UserId::from(uuid::Uuid::from_u128(0xa9)), Role::Teacher);
    context.class.as_mut().unwrap().taught_by_actor = false;
    context.student.as_mut().unwrap().taught_by_actor = false;
    context
}

pub(super) fn sender() -> impl Strategy<Value = Sender> {
    prop_oneof![
        6 => Just(Sender::Amina),
        4 => Just(Sender::Brian),
        4 => Just(Sender::Office),
        1 => Just(Sender::Stranger),
        1 => Just(Sender::Auditor),
    ]
}

/// A command on its way to the server.
#[derive(Debug, Clone)]
pub(super) struct Sent<C> {
    pub(super) id: u128,
    pub(super) sender: Sender,
    /// Minutes after eight.
    pub(super) minute: i64,
    pub(super) command: C,
}

/// Commands of several people within the same 40 minutes, often at the same moment, with ids in no order of time.
pub(super) fn commands<C: Debug + Clone>(
    command: impl Strategy<Value = C>,
) -> impl Strategy<Value = Vec<Sent<C>>> {
    btree_map(1..10_000_u128, (sender(), 0..40_i64, command), 0..24).prop_map(|commands| {
        commands
            .into_iter()
            .map(|(id, (sender, minute, command))| Sent {
                id,
                sender,
                minute,
                command,
            })
            .collect()
    })
}

/// Commands that arrive together.
#[derive(Debug, Clone)]
pub(super) struct Batch<C> {
    /// The school's calendar day when they arrive.
    pub(super) day: NaiveDate,
    pub(super) commands: Vec<Sent<C>>,
}

/// All commands in one batch on the day of the session.
pub(super) fn at_once<C: Clone>(commands: &[Sent<C>]) -> [Batch<C>; 1] {
    [Batch {
        day: today(),
        commands: commands.to_vec(),
    }]
}

/// The same commands in any order, some more than once, in batches of any size, from the day they were sent to months
/// later.
pub(super) fn deliveries<C: Debug + Clone>(
    commands: impl Strategy<Value = Vec<Sent<C>>>,
) -> impl Strategy<Value = (Vec<Sent<C>>, Vec<Batch<C>>)> {
    (commands, vec(any::<Index>(), 0..8))
        .prop_flat_map(|(commands, repeats)| {
            let mut all = commands.clone();
            if !commands.is_empty() {
                all.extend(repeats.iter().map(|index| index.get(&commands).clone()));
            }
            let days_to_wait = select(vec![0, 0, 0, 1, 20]);
            let cuts = vec((1..6_usize, days_to_wait), all.len());
            (Just(commands), Just(all).prop_shuffle(), cuts)
        })
        .prop_map(|(commands, all, cuts)| (commands, into_batches(all, cuts)))
}

fn into_batches<C>(mut all: Vec<Sent<C>>, cuts: Vec<(usize, u64)>) -> Vec<Batch<C>> {
    let mut day = today();
    cuts.into_iter()
        .map(|(size, days_to_wait)| {
            day = day + Days::new(days_to_wait);
            Batch {
                day,
                commands: all.drain(..size.min(all.len())).collect(),
            }
        })
        .collect()
}

/// What the server makes of a command that it does not have yet.
#[derive(Debug)]
pub(super) struct Answer<C> {
    pub(super) sent: Sent<C>,
    /// The day on which the command arrived.
    pub(super) day: NaiveDate,
    pub(super) flags: Vec<Flag>,
    pub(super) outcome: Result<Recorded<Event>, Refusal>,
}

/// The server's answers to the batches; it judges a refused command afresh and skips what it has.
///
/// The facts may depend on the command and on the day of arrival, never on what came before.
pub(super) fn answers<C: Clone + Into<Command>>(
    batches: &[Batch<C>],
    facts: impl Fn(&Sent<C>) -> Context,
) -> Vec<Answer<C>> {
    let mut known = HashSet::new();
    let mut answers = Vec::new();
    for (arrival, batch) in (0..).zip(batches) {
        for sent in &batch.commands {
            if known.contains(&sent.id) {
                continue;
            }
            let context = Context {
                occurred_at: minute(sent.minute),
                day_of_occurrence: minute(sent.minute).date_naive(),
                today: batch.day,
                ..facts(sent)
            };
            let answer = answer(sent, arrival, &context);
            if answer.outcome.is_ok() {
                known.insert(sent.id);
            }
            answers.push(answer);
        }
    }
    answers
}

fn answer<C: Clone + Into<Command>>(sent: &Sent<C>, arrival: i64, context: &Context) -> Answer<C> {
    let command = sent.command.clone().into();
    let outcome = decide(&command, context).map(|event| Recorded {
        command_id: command_id(sent.id),
        actor_id: context.actor.id,
        device_id: None,
        occurred_at: context.occurred_at,
        recorded_at: minute(1000 + arrival),
        event,
    });
    Answer {
        sent: sent.clone(),
        day: context.today,
        flags: flags(&command, context),
        outcome,
    }
}

/// The events the server has after taking in the batches, in the order in which it stored them.
pub(super) fn deliver<C: Clone + Into<Command>>(
    batches: &[Batch<C>],
    facts: impl Fn(&Sent<C>) -> Context,
) -> Vec<Recorded<Event>> {
    answers(batches, facts)
        .into_iter()
        .filter_map(|answer| answer.outcome.ok())
        .collect()
}
