//! Forgets students.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use platform::database::Database;
use platform::keyring::erase_keys;
use uuid::Uuid;

use super::ledger::Erasure;

/// Takes the names of these students out of the store and destroys their keys, school by school. What was erased before is
/// erased again, which changes nothing. Schools that the store does not have are passed over. Answers how many students
/// were in the store's schools.
///
/// # Errors
/// The database fails. Of the school at which it does nothing was erased.
pub(crate) async fn erase(owner: &Database, erasures: &[Erasure]) -> Result<usize> {
    let mut schools: BTreeMap<Uuid, Vec<(Uuid, DateTime<Utc>)>> = BTreeMap::new();
    for erasure in erasures {
        let students = schools.entry(erasure.school_id).or_default();
        students.push((erasure.student_id, erasure.erased_at));
    }
    let mut erased = 0;
    for (school_id, students) in schools {
        if erase_of_school(owner, school_id, &students)
            .await
            .context("cannot erase")?
        {
            erased += students.len();
        }
    }
    Ok(erased)
}

async fn erase_of_school(
    owner: &Database,
    school_id: Uuid,
    students: &[(Uuid, DateTime<Utc>)],
) -> sqlx::Result<bool> {
    let mut transaction = owner.pool().begin().await?;
    let known = sqlx::query_scalar!(
        r#"select exists (select from schools where school_id = $1) as "known!""#,
        school_id
    )
    .fetch_one(&mut *transaction)
    .await?;
    if !known {
        return Ok(false);
    }
    erase_keys(&mut transaction, school_id, students).await?;
    let student_ids: Vec<Uuid> = students.iter().map(|(student_id, _)| *student_id).collect();
    let named: Vec<String> = student_ids.iter().map(Uuid::to_string).collect();
    // What was refused of an exception before it was recorded lies under a key of the exception's.
    sqlx::query!(
        "delete from keyring.text_keys
         where school_id = $1 and subject_id::text in (
             select aggregate_id from events
             where school_id = $1 and aggregate_type = 'attendance_exception' and student_id = any($2)
         )",
        school_id,
        &named
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "update students
         set name = erased_name(), sort_name = erased_name(), admission_number = null, sourced_id = student_id::text
         where school_id = $1 and student_id = any($2)",
        school_id,
        &student_ids
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

/// Writes the tables anew without the rows that are no more, which PostgreSQL otherwise leaves in its files for a while, and
/// its samples of names.
///
/// # Errors
/// The database fails, or somebody holds a table for long.
pub(crate) async fn clear_away(owner: &Database) -> Result<()> {
    for statement in [
        sqlx::query!("vacuum (full, analyze) keyring.text_keys"),
        sqlx::query!("vacuum (full, analyze) students"),
    ] {
        statement.execute(owner.pool()).await.context(
            "everything is erased, but what was there is not cleared out of PostgreSQL's files yet: run this again",
        )?;
    }
    Ok(())
}
