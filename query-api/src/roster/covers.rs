//! Approved exceptions, as the register shows them beside a student.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::authority::Scope;

/// Days on which an approved exception covers a student.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cover {
    exception_id: Uuid,
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// The parts of the day; null for all of it.
    slots: Option<Vec<String>>,
    /// medical, family, excused, suspension or other.
    #[schema(example = "medical")]
    category: String,
}

/// A student's time in a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Enrolment {
    pub(super) class_id: Uuid,
    pub(super) student_id: Uuid,
    /// The first day.
    pub(super) from: NaiveDate,
}

/// The covers with a day, `since` or later, on which the student was in the class and the caller saw it.
///
/// # Errors
/// The database does not answer.
pub(super) async fn covers(
    connection: &mut PgConnection,
    scope: Scope,
    since: NaiveDate,
) -> Result<HashMap<Enrolment, Vec<Cover>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select p.class_id, p.student_id, p.from_date, x.exception_id, x.start_date, x.end_date, x.slots, x.category
        from exceptions x
        join enrolment_periods p on p.school_id = x.school_id and p.student_id = x.student_id
        where x.school_id = $1 and x.state = 'approved'
          and greatest(x.start_date, p.from_date, $3) < least(x.end_date + 1, p.until_date)
          and ($2::uuid is null or exists (
              select from staff_periods t
              where t.school_id = p.school_id and t.class_id = p.class_id and t.teacher_id = $2
                and greatest(x.start_date, p.from_date, t.from_date, $3)
                    < least(x.end_date + 1, p.until_date, t.until_date)
          ))
        order by x.start_date, x.exception_id
        "#,
        scope.school_id(),
        scope.teacher(),
        since,
    )
    .fetch_all(connection)
    .await?;
    let mut covers: HashMap<Enrolment, Vec<Cover>> = HashMap::new();
    for row in rows {
        let enrolment = Enrolment {
            class_id: row.class_id,
            student_id: row.student_id,
            from: row.from_date,
        };
        covers.entry(enrolment).or_default().push(Cover {
            exception_id: row.exception_id,
            from: row.start_date,
            to: row.end_date,
            slots: row.slots,
            category: row.category,
        });
    }
    Ok(covers)
}
