//! Approved exceptions, as the register shows them beside a student.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// Days on which an approved exception covers a student.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Cover {
    exception_id: Uuid,
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The parts of the day; null for all of it.
    slots: Option<Vec<String>>,
    /// medical, family, excused, suspension or other.
    #[schema(example = "medical")]
    category: String,
}

/// The covers that end on `since` or later, by student.
///
/// # Errors
/// The database does not answer.
pub(super) async fn covers(
    connection: &mut PgConnection,
    school_id: Uuid,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<Cover>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select student_id, exception_id, start_date, end_date, slots, category
        from exceptions
        where school_id = $1 and state = 'approved' and end_date >= $2
        order by start_date, exception_id
        "#,
        school_id,
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut covers: HashMap<Uuid, Vec<Cover>> = HashMap::new();
    for row in rows {
        covers.entry(row.student_id).or_default().push(Cover {
            exception_id: row.exception_id,
            from: row.start_date,
            to: row.end_date,
            slots: row.slots,
            category: row.category,
        });
    }
    Ok(covers)
}
