//! `GET /reports/sign-offs/check`: what is still missing of a period that somebody is about to sign off.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::expected_registers::{RegisterState, expected_registers};
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::parameters::Parameters;
use crate::reading::Reading;
use crate::school_days::school_days;

/// The longest period that can be checked: each of its days is looked at by itself.
const MOST_DAYS: i64 = 366;

/// Which period, and of what.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read by their names"
)]
pub(crate) struct SignOffCheckParameters {
    /// The first day.
    from: NaiveDate,
    /// The last day; at most 366 days in all.
    to: NaiveDate,
    /// The class; the whole school, if it is missing.
    class_id: Option<Uuid>,
}

/// What has become of the registers that the calendar expects in a period.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = json!({"school_days": 20, "expected": 800, "taken": 797, "not_received": 1, "not_taken": 2}))]
pub(crate) struct SignOffCheckResponse {
    /// On how many days there was school.
    school_days: usize,
    /// How many registers the calendar expects on them.
    expected: u32,
    /// How many of them are closed.
    taken: u32,
    /// How many were opened, or named by a device that could not send them yet, and no close has arrived.
    not_received: u32,
    /// Of how many nothing is known.
    not_taken: u32,
}

/// Says what is still missing of a period: what to look at before it is signed off.
#[utoipa::path(
    tag = "Reports",
    params(SignOffCheckParameters),
    responses(
        (status = 200, description = "How many registers there are and are not.", body = SignOffCheckResponse),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/reports/sign-offs/check")]
pub(crate) async fn check_sign_off(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let days = take_days(&mut parameters);
    let class_id: Option<Uuid> = parameters.optional("class_id");
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    let connection = &mut *reading.connection;
    let dates = school_days(connection, caller.school_id, days).await?;
    let mut check = SignOffCheckResponse {
        school_days: dates.len(),
        ..SignOffCheckResponse::default()
    };
    for date in dates {
        let expected = expected_registers(connection, caller.school_id, date).await?;
        let is_meant = |class: Uuid| class_id.is_none_or(|class_id| class_id == class);
        for register in expected.iter().filter(|it| is_meant(it.class_id)) {
            check.count(register.state);
        }
    }
    Ok(reading.answer(&check))
}

/// Takes `from` and `to`, which must be there. What they are instead, if they are not, is never looked at.
fn take_days(parameters: &mut Parameters) -> DateRange {
    let named = NamedDays::take_range(parameters);
    for (name, day) in [("from", named.from), ("to", named.to)] {
        if day.is_none() {
            parameters.fault(name, "is required");
        }
    }
    let days = named.or_all_time();
    if named.from.is_some() && named.to.is_some() && (days.to - days.from).num_days() >= MOST_DAYS {
        parameters.fault("to", &format!("is at most {MOST_DAYS} days in all"));
    }
    days
}

impl SignOffCheckResponse {
    fn count(&mut self, state: RegisterState) {
        self.expected += 1;
        match state {
            RegisterState::Taken => self.taken += 1,
            RegisterState::Open | RegisterState::Unsent => self.not_received += 1,
            RegisterState::NotTaken => self.not_taken += 1,
        }
    }
}
