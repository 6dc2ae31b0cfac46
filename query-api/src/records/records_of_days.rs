//! The queries behind the export of records: whole days, in the order in which people look for a line.

use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;

use super::record_filter::RecordFilter;
use super::record_rows::{RecordRow, RecordWithRemarks, entries, records, with_remarks};
use super::school_names::SchoolNames;
use crate::authority::Scope;
use crate::page::PageRequest;
use crate::pages::Batch;
use crate::reading::Reading;

/// How many records are read at once if there are that many, and the rest of the last one's day: what a batch costs besides
/// is little then, and so many lines are eight megabytes.
const AT_ONCE: i64 = 8_000;

/// The records of whole days after the page's day, enough days for [`AT_ONCE`] if there are: by date, slot, class, subject
/// and student, as people look for them. Names change, days do not: so whatever is renamed while somebody goes from day to
/// day, no record is met twice or left out. The names are read again when they lack one.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_records_of_days(
    services: &Services,
    reading: &mut Reading,
    caller: &Caller,
    filter: &RecordFilter,
    names: &mut SchoolNames,
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
    let mut rows = select_days(&mut reading.connection, scope, &filter).await?;
    if rows.iter().any(|row| names.lack(row)) {
        *names = SchoolNames::read(&mut reading.connection, caller.school_id).await?;
    }
    names.sort(&mut rows);
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
    let school_id = scope.school_id();
    match scope.teacher() {
        None => records!("", "", "", school_id, filter).fetch_all(connection).await,
        Some(teacher) => {
            records!(
                "select r.* from staff_periods t cross join lateral (",
                r#"
                        and r.class_id = t.class_id
                        and r.date >= t.from_date and (t.until_date is null or r.date < t.until_date)
                    ) r
                    where t.school_id = $1 and t.teacher_id = $11
                "#,
                "",
                school_id,
                filter,
                teacher
            )
            .fetch_all(connection)
            .await
        }
    }
}
