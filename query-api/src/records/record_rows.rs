//! Records as the list and the export read them.

use chrono::{DateTime, NaiveDate, Utc};
use platform::problem::Problem;
use platform::server::Services;
use uuid::Uuid;

use crate::reading::Reading;
use crate::texts;

/// The entry of a student in a register.
#[derive(Debug)]
pub(super) struct RecordRow {
    pub(super) session_id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) subject_id: Option<Uuid>,
    pub(super) slot: Option<String>,
    pub(super) date: NaiveDate,
    pub(super) student_id: Uuid,
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

/// A record and what was remarked.
pub(super) type RecordWithRemarks = (RecordRow, Option<String>);

/// Opens the remarks of records.
///
/// # Errors
/// The database does not answer.
pub(super) async fn with_remarks(
    services: &Services,
    reading: &mut Reading,
    rows: Vec<RecordRow>,
) -> Result<Vec<RecordWithRemarks>, Problem> {
    let sealed = rows.iter().map(|row| row.remarks.as_deref());
    let school_id = reading.connection.school_id();
    let remarks = texts::open(services, &mut reading.connection, school_id, sealed).await?;
    Ok(rows.into_iter().zip(remarks).collect())
}

/// A checked query over entries `r` of a school, narrowed by a filter. They stand between `$open` and `$close`; the further
/// arguments begin with `$11`.
macro_rules! entries {
    ($row:ty, $select:literal, $open:literal, $close:literal, [$($end:literal),*], $school_id:expr, $filter:expr
     $(, $argument:expr)*) => {{
        let crate::date_range::DateRange { from, to } = $filter.days.or_all_time();
        sqlx::query_as!(
            $row,
            $select + " from ( " + $open + r#"
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
            "# + $close + " ) r " $(+ $end)*,
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
            $($argument),*
        )
    }};
}
pub(super) use entries;

/// A checked query for the records of entries, in an order.
macro_rules! records {
    ($open:literal, $close:literal, $order:literal, $school_id:expr, $filter:expr $(, $argument:expr)*) => {
        crate::records::record_rows::entries!(
            crate::records::record_rows::RecordRow,
            r#"
            select r.session_id as "session_id!", r.class_id as "class_id!", r.subject_id, r.slot, r.date as "date!",
                   r.student_id as "student_id!", r.status as "status!", r.effective_status as "effective_status!",
                   r.minutes_late, r.remarks, r.occurred_at as "occurred_at!", r.recorded_at as "recorded_at!",
                   r.marked_by as "marked_by!", u.name as "marked_by_name?", r.exception_id, r.corrected as "corrected!"
            "#,
            $open,
            $close,
            [r#"
            left join users u on u.school_id = r.school_id and u.user_id = r.marked_by
            "#, $order],
            $school_id,
            $filter
            $(, $argument)*
        )
    };
}
pub(super) use records;
