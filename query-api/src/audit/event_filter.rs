//! Which events a query is about.

use chrono::{DateTime, Utc};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::parameters::{Parameter, Parameters};

/// What narrows events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; EventFilter is what is read"
)]
pub(crate) struct EventFilterParameters {
    /// The id of the stream: a session's, an exception's or a class's. Goes without class and student.
    stream: Option<Uuid>,
    /// The class whose registers and roll events are of.
    class_id: Option<Uuid>,
    /// The student whom events are about, with all of what happened to their exceptions. Goes without class.
    student_id: Option<Uuid>,
    /// Who sent the command.
    actor: Option<Uuid>,
    /// From which device.
    device: Option<Uuid>,
    /// The stored name.
    #[param(rename = "type", example = "attendance_marked")]
    kind: Option<String>,
    /// Arrived at this time or later.
    recorded_from: Option<DateTime<Utc>>,
    /// Arrived before this time.
    recorded_to: Option<DateTime<Utc>>,
    /// Happened at this time or later.
    occurred_from: Option<DateTime<Utc>>,
    /// Happened before this time.
    occurred_to: Option<DateTime<Utc>>,
}

/// What events are about. Each has its own way through an index.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    School,
    Stream(Uuid),
    Class(Uuid),
    Student(Uuid),
}

impl About {
    fn take(parameters: &mut Parameters) -> Self {
        let stream = parameters.optional("stream").map(Self::Stream);
        let class = parameters.optional("class_id").map(Self::Class);
        let student = parameters.optional("student_id").map(Self::Student);
        let named = [
            ("stream", stream),
            ("class_id", class),
            ("student_id", student),
        ];
        let mut named = named
            .into_iter()
            .filter_map(|(name, about)| Some((name, about?)));
        let about = named.next().map_or(Self::School, |(_, about)| about);
        for (name, _) in named {
            parameters.fault(
                name,
                "goes without the other of stream, class_id and student_id",
            );
        }
        about
    }
}

/// Which events are wanted.
#[derive(Debug, Clone)]
pub(super) struct EventFilter {
    pub(super) about: About,
    pub(super) actor: Option<Uuid>,
    pub(super) device: Option<Uuid>,
    pub(super) event_type: Option<EventTypeName>,
    pub(super) recorded_from: Option<DateTime<Utc>>,
    pub(super) recorded_to: Option<DateTime<Utc>>,
    pub(super) occurred_from: Option<DateTime<Utc>>,
    pub(super) occurred_to: Option<DateTime<Utc>>,
}

impl EventFilter {
    /// All events of a register.
    pub(super) const fn of_session(session_id: Uuid) -> Self {
        Self {
            about: About::Stream(session_id),
            actor: None,
            device: None,
            event_type: None,
            recorded_from: None,
            recorded_to: None,
            occurred_from: None,
            occurred_to: None,
        }
    }

    /// Takes the parameters that narrow events.
    pub(super) fn take(parameters: &mut Parameters) -> Self {
        Self {
            about: About::take(parameters),
            actor: parameters.optional("actor"),
            device: parameters.optional("device"),
            event_type: parameters.optional("type"),
            recorded_from: parameters.optional("recorded_from"),
            recorded_to: parameters.optional("recorded_to"),
            occurred_from: parameters.optional("occurred_from"),
            occurred_to: parameters.optional("occurred_to"),
        }
    }
}

/// The stored name of a kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EventTypeName(pub(super) String);

impl Parameter for EventTypeName {
    const EXPECTED: &'static str =
        "the stored name of an event has up to 64 characters of a-z and _";

    fn read(text: &str) -> Option<Self> {
        let is_name = text.len() <= 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        is_name.then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_event_is_lower_case() {
        assert!(EventTypeName::read("attendance_marked").is_some());
        for text in ["AttendanceMarked", "a b", "a\0", "é"] {
            assert!(EventTypeName::read(text).is_none(), "{text}");
        }
    }
}
