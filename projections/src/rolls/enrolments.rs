//! `enrolment_periods`: one row a period of one student in one class.

use chrono::NaiveDate;
use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::TouchedRoll;
use crate::error::Error;

#[derive(Default)]
struct Rows {
    class_id: Vec<Uuid>,
    student_id: Vec<Uuid>,
    from_date: Vec<NaiveDate>,
    until_date: Vec<Option<NaiveDate>>,
}

impl Rows {
    fn of(rolls: &[TouchedRoll]) -> Self {
        let mut rows = Self::default();
        for touched in rolls {
            for (student_id, periods) in &touched.roll.enrolments {
                for period in periods {
                    rows.class_id.push(touched.class_id.into());
                    rows.student_id.push((*student_id).into());
                    rows.from_date.push(period.from);
                    rows.until_date.push(period.until);
                }
            }
        }
        rows
    }
}

/// Makes the periods of the rolls the only ones their classes have.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rolls: &[TouchedRoll],
) -> Result<(), Error> {
    let rows = Rows::of(rolls);
    sqlx::query!(
        "insert into enrolment_periods as p (school_id, class_id, student_id, from_date, until_date)
         select $1, t.class_id, t.student_id, t.from_date, t.until_date
         from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) as t (class_id, student_id, from_date, until_date)
         on conflict on constraint enrolment_periods_pkey do update set until_date = excluded.until_date
         where p.until_date is distinct from excluded.until_date",
        school_id.as_uuid(),
        &rows.class_id,
        &rows.student_id,
        &rows.from_date,
        &rows.until_date as &[Option<NaiveDate>],
    )
    .execute(&mut *connection)
    .await?;
    let touched: Vec<Uuid> = rolls
        .iter()
        .map(|touched| touched.class_id.into())
        .collect();
    sqlx::query!(
        "with gone as materialized (
           select had.class_id, had.student_id, had.from_date
           from unnest($2::uuid[]) as touched (class_id)
           cross join lateral (
             select p.class_id, p.student_id, p.from_date from enrolment_periods p
             where p.school_id = $1 and p.class_id = touched.class_id offset 0
           ) had
           where (had.class_id, had.student_id, had.from_date) not in (
             select t.class_id, t.student_id, t.from_date
             from unnest($3::uuid[], $4::uuid[], $5::date[]) as t (class_id, student_id, from_date))
         )
         delete from enrolment_periods p using gone
         where p.school_id = $1 and p.class_id = gone.class_id and p.student_id = gone.student_id
           and p.from_date = gone.from_date",
        school_id.as_uuid(),
        &touched,
        &rows.class_id,
        &rows.student_id,
        &rows.from_date,
    )
    .execute(connection)
    .await?;
    Ok(())
}
