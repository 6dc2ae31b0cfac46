//! Any event, and how it is written to and read from the store.

use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use crate::alias::{self, AliasEvent};
use crate::calendar::{self, CalendarEvent};
use crate::exception::{self, ExceptionEvent};
use crate::policy::{self, PolicyEvent};
use crate::recorded::Recorded;
use crate::roll::{self, RollEvent};
use crate::session::{self, SessionEvent};
use crate::sign_off::{self, SignOffEvent};
use crate::upcast::{self, VersionStep};
use crate::values::SchoolId;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To a register.
    Session(SessionEvent),
    /// To an exception.
    Exception(ExceptionEvent),
    /// To the roll of a class.
    Roll(RollEvent),
    /// To the school's policy.
    Policy(PolicyEvent),
    /// To the school's calendar.
    Calendar(CalendarEvent),
    /// To a sign-off.
    SignOff(SignOffEvent),
    /// About a student who is another one's double.
    Alias(AliasEvent),
}

/// Why a stored event cannot be read, or an event not be written.
#[derive(Debug, Error)]
pub enum EventError {
    /// No aggregate has this name.
    #[error("there is no aggregate type {0:?}")]
    UnknownAggregateType(String),
    /// The stored version is newer than this program, or an upcaster is missing.
    #[error("event {event_type:?} of version {event_version:?} cannot be read by this program")]
    UnknownVersion {
        /// The stored event type.
        event_type: String,
        /// The stored version.
        event_version: String,
    },
    /// The payload is of another event type than the one stored beside it.
    #[error("the payload is of event {found:?}, but {stored:?} stands beside it")]
    OtherType {
        /// The type the payload has.
        found: &'static str,
        /// The type stored beside it.
        stored: String,
    },
    /// The payload is not the JSON that it should be.
    #[error("the payload of event {event_type:?} is not readable")]
    Payload {
        /// The stored event type.
        event_type: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Event {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::Session(event) => event.event_type(),
            Self::Exception(event) => event.event_type(),
            Self::Roll(event) => event.event_type(),
            Self::Policy(event) => event.event_type(),
            Self::Calendar(event) => event.event_type(),
            Self::SignOff(event) => event.event_type(),
            Self::Alias(event) => event.event_type(),
        }
    }

