//! What students are called, and which classes they were in.

use std::collections::HashMap;

use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::date_range::DateRange;

/// A class by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct NamedClass {
    pub(super) class_id: Uuid,
    #[schema(example = "Form 2 East")]
    pub(super) title: String,
}

/// A student's name and classes.
#[derive(Debug, Default)]
pub(super) struct NamedStudent {
    pub(super) name: Option<String>,
    pub(super) admission_number: Option<String>,
    /// Those the student was in on any of the days, by title.
    pub(super) classes: Vec<NamedClass>,
}

impl NamedStudent {
    /// The titles of the classes, in one cell.
    pub(super) fn titles(classes: &[NamedClass]) -> String {
        let titles: Vec<&str> = classes.iter().map(|class| class.title.as_str()).collect();
        titles.join("; ")
    }
}

/// These students, each with the classes they were in on any of the days.
///
/// # Errors
/// The database does not answer.
pub(super) async fn named_students(
    connection: &mut PgConnection,
    school_id: Uuid,
    students: &[Uuid],
    days: DateRange,
) -> Result<HashMap<Uuid, NamedStudent>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select s.student_id, s.name, s.admission_number, c.class_ids as "class_ids?", c.titles as "titles?"
        from students s
        cross join lateral (
            select array_agg(c.class_id order by c.title, c.class_id) as class_ids,
                   array_agg(c.title order by c.title, c.class_id) as titles
            from (
                select distinct c.class_id, c.title
                from enrolment_periods p
                join classes c on c.school_id = p.school_id and c.class_id = p.class_id
                where p.school_id = $1 and p.student_id = s.student_id
                  and p.from_date <= $4 and (p.until_date is null or p.until_date > $3)
            ) c
        ) c
        where s.school_id = $1 and s.student_id = any($2)
        "#,
        school_id,
        students,
        days.from,
        days.to,
    )
    .fetch_all(connection)
    .await?;
    let named = rows.into_iter().map(|row| {
        let ids = row.class_ids.unwrap_or_default();
        let classes = ids.into_iter().zip(row.titles.unwrap_or_default());
        let student = NamedStudent {
            name: Some(row.name),
            admission_number: row.admission_number,
            classes: classes
                .map(|(class_id, title)| NamedClass { class_id, title })
                .collect(),
        };
        (row.student_id, student)
    });
    Ok(named.collect())
}
