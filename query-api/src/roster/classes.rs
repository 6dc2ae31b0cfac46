//! Classes and their students, as far back as a register may still be marked.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::class_cover::{ClassCover, class_covers};
use super::class_teaching::{TeachingPeriod, class_teaching};
use super::covers::{Cover, Enrolment, covers};
use super::expected_slots::{ExpectedSlots, expected_slots};
use crate::authority::Scope;

/// A class of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Class {
    id: Uuid,
    sourced_id: String,
    #[schema(example = "Form 2 East")]
    title: String,
    /// The class's only subject, which is no part of its sessions' ids.
    subject_id: Option<Uuid>,
    term_ids: Vec<Uuid>,
    students: Vec<ClassStudent>,
    /// Who covers it, on which days; a teacher is told of their own covers. Left out if nobody does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    cover: Vec<ClassCover>,
    /// When a teacher teaches it, beside the days on which they cover it. Left out for those who do not, or see every class.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    teaching: Vec<TeachingPeriod>,
    /// Its registers on a school day: of those that hold from the day or before, the last. Left out before anybody has set a
    /// calendar.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    expected: Vec<ExpectedSlots>,
}

/// A student's time in a class. Somebody who left and came back is there once for each time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassStudent {
    id: Uuid,
    sourced_id: String,
    #[schema(example = "Wanjiku Mwangi")]
    name: String,
    #[schema(example = "A-0412")]
    admission_number: Option<String>,
    from: NaiveDate,
    /// The first day not in the class any more; null while no end is known.
    until: Option<NaiveDate>,
    covers: Vec<Cover>,
}

/// The classes the caller sees on `since` or later, each with the students who are in it on a day on which the caller
/// sees it, `since` or later.
///
/// # Errors
/// The database does not answer.
pub(super) async fn classes(
    connection: &mut PgConnection,
    scope: Scope,
    since: NaiveDate,
) -> Result<Vec<Class>, sqlx::Error> {
    let mut students = students(connection, scope, since).await?;
    let mut class_covers = class_covers(connection, scope, since).await?;
    let mut teaching = class_teaching(connection, scope, since).await?;
    let mut expected = expected_slots(connection, scope.school_id(), since).await?;
    // A school year that is divided into terms stands for its terms.
    let rows = sqlx::query!(
        r#"
        select c.class_id, c.sourced_id, c.title, c.subject_id,
               array(
                   select distinct taught.term_id
                   from class_terms ct
                   join terms own on own.school_id = ct.school_id and own.term_id = ct.term_id
                   join terms taught on taught.school_id = own.school_id and taught.taught
                       and (taught.term_id = own.term_id or (not own.taught
                           and taught.starts_on >= own.starts_on and taught.ends_on <= own.ends_on))
                   where ct.school_id = c.school_id and ct.class_id = c.class_id
                   order by taught.term_id
               ) as "term_ids!"
        from classes c
        where c.school_id = $1
          and case when $2::uuid is null then c.active else exists (
              select from staff_periods t
              where t.school_id = c.school_id and t.class_id = c.class_id and t.teacher_id = $2
                and (t.until_date is null or t.until_date > $3)
          ) end
        order by c.title, c.class_id
        "#,
        scope.school_id(),
        scope.teacher(),
        since,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Class {
            students: students.remove(&row.class_id).unwrap_or_default(),
            cover: class_covers.remove(&row.class_id).unwrap_or_default(),
            teaching: teaching.remove(&row.class_id).unwrap_or_default(),
            expected: expected.remove(&row.class_id).unwrap_or_default(),
            id: row.class_id,
            sourced_id: row.sourced_id,
            title: row.title,
            subject_id: row.subject_id,
            term_ids: row.term_ids,
        })
        .collect())
}

async fn students(
    connection: &mut PgConnection,
    scope: Scope,
    since: NaiveDate,
) -> Result<HashMap<Uuid, Vec<ClassStudent>>, sqlx::Error> {
    let mut covers = covers(connection, scope, since).await?;
    let rows = sqlx::query!(
        r#"
        select p.class_id, p.student_id, s.sourced_id, s.name, s.admission_number, p.from_date, p.until_date
        from enrolment_periods p
        join students s on s.school_id = p.school_id and s.student_id = p.student_id
        where p.school_id = $1 and (p.until_date is null or p.until_date > $3)
          and ($2::uuid is null or exists (
              select from staff_periods t
              where t.school_id = p.school_id and t.class_id = p.class_id and t.teacher_id = $2
                and greatest(p.from_date, t.from_date, $3)
                    < least(p.until_date, t.until_date, date 'infinity')
          ))
        order by s.sort_name, p.student_id, p.from_date
        "#,
        scope.school_id(),
        scope.teacher(),
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut students: HashMap<Uuid, Vec<ClassStudent>> = HashMap::new();
    for row in rows {
        students
            .entry(row.class_id)
            .or_default()
            .push(ClassStudent {
                covers: covers
                    .remove(&Enrolment {
                        class_id: row.class_id,
                        student_id: row.student_id,
                        from: row.from_date,
                    })
                    .unwrap_or_default(),
                id: row.student_id,
                sourced_id: row.sourced_id,
                name: row.name,
                admission_number: row.admission_number,
                from: row.from_date,
                until: row.until_date,
            });
    }
    Ok(students)
}
