//! What is the same for everybody in the school: its terms, subjects, slots, policy and staff.

use chrono::NaiveDate;
use platform::problem::{Problem, Slug};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// The school.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct School {
    id: Uuid,
    /// What people type to sign in.
    #[schema(example = "starehe")]
    code: String,
    #[schema(example = "Starehe Primary School")]
    name: String,
    #[schema(example = "Africa/Nairobi")]
    pub(super) time_zone: String,
}

/// A part of the school year in which registers are taken.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Term {
    id: Uuid,
    sourced_id: String,
    #[schema(example = "Term 3")]
    title: String,
    start: NaiveDate,
    /// The last day.
    end: NaiveDate,
}

/// A subject.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subject {
    id: Uuid,
    #[schema(example = "Mathematics")]
    title: String,
}

/// A part of the school day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Slot {
    #[schema(example = "am")]
    id: String,
    #[schema(example = "Morning")]
    title: String,
    #[schema(example = "08:00")]
    start: Option<String>,
    #[schema(example = "12:30")]
    end: Option<String>,
}

/// The school's settings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Policy {
    /// Null before anybody has set one: the defaults hold then.
    version: Option<i32>,
    /// For how many days after its date a teacher may mark a register.
    #[schema(example = 14)]
    pub(super) edit_days: i32,
    /// For how many minutes after closing it a teacher may reopen a register.
    #[schema(example = 30)]
    reopen_minutes: i32,
}

/// Somebody who signs in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StaffMember {
    id: Uuid,
    #[schema(example = "Amina Otieno")]
    name: String,
}

/// The school itself.
///
/// # Errors
/// `not-found`, or the database does not answer.
pub(super) async fn school(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<School, Problem> {
    sqlx::query_as!(
        School,
        "select school_id as id, code, name, time_zone from schools where school_id = $1",
        school_id,
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Problem::new(Slug::NotFound))
}

/// The terms in which registers are taken.
pub(super) async fn terms(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Vec<Term>, sqlx::Error> {
    sqlx::query_as!(
        Term,
        r#"
        select term_id as id, sourced_id, title, starts_on as start, ends_on as "end"
        from terms
        where school_id = $1 and taught
        order by starts_on, term_id
        "#,
        school_id,
    )
    .fetch_all(connection)
    .await
}

/// All subjects.
pub(super) async fn subjects(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Vec<Subject>, sqlx::Error> {
    sqlx::query_as!(
        Subject,
        "select subject_id as id, title from subjects where school_id = $1 order by title, subject_id",
        school_id,
    )
    .fetch_all(connection)
    .await
}

/// The parts of the day, in the order of the day.
pub(super) async fn slots(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Vec<Slot>, sqlx::Error> {
    sqlx::query_as!(
        Slot,
        r#"
        select slot as id, title, to_char(starts_at, 'HH24:MI') as start, to_char(ends_at, 'HH24:MI') as "end"
        from slots
        where school_id = $1
        order by sort_order, slot
        "#,
        school_id,
    )
    .fetch_all(connection)
    .await
}

/// The policy in force on a date: the highest version that is valid from it or from a day before.
pub(super) async fn policy(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<Policy, sqlx::Error> {
    let policy = sqlx::query_as!(
        Policy,
        r#"
        select version as "version?", edit_days, reopen_minutes
        from policies
        where school_id = $1 and valid_from <= $2
        order by version desc
        limit 1
        "#,
        school_id,
        date,
    )
    .fetch_optional(connection)
    .await?;
    Ok(policy.unwrap_or(Policy {
        version: None,
        edit_days: 14,
        reopen_minutes: 30,
    }))
}

/// The days in a term on which there is no school, weekends too, each by the calendar in force on it. A school without a
/// calendar has school from Monday to Friday.
pub(super) async fn closed_days(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Vec<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select distinct d.date::date as "date!"
        from terms t
        cross join lateral generate_series(t.starts_on, t.ends_on, '1 day') d (date)
        left join lateral (
            select c.version, c.school_days
            from calendars c
            where c.school_id = t.school_id and c.valid_from <= d.date
            order by c.version desc
            limit 1
        ) c on true
        where t.school_id = $1 and t.taught
          and (extract(isodow from d.date)::smallint <> all(coalesce(c.school_days, '{1,2,3,4,5}')) or exists (
              select from closed_days x
              where x.school_id = t.school_id and x.version = c.version and d.date between x.from_date and x.to_date
          ))
        order by 1
        "#,
        school_id,
    )
    .fetch_all(connection)
    .await
}

/// Everybody who may have marked somebody, those included who left.
pub(super) async fn staff(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Vec<StaffMember>, sqlx::Error> {
    sqlx::query_as!(
        StaffMember,
        r#"
        select user_id as id, name
        from users
        where school_id = $1 and role <> 'auditor'
        order by name, user_id
        "#,
        school_id,
    )
    .fetch_all(connection)
    .await
}
