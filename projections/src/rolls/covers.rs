//! `cover_periods`: who covers a class, when, and which part of the day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{ClassId, Covers, SchoolId, Slot, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;

/// One array a column.
#[derive(Default)]
pub(super) struct Rows {
    class_id: Vec<Uuid>,
    teacher_id: Vec<Uuid>,
    slot: Vec<String>,
    from_date: Vec<NaiveDate>,
    until_date: Vec<Option<NaiveDate>>,
}

impl Rows {
    pub(super) fn push(&mut self, class_id: ClassId, people: &BTreeMap<UserId, Covers>) {
        for (teacher_id, covers) in people {
            for (slot, period) in covers.iter() {
                self.class_id.push(class_id.into());
                self.teacher_id.push((*teacher_id).into());
                self.slot.push(slot.map_or("", Slot::as_str).to_owned());
                self.from_date.push(period.from);
                self.until_date.push(period.until);
            }
        }
    }
}

/// Makes the rows the only ones their classes have.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    classes: &[Uuid],
    rows: &Rows,
) -> Result<(), Error> {
    sqlx::query!(
        "delete from cover_periods where school_id = $1 and class_id = any($2)",
        school_id.as_uuid(),
        classes,
    )
    .execute(&mut *connection)
    .await?;
    if rows.class_id.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into cover_periods (school_id, class_id, teacher_id, slot, from_date, until_date)
         select $1, t.class_id, t.teacher_id, t.slot, t.from_date, t.until_date
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[])
           as t (class_id, teacher_id, slot, from_date, until_date)",
        school_id.as_uuid(),
        &rows.class_id,
        &rows.teacher_id,
        &rows.slot,
        &rows.from_date,
        &rows.until_date as &[Option<NaiveDate>],
    )
    .execute(connection)
    .await?;
    Ok(())
}
