//! Finds whom a request is about.

use anyhow::{Result, bail};
use chrono::NaiveDate;
use platform::database::Database;
use uuid::Uuid;

/// Whom somebody asks for.
#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    /// By id or admission number.
    Student(String),
    /// Everybody whose enrolments had all ended by this day, and who was not erased before.
    LeftBefore(NaiveDate),
}

/// A child, under all the ids that the office found to be the same one's.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) admission_number: Option<String>,
    pub(crate) student_ids: Vec<Uuid>,
}

/// Finds them, by name.
///
/// # Errors
/// Nobody or more than one is meant where one was asked for, or the database fails.
pub(crate) async fn find(
    owner: &Database,
    school_id: Uuid,
    wanted: &Wanted,
) -> Result<Vec<Subject>> {
    let (called, left_before) = match wanted {
        Wanted::Student(called) => (Some(called.as_str()), None),
        Wanted::LeftBefore(day) => (None, Some(*day)),
    };
    let rows = sqlx::query!(
        r#"with members as (
            select s.student_id, coalesce(d.into_id, s.student_id) as into_id
            from students s
            left join merged.doubles d on d.school_id = s.school_id and d.student_id = s.student_id
            where s.school_id = $1
        ), children as (
            select m.into_id, array_agg(m.student_id order by m.student_id) as student_ids
            from members m
            group by m.into_id
        )
        select s.name, s.admission_number, c.student_ids as "student_ids!"
        from children c
        join students s on s.school_id = $1 and s.student_id = c.into_id
        where exists (
                select from students o
                where o.school_id = $1 and o.student_id = any(c.student_ids)
                  and (o.student_id::text = lower($2) or o.admission_number = $2)
            )
            or (
                $3::date is not null
                and exists (select from enrolments e where e.school_id = $1 and e.student_id = any(c.student_ids))
                and not exists (
                    select from enrolments e
                    where e.school_id = $1 and e.student_id = any(c.student_ids)
                      and (e.until_date is null or e.until_date > $3)
                )
                and exists (
                    select from unnest(c.student_ids) as one (student_id)
                    where not exists (select from erasures e where e.school_id = $1 and e.student_id = one.student_id)
                )
            )
        order by s.sort_name, s.student_id"#,
        school_id,
        called,
        left_before
    )
    .fetch_all(owner.pool())
    .await?;
    let subjects: Vec<Subject> = rows
        .into_iter()
        .map(|row| Subject {
            name: row.name,
            admission_number: row.admission_number,
            student_ids: row.student_ids,
        })
        .collect();
    match (called, subjects.len()) {
        (Some(called), 0) => bail!("the school has no student {called}"),
        (Some(called), 2..) => {
            bail!("{called} is the admission number of several students: name one of them by id")
        }
        _ => Ok(subjects),
    }
}
