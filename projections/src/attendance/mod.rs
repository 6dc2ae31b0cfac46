//! Registers, their entries and conflicts, the exceptions that excuse, and what was signed off.
//!
//! Each touched stream is folded anew from its first event by the fold that everybody uses, and its rows are made to say
//! the same. What joins streams, that an exception excuses absences, is computed in the tables afterwards, from whichever
//! side came last. So neither the order between streams nor a repetition makes a difference.

pub(crate) mod changes;
mod conflicts;
mod days;
mod entries;
mod exceptions;
mod excuses;
mod registers;
mod retention;
mod sessions;
mod sign_offs;
mod spans;

use domain::SchoolId;
use event_store::StreamId;
use sqlx::PgConnection;

use self::retention::Retention;
pub use self::retention::trim;
use crate::error::Error;
use crate::stream::LoadedStream;

/// Raise it when the tables or what is written to them changes: workers then rebuild.
pub(crate) const VERSION: i32 = 5;

pub(crate) const TABLES: &[&str] = &[
    "register_sessions",
    "register_entries",
    "student_months",
    "student_part_days",
    "conflicts",
    "exceptions",
    "sign_offs",
];

/// Columns by which readers learn that they should look again. A retry and a rebuild raise them, so they do not follow from
/// the events alone: whoever compares tables leaves them out.
pub const POLLED_BY: [&str; 3] = [
    "changed_epoch",
    "changed_transaction_id",
    "changed_position",
];

pub(crate) const AGGREGATE_TYPES: &[&str] = &[
    StreamId::ATTENDANCE_SESSION,
    StreamId::ATTENDANCE_EXCEPTION,
    StreamId::PERIOD_SIGN_OFF,
];

pub(crate) async fn apply(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[LoadedStream],
) -> Result<(), Error> {
    let retention = Retention::of(connection, school_id).await?;
    let registers = retention.registers(registers::fold(streams));
    let exceptions = exceptions::fold(streams);
    let spans = spans::Spans::of(&exceptions);
    let (kept, gone) = retention.exceptions(&exceptions);
    // Exceptions first: entries look them up as they are written.
    exceptions::write(connection, school_id, &kept).await?;
    exceptions::take_out(connection, school_id, &gone).await?;
    sign_offs::write(connection, school_id, streams, &retention).await?;
    sessions::write(connection, school_id, &registers).await?;
    let touched = entries::write(connection, school_id, &registers).await?;
    days::recompute(connection, school_id, &touched).await?;
    conflicts::write(connection, school_id, &registers).await?;
    excuses::recompute(connection, school_id, &spans).await?;
    sessions::recount(connection, school_id, &registers, &spans).await
}
