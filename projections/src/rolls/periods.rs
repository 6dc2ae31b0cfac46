//! Periods of people in classes, as rows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{ClassId, Period};
use uuid::Uuid;

/// One array a column.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) class_id: Vec<Uuid>,
    pub(super) person_id: Vec<Uuid>,
    pub(super) from_date: Vec<NaiveDate>,
    pub(super) until_date: Vec<Option<NaiveDate>>,
}

impl Rows {
    pub(super) fn push<P: Copy + Into<Uuid>>(
        &mut self,
        class_id: ClassId,
        people: &BTreeMap<P, Vec<Period>>,
    ) {
        for (person_id, periods) in people {
            for period in periods {
                self.class_id.push(class_id.into());
                self.person_id.push((*person_id).into());
                self.from_date.push(period.from);
                self.until_date.push(period.until);
            }
        }
    }
}

/// Makes the rows the only ones their classes have in a table, whose name, column of people and key are given as literals:
/// so the statements are checked when they are compiled.
macro_rules! write_periods {
    ($connection:expr, $school_id:expr, $classes:expr, $rows:expr, $table:literal, $person:literal, $key:literal) => {{
        let rows: &Rows = $rows;
        sqlx::query!(
            "insert into " + $table + " as p (school_id, class_id, " + $person + ", from_date, until_date)
             select $1, t.class_id, t.person_id, t.from_date, t.until_date
             from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) as t (class_id, person_id, from_date, until_date)
             on conflict on constraint " + $key + " do update set until_date = excluded.until_date
             where p.until_date is distinct from excluded.until_date",
            $school_id.as_uuid(),
            &rows.class_id,
            &rows.person_id,
            &rows.from_date,
            &rows.until_date as &[Option<chrono::NaiveDate>],
        )
        .execute(&mut *$connection)
        .await?;
        sqlx::query!(
            "with gone as materialized (
               select had.class_id, had.person_id, had.from_date
               from unnest($2::uuid[]) as touched (class_id)
               cross join lateral (
                 select p.class_id, p." + $person + " as person_id, p.from_date from " + $table + " p
                 where p.school_id = $1 and p.class_id = touched.class_id offset 0
               ) had
               where (had.class_id, had.person_id, had.from_date) not in (
                 select t.class_id, t.person_id, t.from_date
                 from unnest($3::uuid[], $4::uuid[], $5::date[]) as t (class_id, person_id, from_date))
             )
             delete from " + $table + " p using gone
             where p.school_id = $1 and p.class_id = gone.class_id and p." + $person + " = gone.person_id
               and p.from_date = gone.from_date",
            $school_id.as_uuid(),
            $classes,
            &rows.class_id,
            &rows.person_id,
            &rows.from_date,
        )
        .execute(&mut *$connection)
        .await?;
    }};
}
pub(super) use write_periods;
