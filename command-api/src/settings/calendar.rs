//! `GET /calendar` and `PUT /calendar`.

use actix_web::web::{Data, Json, Payload};
use actix_web::{HttpRequest, get, put};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use platform::server::Services;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document;
use super::version::{MOST_VERSIONS, SetBy, Version, today};
use crate::commands::endpoint::Arrival;
use crate::commands::shapes::SetCalendar;

/// On which days the school takes registers, and which.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarAnswer {
    /// The version in force today, by the school's calendar.
    in_force: CalendarVersion,
    /// The parts of the school day, in its order. They have no versions: they hold on every day.
    slots: Vec<SlotAnswer>,
    /// The zone whose clock the school goes by. It has no versions either.
    #[schema(example = "Africa/Nairobi")]
    time_zone: String,
    /// The newest versions, newest first; at most 50. One may be in force only from a day to come.
    versions: Vec<CalendarVersion>,
}

/// A version of the calendar. On any date the highest version is in force whose `valid_from` is not after it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CalendarVersion {
    #[serde(flatten)]
    version: Version,
    /// The days of the week on which there is school: Monday is 1, Sunday 7.
    #[schema(example = json!([1, 2, 3, 4, 5]))]
    school_days: Vec<i16>,
    /// Days on which there is none all the same.
    closed_days: Vec<ClosedDaysAnswer>,
    /// The registers that are expected on a school day.
    expected: ExpectedAnswer,
}

/// Days in a row without school.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ClosedDaysAnswer {
    /// The first one.
    from: NaiveDate,
    /// The last one.
    to: NaiveDate,
    /// What they are.
    #[schema(example = "Christmas")]
    title: String,
}

/// The registers that are expected of a class on a school day, by slot. Null is the register without one; an empty list
/// expects none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpectedAnswer {
    /// Of every class that is not among `classes`.
    #[schema(example = json!(["am", "pm"]))]
    default: Vec<Option<String>>,
    /// Of classes that differ.
    classes: Vec<ExpectedOfClassAnswer>,
}

/// The registers that are expected of one class on a school day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ExpectedOfClassAnswer {
    /// The class.
    class_id: Uuid,
    /// By slot; null is the register without one.
    #[schema(example = json!([null]))]
    slots: Vec<Option<String>>,
}

/// A part of the school day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotAnswer {
    /// Its short name.
    #[schema(example = "am")]
    id: String,
    /// What it is called.
    #[schema(example = "Morning")]
    title: String,
    /// When it begins.
    #[schema(example = "08:00")]
    start: Option<String>,
    /// When it ends.
    #[schema(example = "12:30")]
    end: Option<String>,
}

/// A whole calendar, and the id of the command that sets it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes to clients what is read as a command")]
pub(crate) struct NewCalendar {
    /// Makes it safe to send the same again; made up if there is none.
    command_id: Option<Uuid>,
    #[serde(flatten)]
    calendar: SetCalendar,
}

/// Read the school's calendar.
///
/// For the office and auditors.
#[utoipa::path(
    tag = "settings",
    responses(
        (status = 200, description = "The version in force and the newest ones", body = CalendarAnswer),
        (status = 401, description = "`token-invalid`, `token-expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: teachers find what concerns them in the roster", body = Problem, content_type = "application/problem+json"),
    ),
    security(("access_token" = []))
)]
#[get("/calendar")]
pub(crate) async fn get_calendar(
    caller: Caller,
    services: Data<Services>,
) -> Result<Json<CalendarAnswer>, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    read(&services, caller.school_id).await.map(Json)
}

/// Set the school's calendar.
///
/// The whole document becomes a new version, as by the command `SetCalendar`. Nothing is changed about the versions before,
/// and nothing about a day before `valid_from`, except that `slots` and `time_zone` hold at once and on every day.
#[utoipa::path(
    tag = "settings",
    request_body(content = NewCalendar, content_type = "application/json"),
    responses(
        (status = 200, description = "Set; as `GET /calendar` answers now", body = CalendarAnswer),
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
#[put("/calendar")]
pub(crate) async fn set_calendar(
    arrival: Arrival,
    caller: Caller,
    request: HttpRequest,
    payload: Payload,
    services: Data<Services>,
) -> Result<Json<CalendarAnswer>, Problem> {
    caller.require(&[Role::Admin])?;
    let sent = (request, payload);
    document::put(&services, caller, "SetCalendar", sent, arrival.at()).await?;
    read(&services, caller.school_id).await.map(Json)
}

async fn read(services: &Services, school_id: Uuid) -> Result<CalendarAnswer, Problem> {
    let mut transaction = services.db.read_school(school_id).await?;
    let today = today(services, &mut transaction, school_id).await?;
    let in_force = versions(&mut transaction, school_id, Some(today), 1).await?;
    let versions = versions(&mut transaction, school_id, None, MOST_VERSIONS).await?;
    let slots = sqlx::query_as!(
        SlotAnswer,
        r#"select slot as id, title, to_char(starts_at, 'HH24:MI') as start, to_char(ends_at, 'HH24:MI') as "end"
        from slots where school_id = $1 order by sort_order, slot"#,
        school_id
    )
    .fetch_all(&mut *transaction)
    .await?;
    let time_zone = sqlx::query_scalar!(
        "select time_zone from schools where school_id = $1",
        school_id
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(CalendarAnswer {
        in_force: in_force.into_iter().next().ok_or(Slug::NotFound)?,
        slots,
        time_zone,
        versions,
    })
}

/// The newest versions, of those that can be in force on the date if one is named.
async fn versions(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: Option<NaiveDate>,
    most: i64,
) -> Result<Vec<CalendarVersion>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select c.version, c.valid_from, c.school_days, c.expected_slots, c.set_by, c.set_at, u.name as "name?",
            (
                select coalesce(json_agg(json_build_object('from', d.from_date, 'to', d.to_date, 'title', d.title)
                    order by d.from_date, d.to_date), '[]')
                from closed_days d where d.school_id = c.school_id and d.version = c.version
            ) as "closed_days!: sqlx::types::Json<Vec<ClosedDaysAnswer>>",
            (
                select coalesce(json_agg(json_build_object('class_id', e.class_id,
                    'slots', array_replace(e.slots, '', null)) order by e.class_id), '[]')
                from expected_registers e where e.school_id = c.school_id and e.version = c.version
            ) as "classes!: sqlx::types::Json<Vec<ExpectedOfClassAnswer>>"
        from calendars c
        left join users u on u.school_id = c.school_id and u.user_id = c.set_by
        where c.school_id = $1 and ($2::date is null or c.valid_from <= $2)
        order by c.version desc
        limit $3"#,
        school_id,
        date,
        most
    )
    .fetch_all(connection)
    .await?;
    let versions = rows.into_iter().map(|row| CalendarVersion {
        version: Version {
            version: row.version,
            valid_from: row.valid_from,
            set_by: SetBy::new(row.set_by, row.name),
            set_at: row.set_at,
        },
        school_days: row.school_days,
        closed_days: row.closed_days.0,
        expected: ExpectedAnswer {
            default: row.expected_slots.into_iter().map(as_sent).collect(),
            classes: row.classes.0,
        },
    });
    Ok(versions.collect())
}

/// A slot as it is stored: the register without one is the empty text.
fn as_sent(slot: String) -> Option<String> {
    (!slot.is_empty()).then_some(slot)
}
