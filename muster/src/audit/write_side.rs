//! Makes the write-side tables that follow from events anew, as far as they do.
//!
//! What the files of an import say without an event about it is taken over as it is served: which schools there are, that
//! each begins with a first policy and calendar, and slots that the newest calendar does not name.

use anyhow::{Context, Result};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Fills the tables of a database that has the events of `served` and nothing else.
pub(super) async fn make_write_side(served: &PgPool, replayed: &PgPool) -> Result<()> {
    let schools = sqlx::query_scalar!("select school_id from schools order by 1")
        .fetch_all(served)
        .await
        .context("cannot list the schools")?;
    for school_id in schools {
        let mut transaction = replayed.begin().await?;
        begin_school(&mut transaction, school_id)
            .await
            .context("cannot make a school")?;
        command_api::write_what_follows(&mut transaction, school_id.into())
            .await
            .with_context(|| {
                format!("cannot make what follows from events of school {school_id}")
            })?;
        take_over_slots(served, &mut transaction, school_id)
            .await
            .context("cannot take over slots")?;
        transaction.commit().await?;
    }
    Ok(())
}

/// The school as an import makes it, without a name.
async fn begin_school(connection: &mut PgConnection, school_id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into schools (school_id, sourced_id, code, name, time_zone)
        values ($1, $1::uuid::text, $1::uuid::text, '', 'UTC')",
        school_id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into policies (school_id, version) values ($1, 1)",
        school_id
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into calendars (school_id, version) values ($1, 1)",
        school_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn take_over_slots(
    served: &PgPool,
    connection: &mut PgConnection,
    school_id: Uuid,
) -> sqlx::Result<()> {
    let slots = sqlx::query!(
        "select slot, title, starts_at, ends_at, sort_order from slots where school_id = $1",
        school_id
    )
    .fetch_all(served)
    .await?;
    for row in slots {
        sqlx::query!(
            "insert into slots (school_id, slot, title, starts_at, ends_at, sort_order) values ($1, $2, $3, $4, $5, $6)
            on conflict (school_id, slot) do nothing",
            school_id,
            row.slot,
            row.title,
            row.starts_at,
            row.ends_at,
            row.sort_order
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
