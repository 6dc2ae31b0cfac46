//! A register in one line: what it is about, whether it is open, how many are what.

use chrono::{DateTime, NaiveDate, Utc};
use platform::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::instant::Instant;
use crate::position::Position;

/// How many students of the register are what, by effective status. `roster = marked + unmarked`, and
/// `marked = present + absent + late + excused`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"roster": 40, "marked": 39, "unmarked": 1, "present": 35, "absent": 2, "late": 1, "excused": 1}))]
pub(crate) struct Counts {
    /// Students enrolled on the date, and those with an entry all the same.
    pub(super) roster: i64,
    pub(super) marked: i64,
    pub(super) unmarked: i64,
    pub(super) present: i64,
    pub(super) absent: i64,
    pub(super) late: i64,
    pub(super) excused: i64,
}

/// A register, without its students.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionSummary {
    pub(super) id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) date: NaiveDate,
    /// Null where the class has one subject or none.
    pub(super) subject_id: Option<Uuid>,
    #[schema(example = "am")]
    pub(super) slot: Option<String>,
    /// open or closed.
    #[schema(example = "closed")]
    pub(super) status: String,
    /// Outside every rate and expectation.
    pub(super) void: bool,
    pub(super) counts: Counts,
    pub(super) opened_at: Option<Instant>,
    pub(super) closed_at: Option<Instant>,
    pub(super) closed_by: Option<Uuid>,
    /// The position of the last event that changed it: what to send as `changed_after`.
    #[schema(value_type = String, example = "1-2fa-1c40")]
    pub(super) changed_position: Position,
}

/// The columns of a register. Counts are of students with an entry; `without_entry` are the others of the roster.
#[derive(Debug)]
pub(super) struct SessionRow {
    pub(super) session_id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) date: NaiveDate,
    pub(super) subject_id: Option<Uuid>,
    pub(super) slot: Option<String>,
    pub(super) status: String,
    pub(super) void: bool,
    pub(super) opened_at: Option<DateTime<Utc>>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    pub(super) closed_by: Option<Uuid>,
    pub(super) present: i32,
    pub(super) absent: i32,
    pub(super) late: i32,
    pub(super) excused: i32,
    pub(super) unmarked: i32,
    pub(super) without_entry: i64,
    pub(super) changed_epoch: i32,
    pub(super) changed_transaction_id: String,
    pub(super) changed_position: i64,
}

impl SessionRow {
    /// The register's place in the order of changes.
    ///
    /// # Errors
    /// The columns hold no position.
    pub(super) fn changed(&self) -> Result<Position, Problem> {
        Position::from_columns(
            self.changed_epoch,
            &self.changed_transaction_id,
            self.changed_position,
        )
        .map_err(Problem::internal)
    }

    fn counts(&self) -> Counts {
        let marked = [self.present, self.absent, self.late, self.excused]
            .map(i64::from)
            .iter()
            .sum();
        let unmarked = i64::from(self.unmarked) + self.without_entry;
        Counts {
            roster: marked + unmarked,
            marked,
            unmarked,
            present: self.present.into(),
            absent: self.absent.into(),
            late: self.late.into(),
            excused: self.excused.into(),
        }
    }
}

impl TryFrom<SessionRow> for SessionSummary {
    type Error = Problem;

    fn try_from(row: SessionRow) -> Result<Self, Problem> {
        Ok(Self {
            counts: row.counts(),
            changed_position: row.changed()?,
            id: row.session_id,
            class_id: row.class_id,
            date: row.date,
            subject_id: row.subject_id,
            slot: row.slot,
            status: row.status,
            void: row.void,
            opened_at: row.opened_at.map(Instant::from),
            closed_at: row.closed_at.map(Instant::from),
            closed_by: row.closed_by,
        })
    }
}

/// A checked query for registers `r` that the caller may see. `$1` is the school, `$2` the scope's teacher; the tail
/// narrows, orders and limits.
macro_rules! session_rows {
    ($tail:literal, $($argument:expr),+ $(,)?) => {
        crate::authority::visible_query_as!(
            crate::sessions::summary::SessionRow,
            r#"
            select r.session_id, r.class_id, r.date, r.subject_id, r.slot, r.status, r.void,
                   r.opened_at, r.closed_at, r.closed_by,
                   r.present, r.absent, r.late, r.excused, r.unmarked,
                   (
                       select count(*) from enrolment_periods p
                       where p.school_id = r.school_id and p.class_id = r.class_id
                         and p.from_date <= r.date and (p.until_date is null or p.until_date > r.date)
                         and not exists (
                             select from register_entries e
                             where e.school_id = r.school_id and e.session_id = r.session_id
                               and e.student_id = p.student_id
                         )
                   ) as "without_entry!",
                   r.changed_epoch, r.changed_transaction_id::text as "changed_transaction_id!", r.changed_position
            from register_sessions r
            where
            "#,
            $tail,
            $($argument),+
        )
    };
}
pub(super) use session_rows;
