//! The one query behind the list of records and its CSV.

use chrono::{DateTime, NaiveDate, Utc};
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::authority::Scope;
use crate::date_range::{DateRange, NamedDays};
use crate::page::PageRequest;
use crate::pages::Batch;
use crate::parameters::{Parameters, SlotName};
use crate::reading::Reading;
use crate::texts;

/// What narrows records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "describes the parameters; RecordFilter is what is read"
)]
pub(crate) struct RecordFilterParameters {
    class_id: Option<Uuid>,
    student_id: Option<Uuid>,
    date: Option<NaiveDate>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    /// What was seen: present, absent, late, excused, unmarked.
    #[param(example = "absent")]
    status: Option<String>,
    /// What reports use.
    #[param(example = "excused")]
    effective_status: Option<String>,
    marked_by: Option<Uuid>,
    subject_id: Option<Uuid>,
    #[param(example = "am")]
    slot: Option<String>,
}

/// Which records are wanted.
#[derive(Debug, Clone)]
pub(super) struct RecordFilter {
    class_id: Option<Uuid>,
    student_id: Option<Uuid>,
    pub(super) days: NamedDays,
    status: Option<&'static str>,
    effective_status: Option<&'static str>,
    marked_by: Option<Uuid>,
    subject_id: Option<Uuid>,
    slot: Option<SlotName>,
}

const STATUSES: [&str; 5] = ["present", "absent", "late", "excused", "unmarked"];

impl RecordFilter {
    /// Takes the parameters that narrow records.
    pub(super) fn take(parameters: &mut Parameters) -> Self {
        Self {
            class_id: parameters.optional("class_id"),
            student_id: parameters.optional("student_id"),
            days: NamedDays::take(parameters),
            status: parameters.one_of("status", &STATUSES),
            effective_status: parameters.one_of("effective_status", &STATUSES),
            marked_by: parameters.optional("marked_by"),
            subject_id: parameters.optional("subject_id"),
            slot: parameters.optional("slot"),
        }
    }

    /// Requires that the class and the student that are named exist, and that the caller may see the class.
    ///
    /// # Errors
    /// `unknown-class`, `forbidden-class`, `unknown-student`.
    pub(super) async fn require_visible(
        &self,
        connection: &mut PgConnection,
        scope: Scope,
    ) -> Result<(), Problem> {
        if let Some(class_id) = self.class_id {
            scope
                .require_class(connection, class_id, self.days.or_all_time())
                .await?;
        }
        if let Some(student_id) = self.student_id {
            scope.require_student(connection, student_id).await?;
        }
        Ok(())
    }
}

/// The order of records, which never changes for a record.
pub(super) type RecordKey = (NaiveDate, Uuid, Uuid);

/// A record with the names that go with it.
#[derive(Debug)]
pub(super) struct RecordRow {
    pub(super) session_id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) class: Option<String>,
    pub(super) subject_id: Option<Uuid>,
    pub(super) subject: Option<String>,
    pub(super) slot: Option<String>,
    pub(super) date: NaiveDate,
    pub(super) student_id: Uuid,
    pub(super) student: Option<String>,
    pub(super) admission_number: Option<String>,
    pub(super) status: String,
    pub(super) effective_status: String,
    pub(super) minutes_late: Option<i16>,
    pub(super) remarks: Option<Vec<u8>>,
    pub(super) occurred_at: DateTime<Utc>,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) marked_by: Uuid,
    pub(super) marked_by_name: Option<String>,
    pub(super) exception_id: Option<Uuid>,
    pub(super) corrected: bool,
}

/// A page of records, each with its remarks opened.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_records(
    services: &Services,
    reading: &mut Reading,
    caller: &Caller,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Batch<(RecordRow, Option<String>), RecordKey>, Problem> {
    let mut rows = select(&mut reading.connection, Scope::of(caller), filter, page).await?;
    let next = page.cut(&mut rows, |row| (row.date, row.session_id, row.student_id));
    let sealed = rows.iter().map(|row| row.remarks.as_deref());
    let remarks = texts::open(services, &mut reading.connection, caller.school_id, sealed).await?;
    Ok(Batch {
        items: rows.into_iter().zip(remarks).collect(),
        next,
    })
}

