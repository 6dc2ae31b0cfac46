//! `GET /reports/chronic-absence`: who missed how much of a term, worst first.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::absence_days::{AbsenceDays, absence_days};
use super::named_students::{NamedClass, NamedStudent, named_students};
use super::period::AskedPeriod;
use crate::accept::accepts;
use crate::calendar;
use crate::csv_export::{CsvOptions, CsvParameters, Line, text};
use crate::date_range::DateRange;
use crate::freshness::{ATTENDANCE_AND_ROLLS, After};
use crate::page::{Page, PageParameters, PageRequest};
use crate::parameters::Parameters;
use crate::policy::{AskedVersion, Policy, PolicyParameters};
use crate::reading::Reading;
use crate::school_days::school_days;

/// Which term.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameter, which is read by its name"
)]
pub(crate) struct ChronicAbsenceParameters {
    /// The current term, if it is missing.
    term_id: Option<Uuid>,
}

/// How many students missed which share of their enrolled days, in percent: from the first number on and below the second.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Tiers {
    #[serde(rename = "<5")]
    below_5: u64,
    #[serde(rename = "5-10")]
    from_5: u64,
    #[serde(rename = "10-20")]
    from_10: u64,
    #[serde(rename = ">=20")]
    from_20: u64,
}

/// A student, and how much of the term they missed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChronicAbsenceItem {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    #[schema(example = "A-0412")]
    admission_number: Option<String>,
    /// Those the student was in at any time of the term.
    classes: Vec<NamedClass>,
    /// School days up to today on which the student was in a class and a register counts for them.
    #[schema(example = 58)]
    enrolled_days: i64,
    /// School days up to today on which the student was in a class and no register counts for them.
    #[schema(example = 2)]
    untaken_days: i64,
    /// Of the enrolled days, those missed for whatever reason.
    #[schema(example = "6.50")]
    absent_days: String,
    /// `absent_days` of `enrolled_days`, in percent; null without enrolled days.
    #[schema(example = "11.21")]
    absence_rate: Option<String>,
    /// `<5`, `5-10`, `10-20` or `>=20`: the share missed, in percent, exactly and not as rounded; null without enrolled days.
    #[schema(example = "10-20")]
    tier: Option<&'static str>,
    /// Whether the share missed and the number of enrolled days reach what the policy calls chronic.
    chronic: bool,
}

/// The term's absences, and the students in the order of the share they missed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChronicAbsenceResponse {
    from: NaiveDate,
    to: NaiveDate,
    /// The version of the school's policy that says what is chronic; null before there is one.
    policy_version: Option<i32>,
    #[schema(example = 10)]
    chronic_percent: i32,
    #[schema(example = 10)]
    chronic_min_days: i32,
    /// Of the whole term, not of the page.
    tiers: Tiers,
    items: Vec<ChronicAbsenceItem>,
    next_cursor: Option<String>,
}

/// The order: the largest share first, as it is shown; those alike by id.
type Key = (i64, Uuid);

fn key(absence: &AbsenceDays) -> Key {
    let rate = absence.absence_rate().unwrap_or_default();
    let hundredths: i64 = rate.replace('.', "").parse().unwrap_or(-1);
    (-hundredths, absence.student_id)
}

const COLUMNS: [&str; 10] = [
    "student_id",
    "student",
    "admission_number",
    "classes",
    "enrolled_days",
    "untaken_days",
    "absent_days",
    "absence_rate",
    "tier",
    "chronic",
];

