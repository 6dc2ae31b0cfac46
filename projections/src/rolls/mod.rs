//! Who belongs to a class and who teaches or covers it, when, and which days of the roster each event changed.
//!
//! The periods of each touched class are folded anew from its first event, and the rows of the class are made to say the
//! same.

mod changes;
mod covers;
mod periods;

use domain::{ClassId, Event, SchoolId, fold_roll};
use event_store::StreamId;
use sqlx::PgConnection;
use uuid::Uuid;

use periods::{Rows, write_periods};

use crate::error::Error;
use crate::stream::LoadedStream;

/// Raise it when the tables or what is written to them changes: workers then rebuild.
pub(crate) const VERSION: i32 = 3;

pub(crate) const TABLES: &[&str] = &[
    "enrolment_periods",
    "teaching_periods",
    "cover_periods",
    "staff_periods",
    "roster_changes",
];

pub(crate) const AGGREGATE_TYPES: &[&str] = &[StreamId::CLASS_ROLL];

pub(crate) async fn apply(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[LoadedStream],
) -> Result<(), Error> {
    let mut classes: Vec<Uuid> = Vec::new();
    let (mut enrolled, mut teaching) = (Rows::default(), Rows::default());
    let (mut covers, mut staff) = (covers::Rows::default(), Rows::default());
    let mut changes = changes::Rows::default();
    for stream in streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::CLASS_ROLL)
    {
        let class_id: ClassId = stream.id.aggregate_id.into();
        let events = stream.events_of(Event::as_roll);
        let roll = fold_roll(&events);
        classes.push(class_id.into());
        enrolled.push(class_id, &roll.enrolments);
        teaching.push(class_id, &roll.teaching);
        covers.push(class_id, &roll.covers);
        staff.push(class_id, &roll.staff());
        changes.push(class_id, &events);
    }
    if classes.is_empty() {
        return Ok(());
    }
    write_periods!(
        connection,
        school_id,
        &classes,
        &enrolled,
        "enrolment_periods",
        "student_id",
        "enrolment_periods_pkey"
    );
    write_periods!(
        connection,
        school_id,
        &classes,
        &teaching,
        "teaching_periods",
        "teacher_id",
        "teaching_periods_pkey"
    );
    write_periods!(
        connection,
        school_id,
        &classes,
        &staff,
        "staff_periods",
        "teacher_id",
        "staff_periods_pkey"
    );
    covers::write(connection, school_id, &classes, &covers).await?;
    changes::write(connection, school_id, &changes).await
}
