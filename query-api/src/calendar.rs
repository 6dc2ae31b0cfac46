//! The school's own days: what day it is there, and the term it is in.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::date_range::DateRange;

/// The day it is now in the school's time zone.
///
/// # Errors
/// The school's time zone is not one that this version knows, or the database does not answer.
pub(crate) async fn today(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<NaiveDate, Problem> {
    day_of(connection, school_id, services.clock.now()).await
}

/// The day it is at a moment in the school's time zone.
///
/// # Errors
/// As [`today`].
pub(crate) async fn day_of(
    connection: &mut PgConnection,
    school_id: Uuid,
    moment: DateTime<Utc>,
) -> Result<NaiveDate, Problem> {
    let time_zone = sqlx::query_scalar!(
        "select time_zone from schools where school_id = $1",
        school_id
    )
    .fetch_one(connection)
    .await?;
    let time_zone: Tz = time_zone.parse().map_err(Problem::internal)?;
    Ok(moment.with_timezone(&time_zone).date_naive())
}

/// The day it is now in a time zone.
///
/// # Errors
/// The time zone is not one that this version knows.
pub(crate) fn day_in(services: &Services, time_zone: &str) -> Result<NaiveDate, Problem> {
    let time_zone: Tz = time_zone.parse().map_err(Problem::internal)?;
    Ok(services.clock.now().with_timezone(&time_zone).date_naive())
}

/// The term that today is in; between terms the last one that has begun; before all of them, today alone.
///
/// # Errors
/// As [`today`].
pub(crate) async fn current_term(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<DateRange, Problem> {
    let today = today(services, connection, school_id).await?;
    Ok(term_at(connection, school_id, today).await?)
}

/// The current term of a day, as [`current_term`] is that of today.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn term_at(
    connection: &mut PgConnection,
    school_id: Uuid,
    today: NaiveDate,
) -> Result<DateRange, sqlx::Error> {
    let term = sqlx::query_as!(
        DateRange,
        r#"
        select starts_on as "from", ends_on as "to"
        from terms
        where school_id = $1 and taught and starts_on <= $2
        order by ends_on desc, starts_on desc
        limit 1
        "#,
        school_id,
        today,
    )
    .fetch_optional(connection)
    .await?;
    Ok(term.unwrap_or(DateRange {
        from: today,
        to: today,
    }))
}
