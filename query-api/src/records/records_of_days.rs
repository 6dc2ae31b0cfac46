//! The queries behind the export of records: whole days, in the order in which people look for a line.

use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use uuid::Uuid;

use super::record_filter::RecordFilter;
use super::record_rows::{RecordRow, RecordWithRemarks, entries, records, with_remarks};
use crate::authority::Scope;
use crate::page::PageRequest;
use crate::pages::Batch;
use crate::reading::Reading;

/// How many records are read at once if there are that many, and the rest of the last one's day. To plan the statement takes
/// as long as reading a thousand; ten thousand lines are ten megabytes.
const AT_ONCE: i64 = 4_000;

/// The records of whole days after the page's day, enough days for [`AT_ONCE`] if there are: by date, slot, class, subject
/// and student, as people look for them. Names change, days do not: so whatever is renamed while somebody goes from day to
/// day, no record is met twice or left out.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_records_of_days(
    services: &Services,
    reading: &mut Reading,
    caller: &Caller,
    filter: &RecordFilter,
    page: &PageRequest<NaiveDate>,
) -> Result<Batch<RecordWithRemarks, NaiveDate>, Problem> {
    let scope = Scope::of(caller);
    let mut filter = filter.clone();
    if let Some(day) = page.after {
        let Some(following) = day.succ_opt() else {
            return Ok(Batch {
                items: Vec::new(),
                next: None,
            });
        };
        filter.days.from = Some(following);
    }
    let ahead = look_ahead(&mut reading.connection, scope, &filter, AT_ONCE).await?;
    let next = ahead.last_day.filter(|_| ahead.records == AT_ONCE);
    filter.days.to = next.or(filter.days.to);
    let rows = select_days(&mut reading.connection, scope, &filter).await?;
    let items = with_remarks(services, reading, rows).await?;
    Ok(Batch { items, next })
}

/// How far the next records reach.
struct Ahead {
    records: i64,
    last_day: Option<NaiveDate>,
}

async fn look_ahead(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &RecordFilter,
    rows: i64,
) -> Result<Ahead, sqlx::Error> {
    let school_id = scope.school_id();
    match scope.teacher() {
        None => {
            entries!(
                Ahead,
                r#"select count(*) as "records!", max(r.date) as last_day"#,
                "",
                "order by r.date limit $11",
                [],
                school_id,
                filter,
                rows
            )
            .fetch_one(connection)
            .await
        }
        Some(teacher) => {
            entries!(
                Ahead,
                r#"select count(*) as "records!", max(r.date) as last_day"#,
                "select r.date from staff_periods t cross join lateral (",
                r#"
                        and r.class_id = t.class_id
                        and r.date >= t.from_date and (t.until_date is null or r.date < t.until_date)
                        order by r.date
                        limit $11
                    ) r
                    where t.school_id = $1 and t.teacher_id = $12
                    order by r.date
                    limit $11
                "#,
                [],
                school_id,
                filter,
                rows,
                teacher
            )
            .fetch_one(connection)
            .await
        }
    }
}

async fn select_days(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &RecordFilter,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    match scope.teacher() {
        None => of_school(connection, scope.school_id(), filter).await,
        Some(teacher) => of_teacher(connection, scope.school_id(), teacher, filter).await,
    }
}

async fn of_school(
    connection: &mut PgConnection,
    school_id: Uuid,
    filter: &RecordFilter,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    records!(
        "",
        "",
        r#"
            left join slots l on l.school_id = r.school_id and l.slot = r.slot
            order by r.date, r.slot is not null, l.sort_order, r.slot, c.title, b.title, s.sort_name, r.session_id,
                r.student_id
        "#,
        school_id,
        filter
    )
    .fetch_all(connection)
    .await
}

async fn of_teacher(
    connection: &mut PgConnection,
    school_id: Uuid,
    teacher: Uuid,
    filter: &RecordFilter,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    records!(
        "select r.* from staff_periods t cross join lateral (",
        r#"
                and r.class_id = t.class_id
                and r.date >= t.from_date and (t.until_date is null or r.date < t.until_date)
            ) r
            where t.school_id = $1 and t.teacher_id = $11
        "#,
        r#"
            left join slots l on l.school_id = r.school_id and l.slot = r.slot
            order by r.date, r.slot is not null, l.sort_order, r.slot, c.title, b.title, s.sort_name, r.session_id,
                r.student_id
        "#,
        school_id,
        filter,
        teacher
    )
    .fetch_all(connection)
    .await
}
