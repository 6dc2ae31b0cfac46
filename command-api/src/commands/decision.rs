//! Deciding a batch in memory: each command in turn, seeing what the ones before it did.

use std::collections::HashMap;

use domain::{Command, CommandId, Event, Flag, Instant, Recorded, Stamped, flags};
use event_store::cqrs::{NotAccepted, execute};
use event_store::{KnownCommand, Metadata, NewEvent, Stream, StreamId};
use platform::problem::Slug;

use super::aliases::Aliases;
use super::batch::{Batch, Candidate, Request};
use super::rejection::Rejection;
use super::rolls::Rolls;
use crate::facts::{DeviceFacts, Facts};

/// What became of a command.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It leads to this one of the new events.
    Accepted(usize),
    /// It led to this one of the new events earlier in the batch.
    Repeated(usize),
    /// The store has its event.
    Duplicate(CommandId),
    /// It is not accepted.
    Rejected(Rejection),
    /// It is left for the sender to send again.
    Undecided,
}

/// A batch that has been decided.
pub(crate) struct Decisions {
    /// One verdict for each command.
    pub(crate) verdicts: Vec<Verdict>,
    /// The events of the accepted commands, in order.
    pub(crate) events: Vec<NewEvent>,
    /// The rolls that changed.
    pub(crate) rolls: Rolls,
    /// The doubles that changed.
    pub(crate) aliases: Aliases,
    /// The greatest number that the device gave to an accepted command, now or earlier.
    pub(crate) last_device_seq: Option<i64>,
}

/// A readable command in canonical form.
pub(crate) struct Directed<'a> {
    /// The command as it was read.
    pub(crate) request: &'a Request,
    /// The command in canonical form.
    pub(crate) command: Command,
    /// The stream it is for.
    pub(crate) stream: StreamId,
}

/// What a batch is decided on.
pub(crate) struct Grounds<'a> {
    /// The batch.
    pub(crate) batch: &'a Batch,
    /// Those of its commands that the store has events of.
    pub(crate) known: &'a HashMap<CommandId, KnownCommand>,
    /// For each of its commands what is asked of which stream, or why that cannot be read.
    pub(crate) directed: &'a [Result<Directed<'a>, &'a Rejection>],
    /// All streams that the commands are for.
    pub(crate) streams: &'a HashMap<StreamId, Stream>,
    /// When the store takes the events in.
    pub(crate) recorded_at: Instant,
}

impl Decisions {
    /// Decides the commands in the order sent.
    pub(crate) fn of(grounds: &Grounds<'_>, facts: Facts) -> Self {
        let mut deciding = Deciding {
            grounds,
            device: facts.school.device,
            facts,
            accepted: HashMap::new(),
            events: Vec::new(),
            rolls: Rolls::of(grounds.streams),
            aliases: Aliases::of(grounds.streams),
        };
        let candidates = grounds.batch.commands.iter().zip(grounds.directed);
        let verdicts = candidates
            .map(|(candidate, directed)| match &candidate.identified {
                Ok(identified) => deciding.decide(identified.command_id, candidate, directed),
                Err(rejection) => Verdict::Rejected(rejection.clone()),
            })
            .collect();
        Self {
            verdicts,
            events: deciding.events,
            rolls: deciding.rolls,
            aliases: deciding.aliases,
            last_device_seq: deciding.device.last_device_seq,
        }
    }

    /// Whether every command is decided for good.
    pub(crate) fn all_decided(&self) -> bool {
        !self
            .verdicts
            .iter()
            .any(|verdict| matches!(verdict, Verdict::Undecided))
    }

    /// Whether the store is to take or has every command, so that nothing hangs on what it knows beside the streams.
    pub(crate) fn all_stored(&self) -> bool {
        self.verdicts
            .iter()
            .all(|verdict| !matches!(verdict, Verdict::Rejected(_) | Verdict::Undecided))
    }

    /// Leaves undecided what would lead to events, and all that was decided after it: that may rest on it.
    pub(crate) fn postpone(&mut self) {
        let undecided = self
            .verdicts
            .iter_mut()
            .skip_while(|verdict| !matches!(verdict, Verdict::Accepted(_)));
        for verdict in undecided {
            if !matches!(verdict, Verdict::Duplicate(_)) {
                *verdict = Verdict::Undecided;
            }
        }
        self.events.clear();
        self.rolls = Rolls::default();
        self.aliases = Aliases::default();
        self.last_device_seq = None;
    }
}

struct Deciding<'a> {
    grounds: &'a Grounds<'a>,
    facts: Facts,
    device: DeviceFacts,
    /// Commands of this batch that were accepted, with their place among the new events.
    accepted: HashMap<CommandId, usize>,
    events: Vec<NewEvent>,
    rolls: Rolls,
    aliases: Aliases,
}

