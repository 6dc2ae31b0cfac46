//! Any command, and what carries it to an aggregate.

use uuid::Uuid;

use crate::alias::{self, AliasCommand};
use crate::calendar::{self, CalendarCommand};
use crate::context::Context;
use crate::exception::{self, ExceptionCommand};
use crate::policy::{self, PolicyCommand};
use crate::recorded::Recorded;
use crate::roll::{self, RollCommand};
use crate::session::{self, SessionCommand};
use crate::sign_off::{self, SignOffCommand};
use crate::values::{CommandId, DeviceId, Instant, SchoolId};

/// A request to change something, in the words of the school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// To a register.
    Session(SessionCommand),
    /// To an exception.
    Exception(ExceptionCommand),
    /// To the roll of a class.
    Roll(RollCommand),
    /// To the school's policy.
    Policy(PolicyCommand),
    /// To the school's calendar.
    Calendar(CalendarCommand),
    /// To a sign-off.
    SignOff(SignOffCommand),
    /// About a student who is another one's double.
    Alias(AliasCommand),
}

impl Command {
    /// The kind of aggregate the command is for.
    pub const fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Session(_) => session::AGGREGATE_TYPE,
            Self::Exception(_) => exception::AGGREGATE_TYPE,
            Self::Roll(_) => roll::AGGREGATE_TYPE,
            Self::Policy(_) => policy::AGGREGATE_TYPE,
            Self::Calendar(_) => calendar::AGGREGATE_TYPE,
            Self::SignOff(_) => sign_off::AGGREGATE_TYPE,
            Self::Alias(_) => alias::AGGREGATE_TYPE,
        }
    }

    /// The id of the aggregate the command is for.
    pub fn aggregate_id(&self, school_id: SchoolId) -> Uuid {
        match self {
            Self::Session(command) => command.session().session_id(school_id).as_uuid(),
            Self::Exception(command) => command.exception_id().as_uuid(),
            Self::Roll(command) => command.class_id().as_uuid(),
            Self::Policy(_) | Self::Calendar(_) => school_id.as_uuid(),
            Self::SignOff(command) => command.sign_off_id().as_uuid(),
            Self::Alias(command) => command.student_id().as_uuid(),
        }
    }
}

/// A command with all an aggregate needs to decide it and to head the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped<C> {
    /// The command's id.
    pub command_id: CommandId,
    /// The device that sent it.
    pub device_id: Option<DeviceId>,
    /// When the store takes the event in.
    pub recorded_at: Instant,
    /// What the command is decided on; it also says who and when.
    pub context: Context,
    /// The command.
    pub command: C,
}

impl<C> Stamped<C> {
    /// Heads the event that the command led to.
    pub(crate) fn record<E>(&self, event: E) -> Recorded<E> {
        Recorded {
            command_id: self.command_id,
            actor_id: self.context.actor.id,
            device_id: self.device_id,
            occurred_at: self.context.occurred_at,
            recorded_at: self.recorded_at,
            event,
        }
    }
}

impl From<SessionCommand> for Command {
    fn from(command: SessionCommand) -> Self {
        Self::Session(command)
    }
}

impl From<ExceptionCommand> for Command {
    fn from(command: ExceptionCommand) -> Self {
        Self::Exception(command)
    }
}

impl From<RollCommand> for Command {
    fn from(command: RollCommand) -> Self {
        Self::Roll(command)
    }
}

impl From<PolicyCommand> for Command {
    fn from(command: PolicyCommand) -> Self {
        Self::Policy(command)
    }
}

impl From<CalendarCommand> for Command {
    fn from(command: CalendarCommand) -> Self {
        Self::Calendar(command)
    }
}

impl From<AliasCommand> for Command {
    fn from(command: AliasCommand) -> Self {
        Self::Alias(command)
    }
}

impl From<SignOffCommand> for Command {
    fn from(command: SignOffCommand) -> Self {
        Self::SignOff(command)
    }
}
