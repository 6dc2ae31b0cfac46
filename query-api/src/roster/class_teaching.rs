//! When the caller teaches a class.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authority::Scope;

/// Days on which a teacher teaches a class.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeachingPeriod {
    /// The first day.
    from: NaiveDate,
    /// The first day on which they no longer do; null while no end is known.
    until: Option<NaiveDate>,
}

/// When a teacher teaches each of their classes, as far as a day of it is `since` or later. Nothing for those who see every
/// class.
///
/// # Errors
/// The database does not answer.
pub(super) async fn class_teaching(
    connection: &mut PgConnection,
    scope: Scope,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<TeachingPeriod>>, sqlx::Error> {
    let rows = sqlx::query!(
        "
        select class_id, from_date, until_date
        from teaching_periods
        where school_id = $1 and teacher_id = $2 and (until_date is null or until_date > $3)
        order by from_date
        ",
        scope.school_id(),
        scope.teacher(),
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut teaching: HashMap<Uuid, Vec<TeachingPeriod>> = HashMap::new();
    for row in rows {
        teaching
            .entry(row.class_id)
            .or_default()
            .push(TeachingPeriod {
                from: row.from_date,
                until: row.until_date,
            });
    }
    Ok(teaching)
}
