//! Students whom the office merged: who counts under whom.

use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// A record of a child whom the school knows under another one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Double {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: String,
    #[schema(example = "A-0413")]
    admission_number: Option<String>,
}

/// The student as whom this one counts: themselves, unless the office merged them.
///
/// # Errors
/// The database does not answer.
pub(super) async fn counts_under(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_id: Uuid,
) -> Result<Uuid, sqlx::Error> {
    let into = sqlx::query_scalar!(
        r#"select into_id as "into_id!" from merged.doubles where school_id = $1 and student_id = $2"#,
        school_id,
        student_id,
    )
    .fetch_optional(connection)
    .await?;
    Ok(into.unwrap_or(student_id))
}

/// Who counts under the student, by name.
///
/// # Errors
/// The database does not answer.
pub(super) async fn doubles_of(
    connection: &mut PgConnection,
    school_id: Uuid,
    student_id: Uuid,
) -> Result<Vec<Double>, sqlx::Error> {
    sqlx::query_as!(
        Double,
        r#"
        select s.student_id, s.name, s.admission_number
        from merged.doubles d
        join students s on s.school_id = d.school_id and s.student_id = d.student_id
        where d.school_id = $1 and d.into_id = $2
        order by s.sort_name, s.student_id
        "#,
        school_id,
        student_id,
    )
    .fetch_all(connection)
    .await
}
