//! Which of the events there are was known at a moment.

use crate::recorded::Recorded;
use crate::values::Instant;

/// A look back, along both axes of time. Whatever is folded from the events it shows is as it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// What had arrived by then was known, and nothing else.
    pub recorded_at: Instant,
    /// Of it only what had happened by then; none is all of it.
    pub occurred_until: Option<Instant>,
}

impl AsOf {
    /// Everything that was known at a moment.
    pub const fn known_at(recorded_at: Instant) -> Self {
        Self {
            recorded_at,
            occurred_until: None,
        }
    }

    /// Whether the event was known and had happened.
    pub fn shows<E>(&self, recorded: &Recorded<E>) -> bool {
        recorded.recorded_at <= self.recorded_at
            && self
                .occurred_until
                .is_none_or(|until| recorded.occurred_at <= until)
    }

    /// The events that it shows.
    pub fn of<'a, E: 'a>(
        self,
        events: impl IntoIterator<Item = &'a Recorded<E>>,
    ) -> impl Iterator<Item = &'a Recorded<E>> {
        events.into_iter().filter(move |event| self.shows(event))
    }
}
