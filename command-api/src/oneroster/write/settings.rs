//! The school itself, its terms, subjects, slots, first policy and first calendar.

use chrono_tz::Tz;
use sqlx::PgConnection;

use super::super::roster::SchoolRoster;
use super::super::summary::RowChanges;
use super::WriteError;

/// The zone that decides what "today" is in the school.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeZone {
    pub(super) zone: Tz,
    /// The school is new and nobody said.
    pub(super) assumed: bool,
}

/// What was asked for, else what the school has, else UTC.
pub(super) async fn time_zone(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
    asked_for: Option<Tz>,
) -> Result<TimeZone, WriteError> {
    if let Some(zone) = asked_for {
        return Ok(TimeZone {
            zone,
            assumed: false,
        });
    }
    let stored = sqlx::query_scalar!(
        "select time_zone from schools where school_id = $1",
        roster.school_id.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    match stored {
        Some(name) => match name.parse() {
            Ok(zone) => Ok(TimeZone {
                zone,
                assumed: false,
            }),
            Err(_) => Err(WriteError::TimeZone(name)),
        },
        None => Ok(TimeZone {
            zone: Tz::UTC,
            assumed: true,
        }),
    }
}

/// Writes what every other row of the school refers to. Terms and subjects that the files no longer name stay: the
/// registers of the past refer to them.
pub(super) async fn write(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
    time_zone: Tz,
) -> Result<RowChanges, WriteError> {
    let written = [
        write_school(connection, roster, time_zone).await?,
        write_terms(connection, roster).await?,
        write_subjects(connection, roster).await?,
        write_slots(connection, roster).await?,
    ];
    let added = written.iter().flatten().filter(|added| **added).count();
    let changed = written.iter().flatten().count() - added;
    Ok(RowChanges {
        stated: 0,
        added,
        changed,
        ended: 0,
    })
}

async fn write_school(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
    time_zone: Tz,
) -> Result<Vec<bool>, WriteError> {
    let school_id = roster.school_id.as_uuid();
    let written = sqlx::query_scalar!(
        r#"insert into schools (school_id, sourced_id, code, name, time_zone) values ($1, $2, $3, $4, $5)
        on conflict (school_id) do update
            set code = excluded.code, name = excluded.name, time_zone = excluded.time_zone
            where (schools.code, schools.name, schools.time_zone)
                is distinct from (excluded.code, excluded.name, excluded.time_zone)
        returning xmax::text = '0' as "added!""#,
        school_id,
        roster.org,
        roster.code,
        roster.name,
        time_zone.name()
    )
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into policies (school_id, version) select $1, 1
        where not exists (select from policies where school_id = $1)",
        school_id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into calendars (school_id, version) select $1, 1
        where not exists (select from calendars where school_id = $1)",
        school_id
    )
    .execute(connection)
    .await?;
    Ok(written)
}

async fn write_terms(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<Vec<bool>, WriteError> {
    let terms = &roster.terms;
    let ids: Vec<_> = terms.iter().map(|term| term.term_id.as_uuid()).collect();
    let sourced_ids: Vec<_> = terms.iter().map(|term| term.sourced_id.clone()).collect();
    let titles: Vec<_> = terms.iter().map(|term| term.title.clone()).collect();
    let starts: Vec<_> = terms.iter().map(|term| term.starts_on).collect();
    let ends: Vec<_> = terms.iter().map(|term| term.ends_on).collect();
    let taught: Vec<_> = terms.iter().map(|term| term.taught).collect();
    Ok(sqlx::query_scalar!(
        r#"insert into terms (school_id, term_id, sourced_id, title, starts_on, ends_on, taught)
        select $1, * from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::date[], $7::bool[])
        on conflict (school_id, term_id) do update
            set title = excluded.title, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
                taught = excluded.taught
            where (terms.title, terms.starts_on, terms.ends_on, terms.taught)
                is distinct from (excluded.title, excluded.starts_on, excluded.ends_on, excluded.taught)
        returning xmax::text = '0' as "added!""#,
        roster.school_id.as_uuid(),
        &ids,
        &sourced_ids,
        &titles,
        &starts,
        &ends,
        &taught
    )
    .fetch_all(connection)
    .await?)
}

async fn write_subjects(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<Vec<bool>, WriteError> {
    let ids: Vec<_> = roster
        .subjects
        .keys()
        .map(|subject_id| subject_id.as_uuid())
        .collect();
    let titles: Vec<_> = roster.subjects.values().cloned().collect();
    Ok(sqlx::query_scalar!(
        r#"insert into subjects (school_id, subject_id, title)
        select $1, * from unnest($2::uuid[], $3::text[])
        on conflict (school_id, subject_id) do update set title = excluded.title
            where subjects.title is distinct from excluded.title
        returning xmax::text = '0' as "added!""#,
        roster.school_id.as_uuid(),
        &ids,
        &titles
    )
    .fetch_all(connection)
    .await?)
}

/// Only slots that are missing: the school may have given the others names and times of its own.
async fn write_slots(
    connection: &mut PgConnection,
    roster: &SchoolRoster,
) -> Result<Vec<bool>, WriteError> {
    let slots: Vec<_> = roster.slots.iter().map(|row| row.slot.clone()).collect();
    let titles: Vec<_> = roster.slots.iter().map(|row| row.title.clone()).collect();
    let orders: Vec<_> = roster.slots.iter().map(|row| row.sort_order).collect();
    Ok(sqlx::query_scalar!(
        r#"insert into slots (school_id, slot, title, sort_order)
        select $1, * from unnest($2::text[], $3::text[], $4::integer[])
        on conflict (school_id, slot) do nothing
        returning true as "added!""#,
        roster.school_id.as_uuid(),
        &slots,
        &titles,
        &orders
    )
    .fetch_all(connection)
    .await?)
}
