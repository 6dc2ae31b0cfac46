//! Classes and the terms in which they are taught.

use std::collections::BTreeSet;

use domain::ClassId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::roster::SchoolRoster;
use super::super::summary::RowChanges;
use super::WriteError;

/// Every class that has a roll or may get one: those of the store and those of the files.
pub(super) async fn all_ids(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<BTreeSet<ClassId>, WriteError> {
    let stored = sqlx::query_scalar!(
        "select class_id from classes where school_id = $1",
        roster.school_id.as_uuid()
    )
    .fetch_all(connection)
    .await?;
    let stated = roster
        .classes
        .iter()
        .map(|class| class.class_id)
        .chain(roster.rolls.keys().copied());
    Ok(stored
        .into_iter()
        .map(ClassId::from)
        .chain(stated)
        .collect())
}

/// Writes the classes. One that is missing from a complete file, or to be deleted, is no longer active.
pub(super) async fn write(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<RowChanges, WriteError> {
    let classes = &roster.classes;
    let ids: Vec<Uuid> = classes
        .iter()
        .map(|class| class.class_id.as_uuid())
        .collect();
    let sourced_ids: Vec<_> = classes
        .iter()
        .map(|class| class.sourced_id.clone())
        .collect();
    let titles: Vec<_> = classes.iter().map(|class| class.title.clone()).collect();
    let subjects: Vec<Option<Uuid>> = classes
        .iter()
        .map(|class| class.only_subject.map(Uuid::from))
        .collect();
    let grades: Vec<_> = classes.iter().map(|class| class.grades.clone()).collect();
    let written = sqlx::query!(
        r#"insert into classes (school_id, class_id, sourced_id, title, subject_id, grades)
        select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[])
        on conflict (school_id, class_id) do update
            set title = excluded.title, subject_id = excluded.subject_id, grades = excluded.grades, active = true
            where (classes.title, classes.subject_id, classes.grades, classes.active)
                is distinct from (excluded.title, excluded.subject_id, excluded.grades, true)
        returning class_id, xmax::text = '0' as "added!""#,
        roster.school_id.as_uuid(),
        &ids,
        &sourced_ids,
        &titles,
        &subjects as &[Option<Uuid>],
        &grades as &[Option<String>]
    )
    .fetch_all(&mut *connection)
    .await?;
    let other_terms = write_terms(connection, roster).await?;
    let ended = end_missing(connection, roster, &ids).await?;
    let added = written.iter().filter(|row| row.added).count();
    let changed: BTreeSet<Uuid> = written
        .iter()
        .map(|row| row.class_id)
        .chain(other_terms)
        .collect();
    Ok(RowChanges {
        stated: classes.len(),
        added,
        changed: changed.len() - added,
        ended,
    })
}

/// Answers the classes whose terms are others now, new classes included.
async fn write_terms(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<BTreeSet<Uuid>, WriteError> {
    let pairs: Vec<(Uuid, Uuid)> = roster
        .classes
        .iter()
        .flat_map(|class| {
            class
                .terms
                .iter()
                .map(|term| (class.class_id.as_uuid(), term.as_uuid()))
        })
        .collect();
    let (classes, terms): (Vec<Uuid>, Vec<Uuid>) = pairs.into_iter().unzip();
    let stated: Vec<Uuid> = roster
        .classes
        .iter()
        .map(|class| class.class_id.as_uuid())
        .collect();
    let removed = sqlx::query_scalar!(
        "delete from class_terms ct
        where ct.school_id = $1 and ct.class_id = any($2) and not exists (
            select from unnest($3::uuid[], $4::uuid[]) as stated (class_id, term_id)
            where stated.class_id = ct.class_id and stated.term_id = ct.term_id)
        returning ct.class_id",
        roster.school_id.as_uuid(),
        &stated,
        &classes,
        &terms
    )
    .fetch_all(&mut *connection)
    .await?;
    let added = sqlx::query_scalar!(
        "insert into class_terms (school_id, class_id, term_id)
        select $1, * from unnest($2::uuid[], $3::uuid[])
        on conflict (school_id, class_id, term_id) do nothing
        returning class_id",
        roster.school_id.as_uuid(),
        &classes,
        &terms
    )
    .fetch_all(connection)
    .await?;
    Ok(removed.into_iter().chain(added).collect())
}

async fn end_missing(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
    stated: &[Uuid],
) -> Result<usize, WriteError> {
    let closed: Vec<Uuid> = roster
        .closed_classes
        .iter()
        .map(|class_id| class_id.as_uuid())
        .collect();
    let ended = sqlx::query!(
        "update classes set active = false
        where school_id = $1 and active and (class_id = any($2) or ($3 and class_id <> all($4)))",
        roster.school_id.as_uuid(),
        &closed,
        roster.modes.classes.is_bulk(),
        stated
    )
    .execute(connection)
    .await?;
    Ok(usize::try_from(ended.rows_affected()).unwrap_or(usize::MAX))
}
