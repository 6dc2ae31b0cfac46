//! The moment that a look back is taken from.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use domain::AsOf;
use event_store::database_clock;
use event_store::feed::{self, Watermark};
use platform::auth::Caller;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::freshness::{After, NO_PROJECTION};
use crate::parameters::Parameters;
use crate::position::Position;
use crate::reading::Reading;

/// How long an append takes at most, from reading the clock to its end: the database breaks off what takes longer.
const LONGEST_APPEND: TimeDelta = TimeDelta::seconds(10);

/// The parameter of everything that is shown as it stood.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter; AskedMoment is what is read"
)]
pub(crate) struct MomentParameters {
    /// What had arrived by then was known. A time in whole milliseconds is meant to the end of the millisecond, so that the
    /// `recorded_at` of an event shows what that event made. Now, if it is missing.
    recorded_at: Option<DateTime<Utc>>,
}

/// The moment that a query names.
#[derive(Debug, Clone, Copy)]
pub(super) struct AskedMoment(Option<DateTime<Utc>>);

/// A moment that was found to be settled: nothing more can arrive that would have been known then.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) as_of: AsOf,
    /// Up to where events are read.
    pub(super) watermark: Watermark,
    /// What time it is.
    pub(super) now: DateTime<Utc>,
}

impl AskedMoment {
    /// Takes `recorded_at`.
    pub(super) fn take(parameters: &mut Parameters) -> Self {
        Self(parameters.optional("recorded_at"))
    }

    /// The moment, once it is past.
    ///
    /// # Errors
    /// `as-of-too-recent` while something recorded by then could still appear.
    pub(super) async fn settle(
        self,
        services: &Services,
        connection: &mut PgConnection,
        school_id: Uuid,
    ) -> Result<Moment, Problem> {
        let now = if services.clock.is_simulated() {
            services.clock.now()
        } else {
            database_clock(connection).await?
        };
        let watermark = feed::watermark(connection).await?;
        if let Some(asked) = self.0
            && is_unsettled(connection, school_id, asked, now, watermark).await?
        {
            return Err(Problem::new(Slug::AsOfTooRecent).retry_after(1));
        }
        Ok(Moment {
            as_of: AsOf::known_at(self.0.map_or(now, end_of_millisecond)),
            watermark,
            now,
        })
    }
}

/// Waits until everything up to the client's position is settled, then begins to read events.
///
/// # Errors
/// `not-current` if it does not settle in time; `busy` if the database does not answer.
pub(super) async fn read_settled(
    services: &Services,
    caller: &Caller,
    after: After,
) -> Result<Reading, Problem> {
    after
        .wait_until(async |position| can_be_read(services, position).await)
        .await?;
    Reading::of_one_moment(services, caller, after, NO_PROJECTION).await
}

/// Whether no event can appear before this position any more.
///
/// # Errors
/// The database does not answer.
pub(super) async fn can_be_read(services: &Services, position: Position) -> Result<bool, Problem> {
    let mut connection = services.db.pool().acquire().await?;
    let watermark = feed::watermark(&mut connection).await?;
    Ok((position.epoch, position.transaction_id) < (watermark.epoch, watermark.transaction_id))
}

/// A moment to come, one before which something is stored that cannot be read in its order yet, or one of which somebody may
/// be appending something.
async fn is_unsettled(
    connection: &mut PgConnection,
    school_id: Uuid,
    asked: DateTime<Utc>,
    now: DateTime<Utc>,
    watermark: Watermark,
) -> Result<bool, sqlx::Error> {
    if asked > now {
        return Ok(true);
    }
    sqlx::query_scalar!(
        r#"
        select exists (
            select from events
            where school_id = $1 and (epoch, transaction_id) >= ($2, $3::text::xid8) and recorded_at <= $4
        ) or ($5 and exists (
            select from pg_locks
            where relation = 'public.events'::regclass and mode = 'RowExclusiveLock'
              and database = (select oid from pg_database where datname = current_database())
        )) as "is_unsettled!"
        "#,
        school_id,
        watermark.epoch,
        watermark.transaction_id.to_string(),
        end_of_millisecond(asked),
        asked > now - LONGEST_APPEND,
    )
    .fetch_one(connection)
    .await
}

/// Answers show milliseconds where the store has microseconds.
fn end_of_millisecond(moment: DateTime<Utc>) -> DateTime<Utc> {
    if moment.nanosecond().is_multiple_of(1_000_000) {
        moment + TimeDelta::microseconds(999)
    } else {
        moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_as_answers_show_it_includes_what_was_stored_in_it() {
        for (asked, meant) in [
            ("2026-11-24T08:01:02.123Z", "2026-11-24T08:01:02.123999Z"),
            ("2026-11-24T08:01:02Z", "2026-11-24T08:01:02.000999Z"),
            ("2026-11-24T08:01:02.123456Z", "2026-11-24T08:01:02.123456Z"),
        ] {
            let asked: DateTime<Utc> = asked.parse().unwrap();
            assert_eq!(
                end_of_millisecond(asked),
                meant.parse::<DateTime<Utc>>().unwrap()
            );
        }
    }
}
