//! `GET /policy` and `PUT /policy`.

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, get, put};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document;
use super::version::{MOST_VERSIONS, SetBy, Version, today};
use crate::commands::endpoint::Arrival;
use crate::commands::shapes::SetPolicy;

/// How the school counts, and what it allows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PolicyAnswer {
    /// The version in force today, by the school's calendar.
    in_force: PolicyVersion,
    /// The newest versions, newest first; at most 50. One may be in force only from a day to come.
    versions: Vec<PolicyVersion>,
}

/// A version of the policy. On any date the highest version is in force whose `valid_from` is not after it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PolicyVersion {
    #[serde(flatten)]
    version: Version,
    /// What each effective status adds to a rate of attendance.
    counts: CountsAnswer,
    /// Chronically absent is whoever missed at least this share of the enrolled days, in percent.
    #[schema(example = 10)]
    chronic_percent: i32,
    /// Of how many enrolled days at least.
    #[schema(example = 10)]
    chronic_min_days: i32,
    /// For how many days after its date a teacher may mark a register.
    #[schema(example = 14)]
    edit_days: i32,
    /// For how many minutes after closing it a teacher may reopen a register; 0 is never.
    #[schema(example = 30)]
    reopen_minutes: i32,
}

/// What each effective status counts as: `present`, `absent`, or `outside` of the rate.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountsAnswer {
    /// Of who was in the room.
    #[schema(example = "present")]
    present: String,
    /// Of who came after the start.
    #[schema(example = "present")]
    late: String,
    /// Of who was not in the room.
    #[schema(example = "absent")]
    absent: String,
    /// Of who was away with leave.
    #[schema(example = "outside")]
    excused: String,
}

/// A whole policy, and the id of the command that sets it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes to clients what is read as a command")]
pub(crate) struct NewPolicy {
    /// Makes it safe to send the same again; made up if there is none.
    command_id: Option<Uuid>,
    #[serde(flatten)]
    policy: SetPolicy,
}

/// Read the school's policy.
///
/// For the office and auditors.
#[utoipa::path(
    tag = "settings",
    responses(
        (status = 200, description = "The version in force and the newest ones", body = PolicyAnswer),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: teachers find what concerns them in the roster", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[get("/policy")]
pub(crate) async fn get_policy(
    caller: Caller,
    services: Data<Services>,
) -> Result<Json<PolicyAnswer>, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    read(&services, caller.school_id).await.map(Json)
}

/// Set the school's policy.
///
/// The whole document becomes a new version, as by the command `SetPolicy`. Nothing is changed about the versions before,
/// and nothing about a day before `valid_from`. How long teachers may mark and reopen is asked of the version in force on
/// the day a command arrives.
#[utoipa::path(
    tag = "settings",
    request_body(content = NewPolicy, content_type = "application/json"),
    responses(
        (status = 200, description = "Set; as `GET /policy` answers now", body = PolicyAnswer),
        (status = 400, description = "`malformed`: no JSON object", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: only the office sets it", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`command-id-reused`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too-large`", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "`unsupported-media`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`invalid-field`: the first field that does not fit", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "`busy`, `server-clock`: come again after `Retry-After` seconds", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[put("/policy")]
pub(crate) async fn set_policy(
    arrival: Arrival,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
    services: Data<Services>,
) -> Result<Json<PolicyAnswer>, Problem> {
    caller.require(&[Role::Admin])?;
    let sent = (request, payload);
    document::put(&services, caller, "SetPolicy", sent, arrival.at()).await?;
    read(&services, caller.school_id).await.map(Json)
}

async fn read(services: &Services, school_id: Uuid) -> Result<PolicyAnswer, Problem> {
    let mut transaction = services.db.read_school(school_id).await?;
    let today = today(services, &mut transaction, school_id).await?;
    let in_force = versions(&mut transaction, school_id, Some(today), 1).await?;
    let versions = versions(&mut transaction, school_id, None, MOST_VERSIONS).await?;
    transaction.commit().await?;
    Ok(PolicyAnswer {
        in_force: in_force.into_iter().next().ok_or(Slug::NotFound)?,
        versions,
    })
}

/// The newest versions, of those that can be in force on the date if one is named.
async fn versions(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: Option<NaiveDate>,
    most: i64,
) -> Result<Vec<PolicyVersion>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select p.version, p.valid_from, p.present_counts, p.late_counts, p.absent_counts, p.excused_counts,
            p.chronic_percent, p.chronic_min_days, p.edit_days, p.reopen_minutes, p.set_by, p.set_at, u.name as "name?"
        from policies p
        left join users u on u.school_id = p.school_id and u.user_id = p.set_by
        where p.school_id = $1 and ($2::date is null or p.valid_from <= $2)
        order by p.version desc
        limit $3"#,
        school_id,
        date,
        most
    )
    .fetch_all(connection)
    .await?;
    let versions = rows.into_iter().map(|row| PolicyVersion {
        version: Version {
            version: row.version,
            valid_from: row.valid_from,
            set_by: SetBy::new(row.set_by, row.name),
            set_at: row.set_at,
        },
        counts: CountsAnswer {
            present: row.present_counts,
            late: row.late_counts,
            absent: row.absent_counts,
            excused: row.excused_counts,
        },
        chronic_percent: row.chronic_percent,
        chronic_min_days: row.chronic_min_days,
        edit_days: row.edit_days,
        reopen_minutes: row.reopen_minutes,
    });
    Ok(versions.collect())
}
