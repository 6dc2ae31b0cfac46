//! Effective status: which absences are excused, after exceptions changed.

use domain::SchoolId;
use sqlx::PgConnection;

use super::spans::Spans;
use crate::error::Error;

/// Computes anew what the absences of the exceptions' students count as, on every day that an exception has ever named:
/// so an excuse comes and goes with its exception, whichever was there first.
pub(super) async fn recompute(
    connection: &mut PgConnection,
    school_id: SchoolId,
    spans: &Spans,
) -> Result<(), Error> {
    if spans.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with covered as (
           select distinct e.session_id, e.student_id, x.exception_id
           from unnest($2::uuid[], $3::date[], $4::date[]) as t (student_id, first_day, last_day)
           cross join lateral (
             select e.session_id, e.student_id, e.date, e.slot from register_entries e
             where e.school_id = $1 and e.student_id = t.student_id
               and e.date between t.first_day and t.last_day and e.status = 'absent' offset 0
           ) e
           left join lateral (
             select x.exception_id from exceptions x
             where x.school_id = $1 and x.student_id = e.student_id and x.state = 'approved'
               and e.date between x.start_date and x.end_date and (x.slots is null or e.slot = any(x.slots))
             order by x.start_date, x.exception_id limit 1
           ) x on true
         )
         update register_entries e
         set effective_status = case when c.exception_id is null then e.status else 'excused' end,
             exception_id = c.exception_id
         from covered c
         where e.school_id = $1 and e.session_id = c.session_id and e.student_id = c.student_id
           and e.exception_id is distinct from c.exception_id",
        school_id.as_uuid(),
        &spans.student_id,
        &spans.first_day,
        &spans.last_day,
    )
    .execute(connection)
    .await?;
    Ok(())
}
