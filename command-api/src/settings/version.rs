//! What versions of a policy and of a calendar have in common.

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use chrono_tz::Tz;
use platform::problem::Problem;
use platform::server::Services;
use serde::{Serialize, Serializer};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many versions are answered.
pub(super) const MOST_VERSIONS: i64 = 50;

/// Which version it is, and who made it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Version {
    /// Its number; the higher ones were made later.
    #[schema(minimum = 1, example = 2)]
    pub(super) version: i32,
    /// The first day on which it can be in force; `0001-01-01` in what Muster begins with.
    #[schema(example = "2026-11-24")]
    pub(super) valid_from: NaiveDate,
    /// Who made it; null for what Muster begins with.
    pub(super) set_by: Option<SetBy>,
    /// When; null for what Muster begins with.
    #[serde(serialize_with = "optional_milliseconds")]
    pub(super) set_at: Option<DateTime<Utc>>,
}

/// Who made a version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SetBy {
    /// The user's id.
    id: Uuid,
    /// The name as it is now; null if the school has no such user any more.
    #[schema(example = "Achieng Odhiambo")]
    name: Option<String>,
}

impl SetBy {
    pub(super) fn new(id: Option<Uuid>, name: Option<String>) -> Option<Self> {
        id.map(|id| Self { id, name })
    }
}

/// The day it is now in the school's time zone.
///
/// # Errors
/// The time zone is not one that this version knows, or the database does not answer.
pub(super) async fn today(
    services: &Services,
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<NaiveDate, Problem> {
    let time_zone = sqlx::query_scalar!(
        "select time_zone from schools where school_id = $1",
        school_id
    )
    .fetch_one(connection)
    .await?;
    let time_zone: Tz = time_zone.parse().map_err(Problem::internal)?;
    Ok(services.clock.now().with_timezone(&time_zone).date_naive())
}

fn optional_milliseconds<S: Serializer>(
    moment: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    moment
        .map(|moment| {
            moment
                .trunc_subsecs(3)
                .to_rfc3339_opts(SecondsFormat::Millis, true)
        })
        .serialize(serializer)
}
