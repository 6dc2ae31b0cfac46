//! Who belongs to a class and who teaches it, when.
//!
//! The periods of each touched class are folded anew from its first event, and the rows of the class are made to say the
//! same.

mod enrolments;
mod teaching;

use domain::{ClassId, Event, Roll, SchoolId, fold_roll};
use event_store::StreamId;
use sqlx::PgConnection;

use crate::error::Error;
use crate::stream::LoadedStream;

/// Raise it when the tables or what is written to them changes: workers then rebuild.
pub(crate) const VERSION: i32 = 1;

pub(crate) const TABLES: &[&str] = &["enrolment_periods", "teaching_periods"];

pub(crate) const AGGREGATE_TYPES: &[&str] = &[StreamId::CLASS_ROLL];

/// A roll as its events make it.
struct TouchedRoll {
    class_id: ClassId,
    roll: Roll,
}

pub(crate) async fn apply(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[LoadedStream],
) -> Result<(), Error> {
    let rolls: Vec<TouchedRoll> = streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::CLASS_ROLL)
        .map(|stream| TouchedRoll {
            class_id: stream.id.aggregate_id.into(),
            roll: fold_roll(&stream.events_of(Event::as_roll)),
        })
        .collect();
    if rolls.is_empty() {
        return Ok(());
    }
    enrolments::write(connection, school_id, &rolls).await?;
    teaching::write(connection, school_id, &rolls).await
}
