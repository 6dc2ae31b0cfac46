//! Registers by date.

use chrono::NaiveDate;
use platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::list_sessions::Filter;
use super::summary::{SessionRow, session_rows};
use crate::authority::Scope;
use crate::date_range::DateRange;
use crate::page::{Page, PageRequest};

/// The registers of a page, ordered by date and id.
///
/// # Errors
/// The database does not answer.
pub(super) async fn dated_sessions(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &Filter,
    page: &PageRequest<(NaiveDate, Uuid)>,
) -> Result<Page<SessionRow>, Problem> {
    let DateRange { from, to } = filter.days.or_all_time();
    let (after_date, after_id) = page.after.unwrap_or((from, Uuid::nil()));
    let mut rows = session_rows!(
        r#"
        and ($4::uuid is null or r.class_id = $4)
        and r.date between $5 and $6
        and ($7::text is null or r.status = $7)
        and (r.date, r.session_id) > ($8::date, $9::uuid)
        order by r.date, r.session_id
        limit $10
        "#,
        scope.school_id(),
        scope.teacher(),
        filter.with_marks,
        filter.class_id,
        from,
        to,
        filter.status,
        after_date,
        after_id,
        page.rows(),
    )
    .fetch_all(connection)
    .await?;
    let next = page.cut(&mut rows, |row| (row.date, row.session_id));
    Page::new(rows, next)
}
