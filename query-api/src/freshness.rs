//! How far the read tables are: waiting until they have what a client has written, and saying when part of them waits.
//!
//! A store that was restored begins a new epoch, and what was written after the backup is gone: a position of an earlier
//! epoch may then name an event that nobody has. It counts as passed when all that is left of that epoch is.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use sqlx::PgConnection;
use tokio::time::Instant;
use uuid::Uuid;

use crate::position::Position;

/// The request header that names the position an answer must include.
const AFTER_HEADER: &str = "Muster-After";
/// How long a request waits for its position.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// After how long it looks again; what was written a moment ago is mostly there by then.
const FIRST_POLL: Duration = Duration::from_millis(2);
/// How long that becomes, doubling.
const LONGEST_POLL: Duration = Duration::from_millis(20);
/// How many shards schools are dealt to: `event_store::feed::SHARDS`, which queries do not depend on. The audit module's
/// test `queries_and_the_store_deal_schools_alike` holds the two to each other.
const SHARDS: u8 = 8;

/// Which projections a query reads.
pub(crate) type Projections = &'static [&'static str];

/// None: the query reads write-side tables only, which are never behind.
pub(crate) const NO_PROJECTION: Projections = &[];
/// Registers, conflicts and exceptions, and who is in a class and teaches it.
pub(crate) const ATTENDANCE_AND_ROLLS: Projections = &["attendance", "rolls"];

/// The position that the answer must include, if the client named one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct After(Option<Position>);

impl FromRequest for After {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(AFTER_HEADER);
        let position = header.map(|value| value.to_str().ok()?.parse().ok());
        ready(match position {
            None => Ok(Self(None)),
            Some(Some(position)) => Ok(Self(Some(position))),
            Some(None) => Err(Problem::new(Slug::BadPosition)
                .detail("The header Muster-After holds no position of this server.")),
        })
    }
}

impl After {
    /// Waits until all of `projections` have passed the position.
    ///
    /// # Errors
    /// `not-current` if they have not in time.
    pub(crate) async fn wait(
        self,
        services: &Services,
        school_id: Uuid,
        projections: Projections,
    ) -> Result<(), Problem> {
        self.wait_until(async |position| {
            has_passed(services, school_id, projections, position).await
        })
        .await
    }

    /// Waits until what is to be read has passed the position.
    ///
    /// # Errors
    /// `not-current` if it has not in time, and what asking fails with.
    pub(crate) async fn wait_until(
        self,
        has_passed: impl AsyncFn(Position) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let Some(position) = self.0 else {
            return Ok(());
        };
        let deadline = Instant::now() + LONGEST_WAIT;
        let mut poll = FIRST_POLL;
        while !has_passed(position).await? {
            if Instant::now() >= deadline {
                return Err(Problem::new(Slug::NotCurrent)
                    .detail("What was written is stored, but cannot be read here yet.")
                    .retry_after(1));
            }
            tokio::time::sleep(poll).await;
            poll = (poll * 2).min(LONGEST_POLL);
        }
        Ok(())
    }
}

async fn has_passed(
    services: &Services,
    school_id: Uuid,
    projections: Projections,
    position: Position,
) -> Result<bool, Problem> {
    let cursors = sqlx::query!(
        r#"
        select $3 < (select epoch from store) as "is_of_earlier_epoch!", not exists (
            select from unnest($1::text[]) wanted (projection)
            where not exists (
                select from projection_cursors c
                where c.projection = wanted.projection and c.shard = $2 and not c.building
                  and (c.epoch, c.transaction_id, c.position) >= ($3::int, $4::text::xid8, $5::bigint)
            )
        ) as "have_passed!"
        "#,
        projections as _,
        shard_of(school_id),
        position.epoch,
        position.transaction_id.to_string(),
        position.number,
    )
    .fetch_one(services.db.pool())
    .await?;
    if cursors.have_passed || !cursors.is_of_earlier_epoch {
        return Ok(cursors.have_passed);
    }
    have_passed_epoch(services, school_id, projections, position.epoch).await
}

/// Whether the projections have passed every event of the school that is of this epoch or an earlier one. The epoch is
/// over, so no other can appear.
async fn have_passed_epoch(
    services: &Services,
    school_id: Uuid,
    projections: Projections,
    epoch: i32,
) -> Result<bool, Problem> {
    let mut connection = services.db.read_school(school_id).await?;
    let passed = sqlx::query_scalar!(
        r#"
        select not exists (
            select from unnest($1::text[]) wanted (projection)
            where not exists (
                select from projection_cursors c
                where c.projection = wanted.projection and c.shard = $2 and not c.building
                  and not exists (
                      select from events e
                      where e.school_id = $3 and e.epoch <= $4
                        and (e.epoch, e.transaction_id, e.position) > (c.epoch, c.transaction_id, c.position)
                  )
            )
        ) as "passed!"
        "#,
        projections as _,
        shard_of(school_id),
        school_id,
        epoch,
    )
    .fetch_one(&mut *connection)
    .await?;
    Ok(passed)
}

/// The shard of a school, dealt by the last byte of its id.
pub(crate) fn shard_of(school_id: Uuid) -> i16 {
    let [.., last] = *school_id.as_bytes();
    i16::from(last % SHARDS)
}

/// Whether something that the query touches waits behind an event that could not be applied.
///
/// A query about one register names it in `session_id`: other registers that are held do not matter to it then.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn is_stale(
    connection: &mut PgConnection,
    school_id: Uuid,
    projections: Projections,
    session_id: Option<Uuid>,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"
        select exists (
            select from held_streams h
            where h.school_id = $1 and h.projection = any($2::text[])
              and ($3::text is null or h.aggregate_type <> 'attendance_session' or h.aggregate_id = $3)
        ) as "stale!"
        "#,
        school_id,
        projections as _,
        session_id.map(|id| id.to_string()),
    )
    .fetch_one(connection)
    .await
}