/// Lists how much of a term each student missed, for whatever reason, worst first; as CSV all of them, without pages.
///
/// Everybody is listed who was in a class on a school day of the term up to today.
#[utoipa::path(
    tag = "Reports",
    params(ChronicAbsenceParameters, PolicyParameters, PageParameters, CsvParameters),
    responses(
        (status = 200, description = "Students; as CSV with Accept: text/csv.", content(
            (ChronicAbsenceResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 403, description = "Not for teachers.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such term.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter makes no sense.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/reports/chronic-absence",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn list_chronic_absence(
    request: HttpRequest,
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Admin, Role::Auditor])?;
    let period = AskedPeriod::take_term(&mut parameters);
    let version = AskedVersion::take(&mut parameters);
    let wanted = PageRequest::take(&mut parameters)?;
    let csv = CsvOptions::take(&mut parameters);
    parameters.finish()?;
    let mut reading =
        Reading::of_one_moment(&services, &caller, after, ATTENDANCE_AND_ROLLS).await?;
    reading.count_merged().await?;
    let connection = &mut *reading.connection;
    let school_id = caller.school_id;
    let today = calendar::today(&services, connection, school_id).await?;
    let days = period.resolve(connection, school_id, today).await?;
    let so_far = DateRange {
        to: days.to.min(today),
        ..days
    };
    let policy = Policy::in_force(connection, school_id, so_far.to, version).await?;
    let school_days = school_days(connection, school_id, so_far).await?;
    let mut absences = absence_days(connection, school_id, &school_days, None).await?;
    if accepts(request.headers(), "text/csv") {
        let name = format!("chronic-absence-{}-{}.csv", days.from, days.to);
        absences.sort_by_cached_key(key);
        let items = items(connection, school_id, absences, so_far, &policy).await?;
        let lines = items.into_iter().map(ChronicAbsenceItem::line);
        return csv.answer_all(name, &COLUMNS, lines, reading.is_stale);
    }
    let tiers = Tiers::of(&absences);
    let page = Page::of_all(absences, &wanted, key)?;
    let items = items(connection, school_id, page.items, so_far, &policy).await?;
    Ok(reading.answer(&ChronicAbsenceResponse {
        from: days.from,
        to: days.to,
        policy_version: policy.version,
        chronic_percent: policy.chronic_percent,
        chronic_min_days: policy.chronic_min_days,
        tiers,
        items,
        next_cursor: page.next_cursor,
    }))
}

async fn items(
    connection: &mut PgConnection,
    school_id: Uuid,
    absences: Vec<AbsenceDays>,
    days: DateRange,
    policy: &Policy,
) -> Result<Vec<ChronicAbsenceItem>, sqlx::Error> {
    let ids: Vec<Uuid> = absences.iter().map(|absence| absence.student_id).collect();
    let mut named = named_students(connection, school_id, &ids, days).await?;
    let item = |absence: AbsenceDays| {
        let student = named.remove(&absence.student_id).unwrap_or_default();
        ChronicAbsenceItem::new(&absence, student, policy)
    };
    Ok(absences.into_iter().map(item).collect())
}

fn tier(absence: &AbsenceDays) -> Option<&'static str> {
    absence.whole_percent().map(|percent| match percent {
        20.. => ">=20",
        10.. => "10-20",
        5.. => "5-10",
        _ => "<5",
    })
}

impl Tiers {
    fn of(absences: &[AbsenceDays]) -> Self {
        let mut tiers = Self::default();
        for reached in absences.iter().filter_map(tier) {
            match reached {
                ">=20" => tiers.from_20 += 1,
                "10-20" => tiers.from_10 += 1,
                "5-10" => tiers.from_5 += 1,
                _ => tiers.below_5 += 1,
            }
        }
        tiers
    }
}

impl ChronicAbsenceItem {
    fn new(absence: &AbsenceDays, student: NamedStudent, policy: &Policy) -> Self {
        let days_enough = absence.enrolled_days >= i64::from(policy.chronic_min_days);
        let percent = absence.whole_percent();
        let missed_enough = percent.is_some_and(|it| it >= i64::from(policy.chronic_percent));
        Self {
            student_id: absence.student_id,
            name: student.name,
            admission_number: student.admission_number,
            classes: student.classes,
            enrolled_days: absence.enrolled_days,
            untaken_days: absence.untaken_days,
            absent_days: absence.absent_days(),
            absence_rate: absence.absence_rate(),
            tier: tier(absence),
            chronic: days_enough && missed_enough,
        }
    }

    fn line(self) -> Line {
        vec![
            self.student_id.to_string(),
            text(self.name),
            text(self.admission_number),
            NamedStudent::titles(&self.classes),
            self.enrolled_days.to_string(),
            self.untaken_days.to_string(),
            self.absent_days,
            text(self.absence_rate),
            text(self.tier),
            self.chronic.to_string(),
        ]
    }
}
