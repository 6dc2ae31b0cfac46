//! Who covers a class for a while, beside those who teach it.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authority::Scope;
use crate::person::Person;

/// Days on which somebody covers a class, with every right of its teachers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassCover {
    teacher: Person,
    /// The first day.
    from: NaiveDate,
    /// The first day on which they no longer do.
    until: NaiveDate,
    /// The part of the day; null for every register of it.
    slot: Option<String>,
}

/// The covers of each class with a day, `since` or later. A teacher finds their own.
///
/// # Errors
/// The database does not answer.
pub(super) async fn class_covers(
    connection: &mut PgConnection,
    scope: Scope,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<ClassCover>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select p.class_id, p.teacher_id, u.name as "name?", p.from_date, p.until_date, nullif(p.slot, '') as slot
        from cover_periods p
        left join users u on u.school_id = p.school_id and u.user_id = p.teacher_id
        where p.school_id = $1 and ($2::uuid is null or p.teacher_id = $2) and p.until_date > $3
        order by p.from_date, u.name, p.teacher_id, p.slot
        "#,
        scope.school_id(),
        scope.teacher(),
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut covers: HashMap<Uuid, Vec<ClassCover>> = HashMap::new();
    for row in rows {
        covers.entry(row.class_id).or_default().push(ClassCover {
            teacher: Person {
                id: row.teacher_id,
                name: row.name,
            },
            from: row.from_date,
            until: row.until_date,
            slot: row.slot,
        });
    }
    Ok(covers)
}
