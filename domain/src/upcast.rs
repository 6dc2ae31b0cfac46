//! Reading old versions: every change of a stored shape leaves a step here that lifts the older payload to the newer.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use serde_json::Value;

use crate::event::EventError;

/// The version of every event type that has no step.
const FIRST_VERSION: &str = "1";

/// Every step there is, for one event type the older before the newer.
pub(crate) const VERSION_STEPS: &[VersionStep] = &[];

/// Lifts the payload of one event type from one version to the next.
pub(crate) struct VersionStep {
    /// The stored name of the event.
    pub(crate) event_type: &'static str,
    /// The version before.
    pub(crate) from: &'static str,
    /// The version after.
    pub(crate) to: &'static str,
    /// Changes the payload, which is the whole stored object with the event type as its key.
    pub(crate) lift: fn(Value) -> Value,
}

impl EventUpcaster for VersionStep {
    fn can_upcast(&self, event_type: &str, event_version: &str) -> bool {
        self.event_type == event_type && self.from == event_version
    }

    fn upcast(&self, event: SerializedEvent) -> SerializedEvent {
        SerializedEvent {
            event_version: self.to.to_owned(),
            payload: (self.lift)(event.payload),
            ..event
        }
    }
}

/// The version in which an event type is written now.
pub(crate) fn current_version(steps: &[VersionStep], event_type: &str) -> &'static str {
    steps
        .iter()
        .rfind(|step| step.event_type == event_type)
        .map_or(FIRST_VERSION, |step| step.to)
}

/// Lifts a payload step by step to the current version.
pub(crate) fn to_current(
    steps: &[VersionStep],
    event_type: &str,
    event_version: &str,
    payload: Value,
) -> Result<Value, EventError> {
    let stored = SerializedEvent::new(
        String::new(),
        0,
        String::new(),
        event_type.to_owned(),
        event_version.to_owned(),
        payload,
        Value::Null,
    );
    let lifted = steps.iter().fold(stored, |event, step| {
        if step.can_upcast(&event.event_type, &event.event_version) {
            step.upcast(event)
        } else {
            event
        }
    });
    if lifted.event_version == current_version(steps, event_type) {
        Ok(lifted.payload)
    } else {
        Err(EventError::UnknownVersion {
            event_type: event_type.to_owned(),
            event_version: event_version.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
