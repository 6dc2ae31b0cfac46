//! Students, and accounts for teachers: without a password, so that nobody can sign in before the school gives one.

use domain::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::roster::{Person, SchoolRoster};
use super::super::summary::RowChanges;
use super::WriteError;

/// Writes the students, those who were erased without a name. One who is missing from a complete file, or to be deleted, is
/// no longer active.
pub(super) async fn write_students(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<RowChanges, WriteError> {
    let students = &roster.students;
    let ids: Vec<Uuid> = students
        .iter()
        .map(|student| student.student_id.as_uuid())
        .collect();
    let sourced_ids: Vec<_> = students
        .iter()
        .map(|student| student.sourced_id.clone())
        .collect();
    let names: Vec<_> = students
        .iter()
        .map(|student| student.name.clone())
        .collect();
    let sort_names: Vec<_> = students
        .iter()
        .map(|student| student.sort_name.clone())
        .collect();
    let numbers: Vec<_> = students
        .iter()
        .map(|student| student.admission_number.clone())
        .collect();
    let written = sqlx::query_scalar!(
        r#"insert into students (school_id, student_id, sourced_id, name, sort_name, admission_number)
        select $1, stated.student_id,
            case when erased.student_id is null then stated.sourced_id else stated.student_id::text end,
            case when erased.student_id is null then stated.name else erased_name() end,
            case when erased.student_id is null then stated.sort_name else erased_name() end,
            case when erased.student_id is null then stated.admission_number end
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
            as stated (student_id, sourced_id, name, sort_name, admission_number)
        left join erasures erased on erased.school_id = $1 and erased.student_id = stated.student_id
        on conflict (school_id, student_id) do update
            set name = excluded.name, sort_name = excluded.sort_name,
                admission_number = excluded.admission_number, active = true
            where (students.name, students.sort_name, students.admission_number, students.active)
                is distinct from (excluded.name, excluded.sort_name, excluded.admission_number, true)
        returning xmax::text = '0' as "added!""#,
        roster.school_id.as_uuid(),
        &ids,
        &sourced_ids,
        &names,
        &sort_names,
        &numbers as &[Option<String>]
    )
    .fetch_all(&mut *connection)
    .await?;
    let ended = end_students(connection, roster, &ids).await?;
    Ok(changes(students.len(), &written, ended))
}

/// Answers how many are no longer active.
async fn end_students(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
    stated: &[Uuid],
) -> Result<u64, WriteError> {
    let gone: Vec<Uuid> = roster
        .gone
        .iter()
        .filter_map(|person| match person {
            Person::Student(student_id) => Some(student_id.as_uuid()),
            Person::Teacher(_) => None,
        })
        .collect();
    let ended = sqlx::query!(
        "update students set active = false
        where school_id = $1 and active and (student_id = any($2) or ($3 and student_id <> all($4)))",
        roster.school_id.as_uuid(),
        &gone,
        roster.modes.users.is_bulk(),
        stated
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected())
}

/// Writes the teachers' accounts. One who is missing from a complete file, to be deleted, or not enabled is disabled;
/// the import never enables an account that somebody disabled.
pub(super) async fn write_teachers(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<RowChanges, WriteError> {
    free_usernames(connection, roster).await?;
    let staff = &roster.staff;
    let ids: Vec<Uuid> = staff
        .iter()
        .map(|teacher| teacher.user_id.as_uuid())
        .collect();
    let sourced_ids: Vec<_> = staff
        .iter()
        .map(|teacher| teacher.sourced_id.clone())
        .collect();
    let usernames: Vec<_> = staff
        .iter()
        .map(|teacher| teacher.username.clone())
        .collect();
    let names: Vec<_> = staff.iter().map(|teacher| teacher.name.clone()).collect();
    let disabled: Vec<_> = staff.iter().map(|teacher| !teacher.enabled).collect();
    let written = sqlx::query_scalar!(
        r#"insert into users (school_id, user_id, sourced_id, username, name, role, disabled)
        select $1, user_id, sourced_id, username, name, 'teacher', disabled
        from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[])
            as stated (user_id, sourced_id, username, name, disabled)
        on conflict (school_id, user_id) do update
            set username = excluded.username, name = excluded.name, disabled = users.disabled or excluded.disabled
            where (users.username, users.name, users.disabled)
                is distinct from (excluded.username, excluded.name, users.disabled or excluded.disabled)
        returning xmax::text = '0' as "added!""#,
        roster.school_id.as_uuid(),
        &ids,
        &sourced_ids,
        &usernames,
        &names,
        &disabled
    )
    .fetch_all(&mut *connection)
    .await?;
    let gone: Vec<Uuid> = roster
        .gone
        .iter()
        .filter_map(|person| match person {
            Person::Teacher(user_id) => Some(user_id.as_uuid()),
            Person::Student(_) => None,
        })
        .collect();
    let ended = sqlx::query!(
        "update users set disabled = true
        where school_id = $1 and role = 'teacher' and sourced_id is not null and not disabled
            and (user_id = any($2) or ($3 and user_id <> all($4)))",
        roster.school_id.as_uuid(),
        &gone,
        roster.modes.users.is_bulk(),
        &ids
    )
    .execute(connection)
    .await?;
    Ok(changes(staff.len(), &written, ended.rows_affected()))
}

/// Two teachers may exchange usernames, and one statement cannot pass through a state in which both have the same.
async fn free_usernames(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<(), WriteError> {
    let ids: Vec<Uuid> = roster
        .staff
        .iter()
        .map(|teacher| UserId::as_uuid(&teacher.user_id))
        .collect();
    let usernames: Vec<_> = roster
        .staff
        .iter()
        .map(|teacher| teacher.username.clone())
        .collect();
    sqlx::query!(
        "update users set username = users.user_id::text
        from unnest($2::uuid[], $3::text[]) as stated (user_id, username)
        where users.school_id = $1 and users.user_id = stated.user_id and users.username <> stated.username",
        roster.school_id.as_uuid(),
        &ids,
        &usernames
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn changes(stated: usize, written: &[bool], ended: u64) -> RowChanges {
    let added = written.iter().filter(|added| **added).count();
    RowChanges {
        stated,
        added,
        changed: written.len() - added,
        ended: usize::try_from(ended).unwrap_or(usize::MAX),
    }
}
