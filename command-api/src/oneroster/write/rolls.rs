//! The rows of a class's roll, as its events fold.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{Period, SchoolId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::WriteError;
use super::roll::RollPlan;

/// Replaces the rows of a class by what its roll says now.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    plan: &RollPlan,
) -> Result<(), WriteError> {
    write_enrolments(connection, school_id, plan).await?;
    write_teaching(connection, school_id, plan).await
}

async fn write_enrolments(
    connection: &mut PgConnection,
    school_id: SchoolId,
    plan: &RollPlan,
) -> Result<(), WriteError> {
    let (students, from, until) = columns(&plan.roll.enrolments);
    sqlx::query!(
        "delete from enrolments where school_id = $1 and class_id = $2",
        school_id.as_uuid(),
        plan.class_id.as_uuid()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into enrolments (school_id, class_id, student_id, from_date, until_date)
        select $1, $2, * from unnest($3::uuid[], $4::date[], $5::date[])",
        school_id.as_uuid(),
        plan.class_id.as_uuid(),
        &students,
        &from,
        &until as &[Option<NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_teaching(
    connection: &mut PgConnection,
    school_id: SchoolId,
    plan: &RollPlan,
) -> Result<(), WriteError> {
    let (teachers, from, until) = columns(&plan.roll.teaching);
    sqlx::query!(
        "delete from teaching where school_id = $1 and class_id = $2",
        school_id.as_uuid(),
        plan.class_id.as_uuid()
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into teaching (school_id, class_id, teacher_id, from_date, until_date)
        select $1, $2, * from unnest($3::uuid[], $4::date[], $5::date[])",
        school_id.as_uuid(),
        plan.class_id.as_uuid(),
        &teachers,
        &from,
        &until as &[Option<NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn columns<P: Copy + Into<Uuid>>(
    periods: &BTreeMap<P, Vec<Period>>,
) -> (Vec<Uuid>, Vec<NaiveDate>, Vec<Option<NaiveDate>>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for (person, periods) in periods {
        for period in periods {
            columns.0.push((*person).into());
            columns.1.push(period.from);
            columns.2.push(period.until);
        }
    }
    columns
}
