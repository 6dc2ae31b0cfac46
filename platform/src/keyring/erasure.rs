//! Destroys the keys of subjects, so that what they sealed is gone wherever it is held.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Destroys the keys of these subjects of a school and sees to it that none is kept for them again.
///
/// Who was erased before stays so. To be called by the database's owner within a transaction; texts that a running process
/// seals meanwhile, with a key that it still holds, read as erased as well.
///
/// # Errors
/// The database does not answer, or there is no such school.
pub async fn erase_keys(
    connection: &mut PgConnection,
    school_id: Uuid,
    subjects: &[(Uuid, DateTime<Utc>)],
) -> sqlx::Result<()> {
    let (subject_ids, erased_at): (Vec<Uuid>, Vec<DateTime<Utc>>) =
        subjects.iter().copied().unzip();
    // Whoever is making a key has finished before this goes on, and whoever makes one later sees the erasure.
    sqlx::query!("lock table keyring.text_keys in share row exclusive mode")
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "insert into erasures (school_id, student_id, erased_at)
         select $1, * from unnest($2::uuid[], $3::timestamptz[]) on conflict do nothing",
        school_id,
        &subject_ids,
        &erased_at
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from keyring.text_keys where school_id = $1 and subject_id = any($2)",
        school_id,
        &subject_ids
    )
    .execute(connection)
    .await?;
    Ok(())
}