    /// The version in which [`Self::to_payload`] writes the event.
    pub fn event_version(&self) -> &'static str {
        upcast::current_version(upcast::VERSION_STEPS, self.event_type())
    }

    /// The stored name of the kind of aggregate the event is of.
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

    /// The id of the aggregate the event is of.
    pub fn aggregate_id(&self, school_id: SchoolId) -> Uuid {
        match self {
            Self::Session(event) => event.session().session_id(school_id).as_uuid(),
            Self::Exception(event) => event.exception_id().as_uuid(),
            Self::Roll(event) => event.class_id().as_uuid(),
            Self::Policy(_) | Self::Calendar(_) => school_id.as_uuid(),
            Self::SignOff(event) => event.sign_off_id().as_uuid(),
            Self::Alias(event) => event.student_id().as_uuid(),
        }
    }

    /// The event of a register, if it is one.
    pub const fn as_session(&self) -> Option<&SessionEvent> {
        match self {
            Self::Session(event) => Some(event),
            Self::Exception(_)
            | Self::Roll(_)
            | Self::Policy(_)
            | Self::Calendar(_)
            | Self::SignOff(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event of an exception, if it is one.
    pub const fn as_exception(&self) -> Option<&ExceptionEvent> {
        match self {
            Self::Exception(event) => Some(event),
            Self::Session(_)
            | Self::Roll(_)
            | Self::Policy(_)
            | Self::Calendar(_)
            | Self::SignOff(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event of a roll, if it is one.
    pub const fn as_roll(&self) -> Option<&RollEvent> {
        match self {
            Self::Roll(event) => Some(event),
            Self::Session(_)
            | Self::Exception(_)
            | Self::Policy(_)
            | Self::Calendar(_)
            | Self::SignOff(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event of a policy, if it is one.
    pub const fn as_policy(&self) -> Option<&PolicyEvent> {
        match self {
            Self::Policy(event) => Some(event),
            Self::Session(_)
            | Self::Exception(_)
            | Self::Roll(_)
            | Self::Calendar(_)
            | Self::SignOff(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event of a calendar, if it is one.
    pub const fn as_calendar(&self) -> Option<&CalendarEvent> {
        match self {
            Self::Calendar(event) => Some(event),
            Self::Session(_)
            | Self::Exception(_)
            | Self::Roll(_)
            | Self::Policy(_)
            | Self::SignOff(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event of a sign-off, if it is one.
    pub const fn as_sign_off(&self) -> Option<&SignOffEvent> {
        match self {
            Self::SignOff(event) => Some(event),
            Self::Session(_)
            | Self::Exception(_)
            | Self::Roll(_)
            | Self::Policy(_)
            | Self::Calendar(_)
            | Self::Alias(_) => None,
        }
    }

    /// The event about a double, if it is one.
    pub const fn as_alias(&self) -> Option<&AliasEvent> {
        match self {
            Self::Alias(event) => Some(event),
            Self::Session(_)
            | Self::Exception(_)
            | Self::Roll(_)
            | Self::Policy(_)
            | Self::Calendar(_)
            | Self::SignOff(_) => None,
        }
    }

    /// The event as stored: a JSON object whose only key is the event type.
    ///
    /// # Errors
    /// The event cannot be written as JSON.
    pub fn to_payload(&self) -> Result<Vec<u8>, EventError> {
        match self {
            Self::Session(event) => serde_json::to_vec(event),
            Self::Exception(event) => serde_json::to_vec(event),
            Self::Roll(event) => serde_json::to_vec(event),
            Self::Policy(event) => serde_json::to_vec(event),
            Self::Calendar(event) => serde_json::to_vec(event),
            Self::SignOff(event) => serde_json::to_vec(event),
            Self::Alias(event) => serde_json::to_vec(event),
        }
        .map_err(|source| EventError::Payload {
            event_type: self.event_type().to_owned(),
            source,
        })
    }

    /// Reads a stored event of any version there ever was.
    ///
    /// # Errors
    /// The stored names or version are unknown, or the payload does not fit them.
    pub fn from_stored(
        aggregate_type: &str,
        event_type: &str,
        event_version: &str,
        payload: &[u8],
    ) -> Result<Self, EventError> {
        let steps = upcast::VERSION_STEPS;
        Self::from_stored_with(steps, aggregate_type, event_type, event_version, payload)
    }

    fn from_stored_with(
        steps: &[VersionStep],
        aggregate_type: &str,
        event_type: &str,
        event_version: &str,
        payload: &[u8],
    ) -> Result<Self, EventError> {
        let unreadable = |source| EventError::Payload {
            event_type: event_type.to_owned(),
            source,
        };
        let event = if event_version == upcast::current_version(steps, event_type) {
            Self::from_current(aggregate_type, payload)
        } else {
            let payload: Value = serde_json::from_slice(payload).map_err(unreadable)?;
            let current = upcast::to_current(steps, event_type, event_version, payload)?;
            Self::from_current(aggregate_type, current.to_string().as_bytes())
        };
        let event = event
            .map_err(unreadable)?
            .ok_or_else(|| EventError::UnknownAggregateType(aggregate_type.to_owned()))?;
        if event.event_type() == event_type {
            Ok(event)
        } else {
            Err(EventError::OtherType {
                found: event.event_type(),
                stored: event_type.to_owned(),
            })
        }
    }

    /// Reads a payload of the current version; none if there is no such aggregate.
    fn from_current(aggregate_type: &str, payload: &[u8]) -> serde_json::Result<Option<Self>> {
        // Once for all of it: the parser would look at each text in it by itself.
        let payload = str::from_utf8(payload).map_err(serde::de::Error::custom)?;
        Ok(match aggregate_type {
            session::AGGREGATE_TYPE => Some(Self::Session(serde_json::from_str(payload)?)),
            exception::AGGREGATE_TYPE => Some(Self::Exception(serde_json::from_str(payload)?)),
            roll::AGGREGATE_TYPE => Some(Self::Roll(serde_json::from_str(payload)?)),
            policy::AGGREGATE_TYPE => Some(Self::Policy(serde_json::from_str(payload)?)),
            calendar::AGGREGATE_TYPE => Some(Self::Calendar(serde_json::from_str(payload)?)),
            sign_off::AGGREGATE_TYPE => Some(Self::SignOff(serde_json::from_str(payload)?)),
            alias::AGGREGATE_TYPE => Some(Self::Alias(serde_json::from_str(payload)?)),
            _ => None,
        })
    }
}

impl From<SessionEvent> for Event {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

impl From<ExceptionEvent> for Event {
    fn from(event: ExceptionEvent) -> Self {
        Self::Exception(event)
    }
}

impl From<AliasEvent> for Event {
    fn from(event: AliasEvent) -> Self {
        Self::Alias(event)
    }
}

impl From<SignOffEvent> for Event {
    fn from(event: SignOffEvent) -> Self {
        Self::SignOff(event)
    }
}

impl From<RollEvent> for Event {
    fn from(event: RollEvent) -> Self {
        Self::Roll(event)
    }
}

impl From<PolicyEvent> for Event {
    fn from(event: PolicyEvent) -> Self {
        Self::Policy(event)
    }
}

impl From<CalendarEvent> for Event {
    fn from(event: CalendarEvent) -> Self {
        Self::Calendar(event)
    }
}

/// The events of one kind among recorded ones, with their headers and in the order given.
///
/// The kind is [`Event::as_session`], [`Event::as_exception`], [`Event::as_roll`] and so on; the folds take what comes out.
pub fn of_one_kind<'a, E: 'a>(
    events: impl IntoIterator<Item = &'a Recorded<Event>>,
    kind: impl Fn(&'a Event) -> Option<&'a E>,
) -> Vec<Recorded<&'a E>> {
    events
        .into_iter()
        .filter_map(|recorded| kind(&recorded.event).map(|event| recorded.as_ref().map(|_| event)))
        .collect()
}

#[cfg(test)]
mod tests;