async fn select(
    connection: &mut PgConnection,
    scope: Scope,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    match scope.teacher() {
        None => of_school(connection, scope.school_id(), filter, page).await,
        Some(teacher) => of_teacher(connection, scope.school_id(), teacher, filter, page).await,
    }
}

/// A checked query for a page of entries. Between `$open` and `$close` stand entries `r` of a school, narrowed, in order
/// and no more than fill the page.
macro_rules! record_rows {
    ($school_id:expr, $filter:expr, $page:expr, $open:literal, $close:literal $(, $argument:expr)*) => {{
        let DateRange { from, to } = $filter.days.or_all_time();
        let (after_date, after_session, after_student) =
            $page.after.unwrap_or((from, Uuid::nil(), Uuid::nil()));
        sqlx::query_as!(
            RecordRow,
            r#"
            select r.session_id as "session_id!", r.class_id as "class_id!", c.title as "class?", r.subject_id,
                   b.title as "subject?", r.slot, r.date as "date!", r.student_id as "student_id!", s.name as "student?",
                   s.admission_number as "admission_number?", r.status as "status!",
                   r.effective_status as "effective_status!", r.minutes_late, r.remarks, r.occurred_at as "occurred_at!",
                   r.recorded_at as "recorded_at!", r.marked_by as "marked_by!", u.name as "marked_by_name?",
                   r.exception_id, r.corrected as "corrected!"
            from (
            "# + $open + r#"
                select r.* from register_entries r
                where r.school_id = $1 and not r.void
                  and r.date between $2 and $3
                  and ($4::uuid is null or r.class_id = $4)
                  and ($5::uuid is null or r.student_id = $5)
                  and ($6::text is null or r.status = $6)
                  and ($7::text is null or r.effective_status = $7)
                  and ($8::uuid is null or r.marked_by = $8)
                  and ($9::uuid is null or r.subject_id = $9)
                  and ($10::text is null or r.slot = $10)
                  and (r.date, r.session_id, r.student_id) > ($11::date, $12::uuid, $13::uuid)
            "# + $close + r#"
                order by r.date, r.session_id, r.student_id
                limit $14
            ) r
            left join classes c on c.school_id = r.school_id and c.class_id = r.class_id
            left join subjects b on b.school_id = r.school_id and b.subject_id = coalesce(r.subject_id, c.subject_id)
            left join students s on s.school_id = r.school_id and s.student_id = r.student_id
            left join users u on u.school_id = r.school_id and u.user_id = r.marked_by
            order by r.date, r.session_id, r.student_id
            "#,
            $school_id,
            from,
            to,
            $filter.class_id,
            $filter.student_id,
            $filter.status,
            $filter.effective_status,
            $filter.marked_by,
            $filter.subject_id,
            $filter.slot.as_ref().map(|slot| slot.0.as_str()),
            after_date,
            after_session,
            after_student,
            $page.rows(),
            $($argument),*
        )
    }};
}

async fn of_school(
    connection: &mut PgConnection,
    school_id: Uuid,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    record_rows!(school_id, filter, page, "", "")
        .fetch_all(connection)
        .await
}

/// A page's worth of each time the teacher had a class, then the first of all those: a range of
/// `register_entries_class_date_idx` each, however large the school. A teacher's times in one class do not overlap, so no
/// entry comes twice.
async fn of_teacher(
    connection: &mut PgConnection,
    school_id: Uuid,
    teacher: Uuid,
    filter: &RecordFilter,
    page: &PageRequest<RecordKey>,
) -> Result<Vec<RecordRow>, sqlx::Error> {
    record_rows!(
        school_id,
        filter,
        page,
        "select r.* from teaching_periods t cross join lateral (",
        r#"
            and r.class_id = t.class_id
            and r.date >= t.from_date and (t.until_date is null or r.date < t.until_date)
            order by r.date, r.session_id, r.student_id
            limit $14
        ) r
        where t.school_id = $1 and t.teacher_id = $15
        "#,
        teacher
    )
    .fetch_all(connection)
    .await
}
