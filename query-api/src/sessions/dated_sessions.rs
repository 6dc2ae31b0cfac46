//! Registers by date.

use chrono::NaiveDate;
use platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::list_sessions::Filter;
use super::summary::{SessionRow, session_rows};
use crate::authority::Scope;
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
    let (after_date, after_id) = page.after.unwrap_or((filter.days.from, Uuid::nil()));
    let mut rows = session_rows!(
        r#"
        and ($3::uuid is null or r.class_id = $3)
        and r.date between $4 and $5
        and ($6::text is null or r.status = $6)
        and (r.date, r.session_id) > ($7::date, $8::uuid)
        order by r.date, r.session_id
        limit $9
        "#,
        scope.school_id(),
        scope.teacher(),
        filter.class_id,
        filter.days.from,
        filter.days.to,
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
