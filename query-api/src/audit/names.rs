//! The names that go with ids.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

/// A student by name.
pub(super) struct NamedStudent {
    pub(super) student_id: Uuid,
    /// None if the school has no record of the student.
    pub(super) name: Option<String>,
    pub(super) admission_number: Option<String>,
}

/// The students in the order of their names, as lists have it; whom the school has no record of come last.
///
/// # Errors
/// The database does not answer.
pub(super) async fn students(
    connection: &mut PgConnection,
    school_id: Uuid,
    ids: &[Uuid],
) -> Result<Vec<NamedStudent>, sqlx::Error> {
    sqlx::query_as!(
        NamedStudent,
        r#"
        select wanted.student_id as "student_id!", s.name as "name?", s.admission_number as "admission_number?"
        from unnest($2::uuid[]) as wanted (student_id)
        left join students s on s.school_id = $1 and s.student_id = wanted.student_id
        order by s.sort_name, wanted.student_id
        "#,
        school_id,
        ids,
    )
    .fetch_all(connection)
    .await
}

/// Somebody who signs in.
pub(super) struct NamedUser {
    pub(super) name: String,
    /// As it is now.
    pub(super) role: String,
}

/// The users among these.
///
/// # Errors
/// The database does not answer.
pub(super) async fn users(
    connection: &mut PgConnection,
    school_id: Uuid,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, NamedUser>, sqlx::Error> {
    let rows = sqlx::query!(
        "select user_id, name, role from users where school_id = $1 and user_id = any($2)",
        school_id,
        ids,
    )
    .fetch_all(connection)
    .await?;
    let named = rows.into_iter().map(|row| {
        let user = NamedUser {
            name: row.name,
            role: row.role,
        };
        (row.user_id, user)
    });
    Ok(named.collect())
}
