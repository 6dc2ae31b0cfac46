//! On which days there is school: days of taught terms on which the calendar in force has school and none is closed.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::date_range::DateRange;

/// The school days of a range, in order. A school without a calendar has school from Monday to Friday.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn school_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    days: DateRange,
) -> Result<Vec<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select d.date as "date!"
        from (
            select distinct date::date as date
            from terms t
            cross join lateral generate_series(greatest(t.starts_on, $2), least(t.ends_on, $3), '1 day') date
            where t.school_id = $1 and t.taught
        ) d
        left join lateral (
            select c.version, c.school_days from calendars c
            where c.school_id = $1 and c.valid_from <= d.date
            order by c.version desc limit 1
        ) c on true
        where extract(isodow from d.date)::smallint = any(coalesce(c.school_days, '{1,2,3,4,5}'))
          and not exists (
              select from closed_days x
              where x.school_id = $1 and x.version = c.version and d.date between x.from_date and x.to_date
          )
        order by d.date
        "#,
        school_id,
        days.from,
        days.to,
    )
    .fetch_all(connection)
    .await
}

/// What the closed day is called that this day is, by the calendar in force.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn closed_because(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select x.title
        from closed_days x
        where x.school_id = $1 and $2 between x.from_date and x.to_date
          and x.version = (
              select c.version from calendars c
              where c.school_id = $1 and c.valid_from <= $2
              order by c.version desc limit 1
          )
        order by x.from_date, x.to_date
        limit 1
        "#,
        school_id,
        date,
    )
    .fetch_optional(connection)
    .await
}
