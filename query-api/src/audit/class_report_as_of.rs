//! `GET /audit/reports/class-report`: the report on a class as it would have been, and what has changed since.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use domain::{AsOf, Slot, StudentId, in_force};
use event_store::feed::Watermark;
use event_store::{StreamEvent, StreamId};
use platform::auth::{Caller, Role};
use platform::problem::Problem;
use platform::server::Services;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::known::{Known, Stood, Surroundings};
use super::merges::{ChangedMerge, Counted, KnownMerges, Merges, changed_merges, everybody};
use super::moment::{AskedMoment, MomentParameters, read_settled};
use super::names::NamedStudent;
use super::{names, streams};
use crate::authority::Scope;
use crate::calendar;
use crate::date_range::{DateRange, NamedDays};
use crate::freshness::After;
use crate::instant::Instant;
use crate::parameters::Parameters;
use crate::policy::Policy;
use crate::reports::{ClassReportResponse, StudentRow};

/// Which class, which days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters, which are read one by one"
)]
pub(crate) struct ClassReportAsOfParameters {
    class_id: Uuid,
    /// The first day of the current term, if it is missing.
    from: Option<NaiveDate>,
    /// The last day of the current term, if it is missing.
    to: Option<NaiveDate>,
}

/// A report as it would have been at a moment, and what is different by now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClassReportAsOfResponse {
    /// What had arrived by then is in it.
    recorded_at: Instant,
    /// The report as of then, by the policy known then.
    then: ClassReportResponse,
    /// The report as of now, by the same arithmetic.
    now: ClassReportResponse,
    /// The registers that say something else by now, by date and slot.
    changes: Vec<ChangedRegister>,
    /// Students of these registers who were merged since, or no longer are: they count under somebody else than then.
    merges: Vec<ChangedMerge>,
}

/// A register that says something else by now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedRegister {
    session_id: Uuid,
    date: NaiveDate,
    subject_id: Option<Uuid>,
    #[schema(example = "am")]
    slot: Option<String>,
    /// Null if nobody knew of the register.
    before: Option<RegisterWords>,
    after: Option<RegisterWords>,
    students: Vec<ChangedStudent>,
}

/// What a register is as a whole.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct RegisterWords {
    /// open or closed.
    #[schema(example = "closed")]
    status: String,
    void: bool,
}

/// A student of whom the register says something else by now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedStudent {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    /// The effective status; null if the student was not in the register.
    #[schema(example = "absent")]
    before: Option<String>,
    #[schema(example = "excused")]
    after: Option<String>,
}

/// Runs the report on a class as it would have been run at a moment, and again as of now, and says what has changed.
///
/// Both are folded from the events that had arrived: registers, the roster and exceptions, the policy, and whom the office had
/// merged: like every report, each counts a child once. `changes` speaks of the registers, which a merge leaves as they are.
#[utoipa::path(
    tag = "Audit",
    params(ClassReportAsOfParameters, MomentParameters),
    responses(
        (status = 200, description = "The report then and now.", body = ClassReportAsOfResponse),
        (status = 403, description = "Only for auditors.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such class.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Something recorded by then could still appear.", body = Problem, content_type = "application/problem+json"),
    )
)]
#[get(
    "/audit/reports/class-report",
    wrap = "actix_web::middleware::from_fn(crate::access_log::log_access)"
)]
pub(crate) async fn get_class_report_as_of(
    services: web::Data<Services>,
    caller: Caller,
    after: After,
    mut parameters: Parameters,
) -> Result<HttpResponse, Problem> {
    caller.require(&[Role::Auditor])?;
    let class_id = parameters.required("class_id");
    let days = NamedDays::take_range(&mut parameters);
    let asked = AskedMoment::take(&mut parameters);
    parameters.finish()?;
    let class_id: Uuid = class_id?;
    let mut reading = read_settled(&services, &caller, after).await?;
    let connection = &mut *reading.connection;
    let school_id = caller.school_id;
    let moment = asked.settle(&services, connection, school_id).await?;
    let today = calendar::today(&services, connection, school_id).await?;
    let days = days.or(calendar::term_at(connection, school_id, today).await?);
    Scope::of(&caller)
        .require_class(connection, class_id, days)
        .await?;
    let class = Class::load(connection, school_id, moment.watermark, class_id, days).await?;
    let (then, now) = (moment.as_of, AsOf::known_at(moment.now));
    let (stood_then, stood_now) = (class.registers(then), class.registers(now));
    let (merged_then, merged_now) = (class.merges.known(then), class.merges.known(now));
    let both = stood_then.values().chain(stood_now.values());
    let everybody = everybody(both, [&merged_then, &merged_now]);
    let students = names::students(connection, school_id, &everybody).await?;
    let shown_then = class.report(connection, (&stood_then, &merged_then), &students, then);
    let shown_then = shown_then.await?;
    let shown_now = class.report(connection, (&stood_now, &merged_now), &students, now);
    let body = ClassReportAsOfResponse {
        recorded_at: then.recorded_at.into(),
        then: shown_then,
        now: shown_now.await?,
        changes: changes(&stood_then, &stood_now, &students),
        merges: changed_merges(&merged_then, &merged_now, &students),
    };
    Ok(reading.answer(&body))
}

