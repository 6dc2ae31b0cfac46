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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
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

impl Counts {
    /// Counts the students of a register by their effective statuses.
    pub(crate) fn of<'a>(statuses: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            counts.roster += 1;
            let (count, marked) = match status {
                "present" => (&mut counts.present, 1),
                "absent" => (&mut counts.absent, 1),
                "late" => (&mut counts.late, 1),
                "excused" => (&mut counts.excused, 1),
                _ => (&mut counts.unmarked, 0),
            };
            *count += 1;
            counts.marked += marked;
        }
        counts
    }
}

/// A register, without its students.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionSummary {
    pub(crate) id: Uuid,
    pub(crate) class_id: Uuid,
    pub(crate) date: NaiveDate,
    /// Null where the class has one subject or none.
    pub(crate) subject_id: Option<Uuid>,
    #[schema(example = "am")]
    pub(crate) slot: Option<String>,
    /// open or closed.
    #[schema(example = "closed")]
    pub(crate) status: String,
    /// Outside every rate and expectation.
    pub(crate) void: bool,
    pub(crate) counts: Counts,
    pub(crate) opened_at: Option<Instant>,
    pub(crate) closed_at: Option<Instant>,
    pub(crate) closed_by: Option<Uuid>,
    /// The position of the last event that changed it: what to send as `changed_after`.
    #[schema(value_type = String, example = "1-2fa-1c40")]
    pub(crate) changed_position: Position,
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
    /// The entries as JSON, if they were asked for; see `marks_of_sessions`. Read in the same statement because two would
    /// see two moments of the register.
    pub(super) entries: Option<String>,
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

    /// The register with these counts.
    ///
    /// # Errors
    /// The columns hold no position.
    pub(super) fn into_summary(self, counts: Counts) -> Result<SessionSummary, Problem> {
        Ok(SessionSummary {
            counts,
            changed_position: self.changed()?,
            id: self.session_id,
            class_id: self.class_id,
            date: self.date,
            subject_id: self.subject_id,
            slot: self.slot,
            status: self.status,
            void: self.void,
            opened_at: self.opened_at.map(Instant::from),
            closed_at: self.closed_at.map(Instant::from),
            closed_by: self.closed_by,
        })
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
        let counts = row.counts();
        row.into_summary(counts)
    }
}

/// A checked query for registers `r` that the caller may see. `$1` is the school, `$2` the scope's teacher, `$3` whether
/// the entries are wanted too; the tail narrows, orders and limits.
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
                   r.changed_epoch, r.changed_transaction_id::text as "changed_transaction_id!", r.changed_position,
                   case when $3 then (
                       select json_agg(entry order by entry.student_id) from (
                           select e.student_id, e.effective_status, e.exception_id, e.status, e.minutes_late,
                                  translate(encode(e.remarks, 'base64'), E'\n', '') as remarks,
                                  e.occurred_at, e.recorded_at, e.marked_by, u.name as marked_by_name, e.command_id,
                                  e.corrected, translate(encode(e.correction_reason, 'base64'), E'\n', '')
                                      as correction_reason,
                                  e.original_status
                           from register_entries e
                           left join users u on u.school_id = e.school_id and u.user_id = e.marked_by
                           where e.school_id = r.school_id and e.session_id = r.session_id
                       ) entry
                   )::text end as entries
            from register_sessions r
            where
            "#,
            $tail,
            $($argument),+
        )
    };
}
pub(super) use session_rows;
