//! What does not fit.

use std::fmt;

use uuid::Uuid;

use crate::chain::{Break, BreakReason};
use crate::log::{Origin, TreeHead};

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An event does not fit into its chain.
    Chain(Break),
    /// An event that is in the log is gone.
    EventMissing {
        /// The command whose event it was.
        command_id: Uuid,
        /// The log it is in.
        origin: Origin,
        /// Its leaf there.
        leaf: u64,
    },
    /// An event stands where the log has another one, and is in no log.
    EventInserted(EventName),
    /// An event has no leaf although the log has gone on past it.
    EventUnlogged(EventName),
    /// An event is filed under another class, student or share than its content names, so readers find it elsewhere.
    EventMisfiled(EventName),
    /// An event stands at another place than in the log.
    EventMoved(EventName),
    /// An event, and its chain after it, is not what was put into the log.
    EventRewritten {
        /// The event.
        event: EventName,
        /// The log it is in.
        origin: Origin,
        /// Its leaf there.
        leaf: u64,
    },
    /// A leaf is missing, or says what it cannot.
    LeafDamaged {
        /// The log.
        origin: Origin,
        /// The leaf.
        leaf: u64,
    },
    /// The log is not the one of which this head was signed.
    OtherThanSigned(TreeHead),
    /// The log ends before the head that was signed, and no restore says so.
    CutOff {
        /// What was signed.
        signed: TreeHead,
        /// How many leaves are left.
        left: u64,
        /// The last event that is left, if there is one.
        last: Option<Box<EventName>>,
    },
    /// A checkpoint that is kept was not signed with the installation's key.
    NotSigned(TreeHead),
    /// A checkpoint that is kept is no checkpoint; why.
    CheckpointDamaged(String),
}

impl Fault {
    /// What is wrong, in a word that stays the same.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Chain(Break {
                reason: BreakReason::Changed,
                ..
            }) => "changed",
            Self::Chain(_) | Self::EventMissing { .. } => "missing",
            Self::EventInserted(_) => "inserted",
            Self::EventUnlogged(_) => "unlogged",
            Self::EventMisfiled(_) => "misfiled",
            Self::EventMoved(_) => "moved",
            Self::EventRewritten { .. } => "rewritten",
            Self::LeafDamaged { .. } => "leaf_damaged",
            Self::OtherThanSigned(_) => "other_than_signed",
            Self::CutOff { .. } => "cut_off",
            Self::NotSigned(_) => "not_signed",
            Self::CheckpointDamaged(_) => "checkpoint_damaged",
        }
    }

    /// Kind and id of the aggregate that it was found in, if it was found in one.
    pub fn aggregate(&self) -> Option<(&str, &str)> {
        match self {
            Self::Chain(found) => Some((&found.aggregate_type, &found.aggregate_id)),
            Self::EventInserted(event)
            | Self::EventUnlogged(event)
            | Self::EventMisfiled(event)
            | Self::EventMoved(event)
            | Self::EventRewritten { event, .. } => {
                Some((&event.aggregate_type, &event.aggregate_id))
            }
            Self::EventMissing { .. }
            | Self::LeafDamaged { .. }
            | Self::OtherThanSigned(_)
            | Self::CutOff { .. }
            | Self::NotSigned(_)
            | Self::CheckpointDamaged(_) => None,
        }
    }
}

/// Which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName {
    /// Kind of its aggregate.
    pub aggregate_type: String,
    /// Its aggregate as stored.
    pub aggregate_id: String,
    /// Its place in the stream.
    pub sequence: i64,
    /// The command that caused it.
    pub command_id: Uuid,
}

impl fmt::Display for EventName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}: event {} (command {})",
            self.aggregate_type, self.aggregate_id, self.sequence, self.command_id
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(found) => write!(formatter, "{found} (position {})", found.position),
            Self::EventMissing {
                command_id,
                origin,
                leaf,
            } => write!(
                formatter,
                "the event of command {command_id} is missing: it is leaf {leaf} of {origin}"
            ),
            Self::EventInserted(event) => {
                write!(formatter, "{event} was slipped in: it is in no log")
            }
            Self::EventUnlogged(event) => {
                write!(formatter, "{event} is in no log, which has gone on past it")
            }
            Self::EventMisfiled(event) => {
                write!(
                    formatter,
                    "{event} is filed under another class, student or school's share than its content names"
                )
            }
            Self::EventMoved(event) => {
                write!(
                    formatter,
                    "{event} was moved: the log has another one at its place"
                )
            }
            Self::EventRewritten {
                event,
                origin,
                leaf,
            } => write!(
                formatter,
                "{event} was rewritten: leaf {leaf} of {origin} is another one's"
            ),
            Self::LeafDamaged { origin, leaf } => write!(
                formatter,
                "leaf {leaf} of {origin} is missing or does not follow from those before it"
            ),
            Self::OtherThanSigned(signed) => write!(
                formatter,
                "the first {} leaves of {} are not those that were signed: history was rewritten before that",
                signed.size, signed.origin
            ),
            Self::CutOff { signed, left, last } => {
                fmt_cut_off(signed, *left, last.as_deref(), formatter)
            }
            Self::NotSigned(head) => write!(
                formatter,
                "the checkpoint of {} at {} leaves is not signed with the key of this installation",
                head.origin, head.size
            ),
            Self::CheckpointDamaged(reason) => {
                write!(
                    formatter,
                    "a checkpoint that is kept cannot be read: {reason}"
                )
            }
        }
    }
}

fn fmt_cut_off(
    signed: &TreeHead,
    left: u64,
    last: Option<&EventName>,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(
        formatter,
        "{} had {} leaves when it was signed and has {left}: leaves {left} to {} were cut off, and no restore says so",
        signed.origin,
        signed.size,
        signed.size.saturating_sub(1)
    )?;
    match last {
        Some(event) => write!(formatter, "; the last event left is {event}"),
        None => Ok(()),
    }
}
