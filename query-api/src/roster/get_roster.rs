//! `GET /roster`: what a device keeps so that it can work without a network.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, EntityTag, Header, IfNoneMatch, VARY};
use actix_web::middleware::Compress;
use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{Days, NaiveDate};
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::classes::{Class, classes};
use super::school::{
    Policy, School, Slot, StaffMember, Subject, Term, closed_days, policy, school, slots, staff,
    subjects, terms,
};
use crate::authority::Scope;
use crate::calendar;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::reading::{Reading, STALE_HEADER};

/// The school, and the classes of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RosterResponse {
    school: School,
    terms: Vec<Term>,
    subjects: Vec<Subject>,
    slots: Vec<Slot>,
    /// The version in force today, by the school's calendar day.
    policy: Policy,
    /// The days in a term on which there is no school: weekends, holidays, storms.
    closed_days: Vec<NaiveDate>,
    staff: Vec<StaffMember>,
    /// A teacher's own classes; for an admin and an auditor, all.
    classes: Vec<Class>,
}

/// Reads the roster. Send the `ETag` as `If-None-Match` to learn whether anything is new.
#[utoipa::path(
    tag = "Roster",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of the roster that the client has.")),
    responses(
        (status = 200, description = "The roster.", body = RosterResponse, headers(("ETag" = String, description = "Changes with the roster."))),
        (status = 304, description = "The client has this roster."),
    )
)]
#[get(
    "/roster",
    wrap = "Compress::default()",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_roster(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    parameters.finish()?;
    let mut reading = Reading::begin(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let roster = read(&services, &caller, &mut reading).await?;
    let body = serde_json::to_vec(&roster).map_err(Problem::internal)?;
    let tag = EntityTag::new_strong(fingerprint(&body));
    let is_known = has(&request, &tag);
    let mut response = HttpResponse::build(if is_known {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    if reading.is_stale {
        response.insert_header((STALE_HEADER, "true"));
    }
    response
        .insert_header((ETAG, tag.to_string()))
        .insert_header((CACHE_CONTROL, "private, no-cache"))
        .insert_header((VARY, "Authorization"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.content_type("application/json").body(body))
}

async fn read(
    services: &Services,
    caller: &Caller,
    reading: &mut Reading,
) -> Result<RosterResponse, Problem> {
    let school_id = caller.school_id;
    let connection = &mut *reading.connection;
    let school = school(connection, school_id).await?;
    let today = calendar::day_in(services, &school.time_zone)?;
    let policy = policy(connection, school_id, today).await?;
    let edit_days = Days::new(u64::from(policy.edit_days.unsigned_abs()));
    let since = today.checked_sub_days(edit_days).unwrap_or(today);
    Ok(RosterResponse {
        terms: terms(connection, school_id).await?,
        subjects: subjects(connection, school_id).await?,
        slots: slots(connection, school_id).await?,
        closed_days: closed_days(connection, school_id).await?,
        staff: staff(connection, school_id).await?,
        classes: classes(connection, Scope::of(caller), since).await?,
        school,
        policy,
    })
}

/// A text that differs whenever the body does.
fn fingerprint(body: &[u8]) -> String {
    Sha256::digest(body)[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(IfNoneMatch::name()) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}