impl Deciding<'_> {
    fn decide(
        &mut self,
        command_id: CommandId,
        candidate: &Candidate,
        directed: &Result<Directed<'_>, &Rejection>,
    ) -> Verdict {
        if let Some(verdict) = self.recognise(command_id, candidate) {
            return verdict;
        }
        let directed = match directed {
            Ok(directed) => directed,
            Err(rejection) => return Verdict::Rejected((*rejection).clone()),
        };
        let context = self
            .facts
            .context(&directed.command, directed.request.stamp.at);
        let flags = self.flags(flags(&directed.command, &context), directed.request);
        let stamped = Stamped {
            command_id,
            device_id: self.grounds.batch.device_id,
            recorded_at: self.grounds.recorded_at,
            context,
            command: directed.command.clone(),
        };
        match execute(stamped) {
            Ok(recorded) => {
                let new_event = self.new_event(recorded, candidate, directed, flags);
                self.accept(new_event, directed.request.device_seq)
            }
            Err(NotAccepted::Refused(refusal)) => Verdict::Rejected(refusal.into()),
            Err(fault @ NotAccepted::WithoutEvent) => {
                tracing::error!(error = %fault, "a command cannot be decided");
                Verdict::Undecided
            }
        }
    }

    /// A command that was accepted before, or another one that takes its id.
    fn recognise(&self, command_id: CommandId, candidate: &Candidate) -> Option<Verdict> {
        let same = |fingerprint| candidate.fingerprint == fingerprint;
        if let Some(index) = self.accepted.get(&command_id) {
            return Some(if same(self.events[*index].fingerprint) {
                Verdict::Repeated(*index)
            } else {
                Verdict::Rejected(command_id_reused())
            });
        }
        let known = self.grounds.known.get(&command_id)?;
        let same_actor = known.actor_id == self.grounds.batch.caller.actor.id;
        Some(if same_actor && same(known.fingerprint) {
            Verdict::Duplicate(command_id)
        } else {
            Verdict::Rejected(command_id_reused())
        })
    }

    /// The domain's flags and those that follow from the device, its clock and who sent for it.
    fn flags(&self, mut flags: Vec<Flag>, request: &Request) -> Vec<Flag> {
        let before_empty = self
            .device
            .last_empty_at
            .is_some_and(|last_empty_at| request.stamp.at < last_empty_at);
        let passed = match (request.device_seq, self.device.last_device_seq) {
            (Some(device_seq), Some(last)) => device_seq <= last,
            (None, _) | (_, None) => false,
        };
        if before_empty || passed {
            flags.push(Flag::Backdated);
        }
        if request.stamp.moved {
            flags.push(Flag::OrderDoubt);
        }
        let caller = &self.grounds.batch.caller;
        if caller.submitted_by.is_some_and(|id| id != caller.actor.id) {
            flags.push(Flag::SubmittedForAnother);
        }
        flags.sort_unstable();
        flags
    }

    fn new_event(
        &self,
        recorded: Recorded<Event>,
        candidate: &Candidate,
        directed: &Directed<'_>,
        flags: Vec<Flag>,
    ) -> NewEvent {
        NewEvent {
            stream: directed.stream.clone(),
            event: recorded.event,
            command_id: recorded.command_id,
            fingerprint: candidate.fingerprint,
            occurred_at: recorded.occurred_at,
            raw_occurred_at: directed.request.raw_occurred_at,
            actor_id: recorded.actor_id,
            device_id: recorded.device_id,
            flags,
            metadata: metadata(self.grounds.batch, directed.request),
        }
    }

    fn accept(&mut self, new_event: NewEvent, device_seq: Option<i64>) -> Verdict {
        self.take_over(&new_event);
        self.device.last_device_seq = self.device.last_device_seq.max(device_seq);
        let index = self.events.len();
        self.accepted.insert(new_event.command_id, index);
        self.events.push(new_event);
        Verdict::Accepted(index)
    }

    /// Lets the commands that follow be decided on what this one changed.
    fn take_over(&mut self, new_event: &NewEvent) {
        match &new_event.event {
            Event::Roll(event) => {
                let recorded = recorded(new_event, self.grounds.recorded_at);
                if let Some(enrolment) = self.rolls.accept(recorded.map(|_| event.clone())) {
                    self.facts
                        .enrol(enrolment.student_id, enrolment.class_id, enrolment.periods);
                }
            }
            Event::Policy(event) => self.facts.set_policy(event),
            Event::Calendar(event) => self.facts.set_calendar(event),
            Event::Alias(event) => {
                let recorded = recorded(new_event, self.grounds.recorded_at);
                let into = self.aliases.accept(recorded.map(|_| event.clone()));
                self.facts.merge(event.student_id(), into);
            }
            Event::Session(_) | Event::Exception(_) | Event::SignOff(_) => {}
        }
    }
}

/// A new event with its header, as it will be read back.
pub(crate) fn recorded(new_event: &NewEvent, recorded_at: Instant) -> Recorded<&Event> {
    Recorded {
        command_id: new_event.command_id,
        actor_id: new_event.actor_id,
        device_id: new_event.device_id,
        occurred_at: new_event.occurred_at,
        recorded_at,
        event: &new_event.event,
    }
}

/// Says nothing about the other command: its sender may be somebody else.
fn command_id_reused() -> Rejection {
    Rejection::new(
        Slug::CommandIdReused,
        "Another command was accepted under this id.",
    )
}

fn metadata(batch: &Batch, request: &Request) -> Metadata {
    let offset_ms = batch.clock_repair.offset_ms();
    Metadata {
        device_seq: request.device_seq,
        app_version: batch.report.app_version.clone(),
        clock_offset_ms: (offset_ms != 0).then_some(offset_ms),
        submitted_by: batch.caller.submitted_by,
        ..Metadata::default()
    }
}
