//! Registers in the order in which they changed.

use platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use super::list_sessions::Filter;
use super::summary::{SessionRow, session_rows};
use crate::authority::Scope;
use crate::page::{Page, PageRequest};
use crate::position::Position;

/// The registers of a page, ordered by the position of their last change, and by id where one event changed several. One
/// that changes while somebody walks through the pages is met again at its new place.
///
/// The order is that of `register_sessions_changed_idx`, which every poll goes on in instead of reading the school's
/// registers again; a test holds the plan to it. Days that were not named are no condition.
///
/// # Errors
/// The database does not answer.
pub(super) async fn changed_sessions(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &Filter,
    page: &PageRequest<(Position, Uuid)>,
) -> Result<Page<SessionRow>, Problem> {
    let (after, after_id) = page.after.unwrap_or((Position::START, Uuid::nil()));
    let mut rows = session_rows!(
        r#"
        and ($4::uuid is null or r.class_id = $4)
        and ($5::date is null or r.date >= $5)
        and ($6::date is null or r.date <= $6)
        and ($7::text is null or r.status = $7)
        and (r.changed_epoch, r.changed_transaction_id, r.changed_position, r.session_id)
            > ($8::int, $9::text::xid8, $10::bigint, $11::uuid)
        order by r.changed_epoch, r.changed_transaction_id, r.changed_position, r.session_id
        limit $12
        "#,
        scope.school_id(),
        scope.teacher(),
        filter.with_marks,
        filter.class_id,
        filter.days.from,
        filter.days.to,
        filter.status,
        after.epoch,
        after.transaction_id.to_string(),
        after.number,
        after_id,
        page.rows(),
    )
    .fetch_all(connection)
    .await?;
    let key = |row: &SessionRow| row.changed().map(|position| (position, row.session_id));
    let next = page.cut(&mut rows, key).transpose()?;
    Page::new(rows, next)
}