/// Everything that was ever recorded about a class on some days.
struct Class {
    school_id: Uuid,
    class_id: Uuid,
    days: DateRange,
    registers: BTreeMap<Uuid, Vec<StreamEvent>>,
    surroundings: Surroundings,
    policy: Vec<StreamEvent>,
    merges: Merges,
}

/// Registers as they stood, by session.
type Registers = BTreeMap<Uuid, Stood>;

impl Class {
    async fn load(
        connection: &mut PgConnection,
        school_id: Uuid,
        watermark: Watermark,
        class_id: Uuid,
        days: DateRange,
    ) -> Result<Self, Problem> {
        let ids = sessions_of(connection, school_id, class_id, days).await?;
        let registers = streams::load(connection, school_id, watermark, &ids).await?;
        let events = registers.values().map(Vec::as_slice);
        let surroundings =
            streams::load_surroundings(connection, school_id, watermark, class_id, events).await?;
        let policy = [StreamId::new(StreamId::SCHOOL_POLICY, school_id)];
        let policy = streams::load(connection, school_id, watermark, &policy).await?;
        Ok(Self {
            school_id,
            class_id,
            days,
            registers: registers
                .into_iter()
                .map(|(id, events)| (id.aggregate_id, events))
                .collect(),
            surroundings,
            policy: policy.into_values().next().unwrap_or_default(),
            merges: Merges::load(connection, school_id, watermark).await?,
        })
    }

    fn registers(&self, as_of: AsOf) -> Registers {
        let known = Known::at(&self.surroundings, as_of);
        let stood = self.registers.iter();
        stood
            .filter_map(|(id, events)| Some((*id, known.register(events)?)))
            .collect()
    }

    async fn report(
        &self,
        connection: &mut PgConnection,
        (registers, merges): (&Registers, &KnownMerges),
        students: &[NamedStudent],
        as_of: AsOf,
    ) -> Result<ClassReportResponse, Problem> {
        let day = calendar::day_of(connection, self.school_id, as_of.recorded_at).await?;
        let policy = self.policy_on(self.days.to.min(day), as_of);
        let counted = registers.values().filter(|stood| !stood.register.void);
        let counted: Vec<_> = counted.map(|stood| merges.counted(stood)).collect();
        let rows = students
            .iter()
            .filter_map(|student| row(student, &counted))
            .collect();
        let number = i64::try_from(counted.len()).unwrap_or(i64::MAX);
        let (class_id, days) = (self.class_id, self.days);
        Ok(ClassReportResponse::new(
            class_id, days, &policy, number, rows,
        ))
    }

