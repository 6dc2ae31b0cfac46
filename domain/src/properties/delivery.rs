use std::collections::HashSet;
use std::fmt::Debug;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::samples::{amina, auditor, brian, command_id, context, minute, office};
use crate::values::{Role, UserId};
use crate::{Command, Context, Event, Recorded, decide};

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

/// The same commands in any order, some more than once, in batches of any size.
pub(super) fn deliveries<C: Debug + Clone>(
    commands: impl Strategy<Value = Vec<Sent<C>>>,
) -> impl Strategy<Value = (Vec<Sent<C>>, Vec<Vec<Sent<C>>>)> {
    (commands, vec(any::<Index>(), 0..8))
        .prop_flat_map(|(commands, repeats)| {
            let mut all = commands.clone();
            if !commands.is_empty() {
                all.extend(repeats.iter().map(|index| index.get(&commands).clone()));
            }
            let sizes = vec(1..6_usize, all.len());
            (Just(commands), Just(all).prop_shuffle(), sizes)
        })
        .prop_map(|(commands, all, sizes)| (commands, into_batches(all, sizes)))
}

fn into_batches<C>(mut all: Vec<Sent<C>>, sizes: Vec<usize>) -> Vec<Vec<Sent<C>>> {
    sizes
        .into_iter()
        .map(|size| all.drain(..size.min(all.len())).collect())
        .collect()
}

/// The events the server has after taking in the batches, in the order in which it stored them.
///
/// What a command is decided on may depend on the command, never on what came before it.
pub(super) fn deliver<C: Clone + Into<Command>>(
    batches: &[Vec<Sent<C>>],
    context: impl Fn(&Sent<C>) -> Context,
) -> Vec<Recorded<Event>> {
    let mut known = HashSet::new();
    let mut events = Vec::new();
    for (arrival, batch) in (0..).zip(batches) {
        for sent in batch {
            if known.contains(&sent.id) {
                continue;
            }
            let context = Context {
                occurred_at: minute(sent.minute),
                ..context(sent)
            };
            if let Ok(event) = decide(&sent.command.clone().into(), &context) {
                known.insert(sent.id);
                events.push(Recorded {
                    command_id: command_id(sent.id),
                    actor_id: context.actor.id,
                    device_id: None,
                    occurred_at: context.occurred_at,
                    recorded_at: minute(1000 + arrival),
                    event,
                });
            }
        }
    }
    events
}
