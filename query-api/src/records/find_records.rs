//! The query behind the list of records.

use chrono::NaiveDate;
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use uuid::Uuid;

use super::record_filter::RecordFilter;
use super::record_rows::{RecordRow, RecordWithRemarks, records, with_remarks};
use crate::authority::Scope;
use crate::date_range::FIRST_DAY;
use crate::page::PageRequest;
use crate::pages::Batch;
use crate::reading::Reading;

/// The order of the list of records, which never changes for a record.
pub(super) type RecordKey = (NaiveDate, Uuid, Uuid);

/// A page of the list of records, each with its remarks opened.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_records(
    services: &Services,
    reading: &mut Reading,
    caller: &Caller,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Batch<RecordWithRemarks, RecordKey>, Problem> {
    let mut rows = select_page(&mut reading.connection, Scope::of(caller), filter, page).await?;
    let next = page.cut(&mut rows, |row| (row.date, row.session_id, row.student_id));
    let items = with_remarks(services, reading, rows).await?;
    Ok(Batch { items, next })
}

async fn select_page(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    match scope.teacher() {
        None => of_school(connection, scope.school_id(), filter, page).await,
        Some(teacher) => of_teacher(connection, scope.school_id(), teacher, filter, page).await,
    }
}

/// Before every record.
const START: RecordKey = (FIRST_DAY, Uuid::nil(), Uuid::nil());

async fn of_school(
    connection: &mut PgConnection,
    school_id: Uuid,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    let (date, session_id, student_id) = page.after.unwrap_or(START);
    records!(
        "",
        r#"
            and (r.date, r.session_id, r.student_id) > ($11::date, $12::uuid, $13::uuid)
            order by r.date, r.session_id, r.student_id
            limit $14
        "#,
        "order by r.date, r.session_id, r.student_id",
        school_id,
        filter,
        date,
        session_id,
        student_id,
        page.rows()
    )
    .fetch_all(connection)
    .await
}

/// A page's worth of each time the teacher had a class, then the first of all those: a range of
/// `register_entries_class_date_idx` each, however large the school. A teacher's times in one class do not overlap, so no
/// entry comes twice.
async fn of_teacher(
    connection: &mut PgConnection,
    school_id: Uuid,
    teacher: Uuid,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    let (date, session_id, student_id) = page.after.unwrap_or(START);
    records!(
        "select r.* from staff_periods t cross join lateral (",
        r#"
                and r.class_id = t.class_id
                and r.date >= t.from_date and (t.until_date is null or r.date < t.until_date)
                and (r.date, r.session_id, r.student_id) > ($11::date, $12::uuid, $13::uuid)
                order by r.date, r.session_id, r.student_id
                limit $14
            ) r
            where t.school_id = $1 and t.teacher_id = $15
            order by r.date, r.session_id, r.student_id
            limit $14
        "#,
        "order by r.date, r.session_id, r.student_id",
        school_id,
        filter,
        date,
        session_id,
        student_id,
        page.rows(),
        teacher
    )
    .fetch_all(connection)
    .await
}
