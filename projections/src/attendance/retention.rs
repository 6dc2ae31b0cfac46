//! From which day on a school's tables hold anything.

use chrono::NaiveDate;
use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::exceptions::TouchedException;
use super::registers::TouchedRegister;
use crate::error::Error;

/// What a school keeps in its tables.
pub(super) struct Retention {
    kept_from: Option<NaiveDate>,
}

impl Retention {
    pub(super) async fn of(
        connection: &mut PgConnection,
        school_id: SchoolId,
    ) -> Result<Self, Error> {
        let kept_from = sqlx::query_scalar!(
            "select kept_from from retentions where school_id = $1",
            school_id.as_uuid()
        )
        .fetch_optional(connection)
        .await?;
        Ok(Self { kept_from })
    }

    pub(super) fn keeps(&self, last_day: NaiveDate) -> bool {
        self.kept_from.is_none_or(|kept_from| kept_from <= last_day)
    }

    /// Without those of days that are not kept any more.
    pub(super) fn registers(&self, mut registers: Vec<TouchedRegister>) -> Vec<TouchedRegister> {
        registers.retain(|touched| self.keeps(touched.register.key.date));
        registers
    }

    /// Those that are kept, and the ids of the others: an amendment may have moved one to days that are not.
    pub(super) fn exceptions<'a>(
        &self,
        exceptions: &'a [TouchedException],
    ) -> (Vec<&'a TouchedException>, Vec<Uuid>) {
        let (kept, gone): (Vec<_>, Vec<_>) = exceptions
            .iter()
            .partition(|touched| self.keeps(touched.exception.end_date));
        let gone = gone.into_iter();
        (
            kept,
            gone.map(|touched| touched.exception.exception_id.into())
                .collect(),
        )
    }
}

/// Takes out of the served tables what a school has from before a day, which must be the first of a month.
///
/// Whoever sets [`Retention`] first waits for the batches that are under way: they may still write what they have read
/// without knowing of it.
///
/// # Errors
/// The database fails.
pub async fn trim(
    connection: &mut PgConnection,
    school_id: SchoolId,
    kept_from: NaiveDate,
) -> sqlx::Result<u64> {
    let trimmed = sqlx::query_scalar!(
        r#"with sessions as (
            delete from read.register_sessions where school_id = $1 and date < $2 returning 1
        ), entries as (
            delete from read.register_entries where school_id = $1 and date < $2
        ), months as (
            delete from read.student_months where school_id = $1 and month < $2
        ), part_days as (
            delete from read.student_part_days where school_id = $1 and date < $2
        ), conflicts as (
            delete from read.conflicts where school_id = $1 and date < $2
        ), exceptions as (
            delete from read.exceptions where school_id = $1 and end_date < $2
        ), sign_offs as (
            delete from read.sign_offs where school_id = $1 and to_date < $2
        )
        select count(*) as "count!" from sessions"#,
        school_id.as_uuid(),
        kept_from,
    )
    .fetch_one(connection)
    .await?;
    Ok(trimmed.unsigned_abs())
}
