//! `student_months` and `student_part_days`: on which days registers count for a student, and how much of them was missed.
//!
//! Both follow from the entries alone, so whichever register of a day came last makes no difference.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::entries::StudentDay;
use crate::error::Error;

/// Computes these days anew from the entries that there are of them.
///
/// Rows are looked up one by one (`offset 0`), whatever the planner knows of tables that are still being filled.
pub(super) async fn recompute(
    connection: &mut PgConnection,
    school_id: SchoolId,
    touched: &BTreeSet<StudentDay>,
) -> Result<(), Error> {
    if touched.is_empty() {
        return Ok(());
    }
    let (students, dates): (Vec<Uuid>, Vec<NaiveDate>) = touched.iter().copied().unzip();
    sqlx::query!(
        "with day as materialized (
           select t.student_id, t.date, date_trunc('month', t.date)::date as month,
             1 << (extract(day from t.date)::integer - 1) as bit, c.counted, c.absent
           from unnest($2::uuid[], $3::date[]) as t (student_id, date)
           cross join lateral (
             select count(*) as counted, count(*) filter (where s.status in ('absent', 'excused')) as absent
             from (
               select e.status from register_entries e
               where e.school_id = $1 and e.student_id = t.student_id and e.date = t.date
                 and not e.void and e.status <> 'unmarked' offset 0
             ) s
           ) c
         ), month as materialized (
           select d.student_id, d.month,
             coalesce(m.counted_days, 0) & ~d.days | d.counted_days as counted_days,
             coalesce(m.attended_days, 0) & ~d.days | d.attended_days as attended_days
           from (
             select student_id, month, bit_or(bit) as days,
               coalesce(bit_or(bit) filter (where counted > 0), 0) as counted_days,
               coalesce(bit_or(bit) filter (where absent < counted), 0) as attended_days
             from day group by student_id, month
           ) d
           left join lateral (
             select m.counted_days, m.attended_days from student_months m
             where m.school_id = $1 and m.month = d.month and m.student_id = d.student_id offset 0
           ) m on true
         ), whole as (
           delete from student_part_days p using day d
           where p.school_id = $1 and p.date = d.date and p.student_id = d.student_id
             and (d.absent = 0 or d.absent = d.counted)
         ), part as (
           insert into student_part_days as p (school_id, date, student_id, counted, absent)
           select $1, date, student_id, counted, absent from day where absent > 0 and absent < counted
           on conflict on constraint student_part_days_pkey do update
           set counted = excluded.counted, absent = excluded.absent
           where (p.counted, p.absent) is distinct from (excluded.counted, excluded.absent)
         ), emptied as (
           delete from student_months m using month n
           where m.school_id = $1 and m.month = n.month and m.student_id = n.student_id and n.counted_days = 0
         )
         insert into student_months as m (school_id, month, student_id, counted_days, attended_days)
         select $1, month, student_id, counted_days, attended_days from month where counted_days <> 0
         on conflict on constraint student_months_pkey do update
         set counted_days = excluded.counted_days, attended_days = excluded.attended_days
         where (m.counted_days, m.attended_days) is distinct from (excluded.counted_days, excluded.attended_days)",
        school_id.as_uuid(),
        &students,
        &dates,
    )
    .execute(connection)
    .await?;
    Ok(())
}
