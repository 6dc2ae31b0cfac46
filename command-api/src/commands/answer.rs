//! What the sender of a batch is told.

use std::collections::HashMap;

use chrono::SecondsFormat;
use domain::{CommandId, Effect, Event, Flag, Instant, Recorded, SessionId, effects};
use event_store::{Appended, KnownCommand, NewEvent, Position, Stream, StreamId};
use platform::problem::Problem;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::batch::Batch;
use super::decision::{Decisions, Verdict, recorded};

/// What became of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchAnswer {
    /// When the request arrived.
    #[serde(serialize_with = "milliseconds")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>, example = "2026-11-24T08:01:10.250Z")]
    pub received_at: Instant,
    /// By how many milliseconds every stamp of the batch was moved; 0 if the device's clock was believed.
    #[schema(example = 0)]
    pub clock_offset_ms: i64,
    /// The greatest position, in the order of the feed, of all events that the batch named, new or known. An opaque
    /// token for `Muster-After`. Null if there is none.
    #[schema(value_type = Option<String>, example = "1-2e9-4b")]
    pub position: Option<Position>,
    /// One result for each command, in the order sent.
    pub results: Vec<CommandResult>,
}

/// What became of one command.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommandResult {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id; null if none could be read.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub command_id: Option<CommandId>,
    /// What became of it.
    pub outcome: Outcome,
    /// For accepted and duplicate: what it does now. Later commands can change it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, pattern = "^(current|superseded|after_close|cleared|opened|closed|reopened|voided|restored|recorded|amended|approved|refused|revoked|enrolled|withdrawn|contested|settled|cancelled|assigned|ended|set|signed_off|merged|unmerged)$", example = "current")]
    pub effect: Option<Effect>,
    /// The register it is about, for accepted and duplicate commands to a register.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub session_id: Option<SessionId>,
    /// For accepted and duplicate: when it happened, as counted. The first acceptance fixed it.
    #[serde(
        serialize_with = "optional_milliseconds",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub occurred_at: Option<Instant>,
    /// For accepted and duplicate: what is noteworthy about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub flags: Option<Vec<Flag>>,
    /// For rejected: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is stored for good.
    Accepted,
    /// It was stored before.
    Duplicate,
    /// It is not accepted. Sent again, it is judged again.
    Rejected,
    /// Not decided, because others wrote at the same time. Send it again.
    Retry,
}

impl Outcome {
    /// The outcome as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Rejected => "rejected",
            Self::Retry => "retry",
        }
    }
}

/// All that an answer is made of.
pub(crate) struct Findings<'a> {
    pub(crate) batch: &'a Batch,
    pub(crate) decisions: &'a Decisions,
    pub(crate) known: &'a HashMap<CommandId, KnownCommand>,
    pub(crate) streams: HashMap<StreamId, Stream>,
    /// Where the new events went.
    pub(crate) appended: &'a [Appended],
    pub(crate) recorded_at: Instant,
}

impl Findings<'_> {
    /// Tells the sender.
    pub(crate) fn answer(self) -> BatchAnswer {
        let position = self.position();
        let (batch, decisions, known) = (self.batch, self.decisions, self.known);
        let effects = self.effects();
        let results = batch.commands.iter().zip(&decisions.verdicts).enumerate();
        BatchAnswer {
            received_at: batch.clock_repair.received_at(),
            clock_offset_ms: batch.clock_repair.offset_ms(),
            position,
            results: results
                .map(|(index, (candidate, verdict))| {
                    let result = CommandResult {
                        index,
                        command_id: candidate.command_id(),
                        outcome: outcome(verdict),
                        effect: None,
                        session_id: None,
                        occurred_at: None,
                        flags: None,
                        problem: None,
                    };
                    match verdict {
                        Verdict::Rejected(rejection) => {
                            result.with_problem(rejection.problem(&batch.place_of(index)))
                        }
                        Verdict::Accepted(event) | Verdict::Repeated(event) => {
                            result.with_event(&effects, Named::from(&decisions.events[*event]))
                        }
                        Verdict::Undecided => result,
                        Verdict::Duplicate(command_id) => match known.get(command_id) {
                            Some(known) => result.with_event(&effects, Named::from(known)),
                            None => result,
                        },
                    }
                })
                .collect(),
        }
    }

    fn position(&self) -> Option<Position> {
        let named = self
            .decisions
            .verdicts
            .iter()
            .filter_map(|verdict| match verdict {
                Verdict::Duplicate(command_id) => {
                    self.known.get(command_id).map(|known| known.position)
                }
                Verdict::Accepted(_)
                | Verdict::Repeated(_)
                | Verdict::Rejected(_)
                | Verdict::Undecided => None,
            });
        named
            .chain(self.appended.iter().map(|appended| appended.position))
            .max()
    }

    /// What every command of the streams does now.
    fn effects(self) -> HashMap<CommandId, Effect> {
        let mut streams: HashMap<StreamId, Vec<Recorded<Event>>> = self
            .streams
            .into_iter()
            .map(|(id, stream)| {
                let events = stream.events.into_iter().map(|stored| stored.recorded);
                (id, events.collect())
            })
            .collect();
        for new_event in &self.decisions.events {
            let recorded = recorded(new_event, self.recorded_at).map(Event::clone);
            streams
                .entry(new_event.stream.clone())
                .or_default()
                .push(recorded);
        }
        streams
            .values()
            .flat_map(|events| effects(events))
            .collect()
    }
}

/// What is told of an event, new or known.
struct Named<'a> {
    stream: &'a StreamId,
    occurred_at: Instant,
    flags: &'a [Flag],
}

impl<'a> From<&'a NewEvent> for Named<'a> {
    fn from(event: &'a NewEvent) -> Self {
        Self {
            stream: &event.stream,
            occurred_at: event.occurred_at,
            flags: &event.flags,
        }
    }
}

impl<'a> From<&'a KnownCommand> for Named<'a> {
    fn from(known: &'a KnownCommand) -> Self {
        Self {
            stream: &known.stream,
            occurred_at: known.occurred_at,
            flags: &known.flags,
        }
    }
}

impl Named<'_> {
    fn session_id(&self) -> Option<SessionId> {
        (self.stream.aggregate_type == StreamId::ATTENDANCE_SESSION)
            .then(|| self.stream.aggregate_id.into())
    }
}

impl CommandResult {
    fn with_problem(self, problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..self
        }
    }

    fn with_event(self, effects: &HashMap<CommandId, Effect>, event: Named<'_>) -> Self {
        Self {
            effect: self.command_id.and_then(|id| effects.get(&id).copied()),
            session_id: event.session_id(),
            occurred_at: Some(event.occurred_at),
            flags: Some(event.flags.to_vec()),
            ..self
        }
    }
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Accepted(_) => Outcome::Accepted,
        Verdict::Repeated(_) | Verdict::Duplicate(_) => Outcome::Duplicate,
        Verdict::Rejected(_) => Outcome::Rejected,
        Verdict::Undecided => Outcome::Retry,
    }
}

fn milliseconds<S: Serializer>(moment: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn optional_milliseconds<S: Serializer>(
    moment: &Option<Instant>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => milliseconds(moment, serializer),
        None => serializer.serialize_none(),
    }
}
