//! Values every aggregate shares: ids, words, and the small numbers and texts that are valid once they exist.

mod clock_time;
mod id;
mod minutes_late;
mod natural_id;
mod sealed_text;
mod session_key;
mod slot;
mod title;
mod weekday;
mod word;

pub use clock_time::ClockTime;
pub use id::{
    ClassId, CommandId, DeviceId, ExceptionId, SchoolId, SessionId, SignOffId, StudentId,
    SubjectId, TermId, UserId,
};
pub use minutes_late::MinutesLate;
pub use sealed_text::SealedText;
pub use session_key::SessionKey;
pub use slot::Slot;
pub use title::Title;
pub use weekday::Weekday;
pub(crate) use word::words;
pub use word::{Category, Counting, EntryStatus, Role, Status};

/// A moment, always in UTC. `occurred_at` is kept in milliseconds, `recorded_at` in microseconds.
pub type Instant = chrono::DateTime<chrono::Utc>;

/// A text or number that is no value of the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(pub(crate) String);
