//! The one query behind the list of records and its CSV.

use chrono::{DateTime, NaiveDate, Utc};
use platform::auth::Caller;
use platform::problem::Problem;
use platform::server::Services;
use sqlx::PgConnection;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::authority::{Scope, visible_query_as};
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
    let DateRange { from, to } = filter.days.or_all_time();
    let (after_date, after_session, after_student) =
        page.after.unwrap_or((from, Uuid::nil(), Uuid::nil()));
    visible_query_as!(
        RecordRow,
        r#"
        select r.session_id, r.class_id, c.title as "class?", r.subject_id, b.title as "subject?", r.slot, r.date,
               r.student_id, s.name as "student?", s.admission_number as "admission_number?", r.status,
               r.effective_status, r.minutes_late, r.remarks, r.occurred_at, r.recorded_at, r.marked_by,
               u.name as "marked_by_name?", r.exception_id, r.corrected
        from register_entries r
        left join classes c on c.school_id = r.school_id and c.class_id = r.class_id
        left join subjects b on b.school_id = r.school_id and b.subject_id = coalesce(r.subject_id, c.subject_id)
        left join students s on s.school_id = r.school_id and s.student_id = r.student_id
        left join users u on u.school_id = r.school_id and u.user_id = r.marked_by
        where not r.void and
        "#,
        r#"
        and r.date between $3 and $4
        and ($5::uuid is null or r.class_id = $5)
        and ($6::uuid is null or r.student_id = $6)
        and ($7::text is null or r.status = $7)
        and ($8::text is null or r.effective_status = $8)
        and ($9::uuid is null or r.marked_by = $9)
        and ($10::uuid is null or r.subject_id = $10)
        and ($11::text is null or r.slot = $11)
        and (r.date, r.session_id, r.student_id) > ($12::date, $13::uuid, $14::uuid)
        order by r.date, r.session_id, r.student_id
        limit $15
        "#,
        scope.school_id(),
        scope.teacher(),
        from,
        to,
        filter.class_id,
        filter.student_id,
        filter.status,
        filter.effective_status,
        filter.marked_by,
        filter.subject_id,
        filter.slot.as_ref().map(|slot| slot.0.as_str()),
        after_date,
        after_session,
        after_student,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}
