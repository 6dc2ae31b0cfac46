//! Which stream of a school is meant.

use std::borrow::Cow;
use std::fmt;

use domain::{ClassId, ExceptionId, SessionId};
use uuid::Uuid;

/// The stream of one aggregate within its school.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// Kind of the aggregate. Owned only when a newer program stored a kind that this one does not know.
    pub aggregate_type: Cow<'static, str>,
    /// Which aggregate.
    pub aggregate_id: Uuid,
}

/// The kinds this program knows; reading one of them allocates nothing.
const KNOWN: [&str; 7] = [
    StreamId::ATTENDANCE_SESSION,
    StreamId::ATTENDANCE_EXCEPTION,
    StreamId::CLASS_ROLL,
    StreamId::SCHOOL_POLICY,
    StreamId::SCHOOL_CALENDAR,
    StreamId::PERIOD_SIGN_OFF,
    StreamId::STUDENT_ALIAS,
];

impl StreamId {
    /// Aggregate type of sessions.
    pub const ATTENDANCE_SESSION: &'static str = domain::session::AGGREGATE_TYPE;
    /// Aggregate type of exceptions.
    pub const ATTENDANCE_EXCEPTION: &'static str = domain::exception::AGGREGATE_TYPE;
    /// Aggregate type of class rolls.
    pub const CLASS_ROLL: &'static str = domain::roll::AGGREGATE_TYPE;
    /// Aggregate type of schools' policies.
    pub const SCHOOL_POLICY: &'static str = domain::policy::AGGREGATE_TYPE;
    /// Aggregate type of schools' calendars.
    pub const SCHOOL_CALENDAR: &'static str = domain::calendar::AGGREGATE_TYPE;
    /// Aggregate type of sign-offs.
    pub const PERIOD_SIGN_OFF: &'static str = domain::sign_off::AGGREGATE_TYPE;
    /// Aggregate type of students who are others' doubles.
    pub const STUDENT_ALIAS: &'static str = domain::alias::AGGREGATE_TYPE;

    /// A stream by the names it is stored under.
    #[must_use]
    pub fn new(aggregate_type: &str, aggregate_id: Uuid) -> Self {
        let known = KNOWN.into_iter().find(|known| *known == aggregate_type);
        Self {
            aggregate_type: known.map_or_else(|| aggregate_type.to_owned().into(), Cow::Borrowed),
            aggregate_id,
        }
    }

    /// The stream of a session.
    #[must_use]
    pub fn session(session_id: SessionId) -> Self {
        Self::known(Self::ATTENDANCE_SESSION, session_id.as_uuid())
    }

    /// The stream of an exception.
    #[must_use]
    pub fn exception(exception_id: ExceptionId) -> Self {
        Self::known(Self::ATTENDANCE_EXCEPTION, exception_id.as_uuid())
    }

    /// The stream of a class's roll.
    #[must_use]
    pub fn class_roll(class_id: ClassId) -> Self {
        Self::known(Self::CLASS_ROLL, class_id.as_uuid())
    }

    /// From the columns of a row, where the id is text.
    pub(crate) fn from_columns(aggregate_type: &str, aggregate_id: &str) -> sqlx::Result<Self> {
        let aggregate_id =
            Uuid::parse_str(aggregate_id).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Self::new(aggregate_type, aggregate_id))
    }

    const fn known(aggregate_type: &'static str, aggregate_id: Uuid) -> Self {
        Self {
            aggregate_type: Cow::Borrowed(aggregate_type),
            aggregate_id,
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.aggregate_type, self.aggregate_id)
    }
}