    /// The version of the policy that was in force on a day, as far as it was known.
    fn policy_on(&self, date: NaiveDate, as_of: AsOf) -> Policy {
        let shown = as_of.of(self.policy.iter().map(|event| &event.recorded));
        let versions = shown.filter_map(|recorded| match recorded.event.as_policy()? {
            domain::policy::PolicyEvent::PolicySet(version) => Some(version),
        });
        in_force(versions, date).map_or_else(Policy::of_the_beginning, |set| {
            let counts = set.policy.counts;
            let words = [counts.present, counts.late, counts.absent, counts.excused];
            let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
            Policy::of_words(
                number(set.version),
                words.map(|counting| counting.as_str()),
                (
                    number(set.policy.chronic_percent),
                    number(set.policy.chronic_min_days),
                ),
            )
        })
    }
}

/// The streams of all registers of the class on the days: the first event of a stream says which register it is.
async fn sessions_of(
    connection: &mut PgConnection,
    school_id: Uuid,
    class_id: Uuid,
    days: DateRange,
) -> Result<Vec<StreamId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        r#"
        select aggregate_id::uuid as "session_id!" from events
        where school_id = $1 and class_id = $2 and aggregate_type = 'attendance_session' and sequence = 1
          and payload -> event_type -> 'session' ->> 'date' between $3 and $4
        "#,
        school_id,
        class_id.to_string(),
        days.from.to_string(),
        days.to.to_string(),
    )
    .fetch_all(connection)
    .await?;
    Ok(ids
        .into_iter()
        .map(|id| StreamId::session(id.into()))
        .collect())
}

/// What the registers add up to for a student; none if the student is in none.
fn row(student: &NamedStudent, registers: &[BTreeMap<StudentId, Counted>]) -> Option<StudentRow> {
    let student_id: StudentId = student.student_id.into();
    let mut row = StudentRow {
        student_id: student.student_id,
        name: student.name.clone(),
        admission_number: student.admission_number.clone(),
        present: 0,
        absent: 0,
        late: 0,
        excused: 0,
        unmarked: 0,
        minutes_late: 0,
    };
    let mut registers = registers
        .iter()
        .filter_map(|counted| counted.get(&student_id))
        .peekable();
    registers.peek()?;
    for said in registers {
        use domain::EntryStatus::{Absent, Excused, Late, Present, Unmarked};
        match said.effective_status {
            Present => row.present += 1,
            Absent => row.absent += 1,
            Excused => row.excused += 1,
            Unmarked => row.unmarked += 1,
            Late => {
                row.late += 1;
                let minutes = said.minutes_late;
                row.minutes_late += minutes.map_or(0, |minutes| minutes.get().into());
            }
        }
    }
    Some(row)
}

fn changes(then: &Registers, now: &Registers, students: &[NamedStudent]) -> Vec<ChangedRegister> {
    let ids: BTreeSet<&Uuid> = then.keys().chain(now.keys()).collect();
    let changes = ids.into_iter().filter_map(|id| {
        let (before, after) = (then.get(id), now.get(id));
        let key = &before.or(after)?.register.key;
        let change = ChangedRegister {
            session_id: *id,
            date: key.date,
            subject_id: key.subject_id.map(Into::into),
            slot: key.slot.as_ref().map(Slot::to_string),
            before: before.map(words),
            after: after.map(words),
            students: changed_students(before, after, students),
        };
        let is_change = change.before != change.after || !change.students.is_empty();
        is_change.then_some(change)
    });
    let mut changes: Vec<ChangedRegister> = changes.collect();
    changes.sort_by(|one, other| {
        let order = |it: &ChangedRegister| (it.date, it.slot.clone(), it.session_id);
        order(one).cmp(&order(other))
    });
    changes
}

fn words(stood: &Stood) -> RegisterWords {
    RegisterWords {
        status: stood.register.status.as_str().to_owned(),
        void: stood.register.void,
    }
}

fn changed_students(
    before: Option<&Stood>,
    after: Option<&Stood>,
    students: &[NamedStudent],
) -> Vec<ChangedStudent> {
    let said = |stood: Option<&Stood>, student_id: Uuid| {
        let student = stood?.students.get(&student_id.into())?;
        Some(student.effective_status.as_str().to_owned())
    };
    let changes = students.iter().map(|student| ChangedStudent {
        student_id: student.student_id,
        name: student.name.clone(),
        before: said(before, student.student_id),
        after: said(after, student.student_id),
    });
    changes
        .filter(|change| change.before != change.after)
        .collect()
}
