//! `GET /reports/missing-registers`: which registers of a day are expected and not here.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::expected_registers::{ExpectedRegister, RegisterState, expected_registers};
use crate::accept::accepts;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::instant::Instant;
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::person::Person;
use crate::reading::Reading;

/// Which day.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter, which is read by its name"
)]
pub(crate) struct MissingRegistersParameters {
    /// Today, if it is missing.
    date: Option<NaiveDate>,
}

/// Who teaches a class on the day, and when one of their devices was last heard of.
#[derive(Default)]
struct Teachers {
    people: Vec<Person>,
    last_contact_at: Option<DateTime<Utc>>,
}

async fn teachers(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<HashMap<Uuid, Teachers>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"
        select t.class_id, t.teacher_id, u.name as "name?",
               (select max(d.last_contact_at) from devices d
                where d.school_id = $1 and d.user_id = t.teacher_id) as last_contact_at
        from (
            select distinct class_id, teacher_id from staff_periods
            where school_id = $1 and from_date <= $2 and (until_date is null or until_date > $2)
        ) t
        left join users u on u.school_id = $1 and u.user_id = t.teacher_id
        order by t.class_id, u.name, t.teacher_id
        "#,
        school_id,
        date,
    )
    .fetch_all(connection)
    .await?;
    let mut classes: HashMap<Uuid, Teachers> = HashMap::new();
    for row in rows {
        let teachers = classes.entry(row.class_id).or_default();
        teachers.people.push(Person {
            id: row.teacher_id,
            name: row.name,
        });
        teachers.last_contact_at = teachers.last_contact_at.max(row.last_contact_at);
    }
    Ok(classes)
}

/// A register that is expected, and of which no close has arrived.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MissingRegisterItem {
    class_id: Uuid,
    #[schema(example = "Form 2 East")]
    class_title: String,
    /// Null for the register without a slot.
    #[schema(example = "am")]
    slot: Option<String>,
    /// `not_taken`; or `not_received`: it was opened and no close has arrived, or a device said that it has something of it
    /// that it could not send yet.
    #[schema(example = "not_taken")]
    state: &'static str,
    /// Who teaches the class on the day.
    teachers: Vec<Person>,
    /// When the device that has something of it was last heard of; or else, any device of its teachers.
    last_contact_at: Option<Instant>,
    /// The register that was opened; or else, the id it will have.
    session_id: Uuid,
}

/// The order of the pages.
type Key = (Uuid, String);

const COLUMNS: [&str; 7] = [
    "class",
    "slot",
    "state",
    "teachers",
    "last_contact_at",
    "class_id",
    "session_id",
];

/// Lists the registers of a day that the school's calendar expects and that are not closed here.
///
/// Expected are, on a school day in a term, the registers that the calendar in force on it names, of every class with
/// somebody on its roster. A register of any subject will do for its slot. As CSV in the order of classes, without pages.
#[utoipa::path(
    tag = "Reports",
    params(MissingRegistersParameters, PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Registers; as CSV with Accept: text/csv.", content(
            (Page<MissingRegisterItem> = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/reports/missing-registers")]
pub(crate) async fn list_missing_registers(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let date = parameters.optional("date");
    let wanted = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let today = calendar::today(&services, connection, caller.school_id).await?;
    let date = date.unwrap_or(today);
    let expected = expected_registers(connection, caller.school_id, date).await?;
    let teachers = teachers(connection, caller.school_id, date).await?;
    let items: Vec<MissingRegisterItem> = expected
        .into_iter()
        .filter_map(|register| MissingRegisterItem::of(register, &teachers))
        .collect();
    if accepts(request.headers(), "text/csv") {
        let name = format!("missing-registers-{date}.csv");
        let lines = items.into_iter().map(MissingRegisterItem::line);
        return csv.answer_all(name, &COLUMNS, lines, reading.is_stale);
    }
    let key = |item: &MissingRegisterItem| -> Key {
        (item.class_id, item.slot.clone().unwrap_or_default())
    };
    Ok(reading.answer(&Page::of_all(items, &wanted, key)?))
}

impl MissingRegisterItem {
    /// None for a register that is not missing.
    fn of(register: ExpectedRegister, teachers: &HashMap<Uuid, Teachers>) -> Option<Self> {
        let state = match register.state {
            RegisterState::Taken => return None,
            RegisterState::Open | RegisterState::Unsent => "not_received",
            RegisterState::NotTaken => "not_taken",
        };
        let teachers = teachers.get(&register.class_id);
        let last_contact_at = teachers.and_then(|teachers| teachers.last_contact_at);
        Some(Self {
            class_id: register.class_id,
            class_title: register.class_title,
            slot: Some(register.slot).filter(|slot| !slot.is_empty()),
            state,
            teachers: teachers
                .map(|teachers| teachers.people.clone())
                .unwrap_or_default(),
            last_contact_at: register.named_at.or(last_contact_at).map(Instant::from),
            session_id: register.session_id,
        })
    }

    fn line(self) -> Line {
        let teachers: Vec<&str> = self
            .teachers
            .iter()
            .filter_map(|teacher| teacher.name.as_deref())
            .collect();
        vec![
            self.class_title,
            text(self.slot),
            self.state.to_owned(),
            teachers.join("; "),
            self.last_contact_at
                .map(|at| at.to_text())
                .unwrap_or_default(),
            self.class_id.to_string(),
            self.session_id.to_string(),
        ]
    }
}
