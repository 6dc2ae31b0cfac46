//! The students of one register: the roster of its date and whoever has an entry. The roster lists whom the office merged
//! once, under the name they count as; an entry stays with the record it was made for.

use sqlx::PgConnection;
use uuid::Uuid;

use super::get_session::{ListedStudent, Standing, StudentConflict};
use super::mark::MarkRow;
use super::summary::SessionRow;

/// Every student of the register, by name, with the current entry if there is one.
///
/// # Errors
/// The database does not answer.
pub(super) async fn students_of_session(
    connection: &mut PgConnection,
    school_id: Uuid,
    session: &SessionRow,
) -> Result<Vec<(Standing, Option<MarkRow>)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        StudentRow,
        r#"
        select listed.student_id as "student_id!", coalesce(s.name, '') as "name!", s.admission_number as "admission_number?",
               listed.on_roster as "on_roster!", d.into_id as "merged_into?",
               (d.into_id is null or not exists (
                   select from merged.members m
                   join register_entries o on o.school_id = m.school_id and o.session_id = $4 and o.student_id = m.student_id
                   where m.school_id = $1 and m.into_id = d.into_id
                     and (m.student_id = d.into_id or m.student_id < listed.student_id)
               )) as "counts!",
               e.status as "status?", e.effective_status as "effective_status?", e.exception_id,
               e.minutes_late as "minutes_late?", e.remarks, e.occurred_at as "occurred_at?",
               e.recorded_at as "recorded_at?", e.marked_by as "marked_by?", u.name as "marked_by_name?",
               e.command_id as "command_id?", e.corrected as "corrected?", e.correction_reason, e.original_status,
               c.kind as "conflict_kind?", c.state as "conflict_state?", c.lost_command_id as "lost_command_id?",
               c.lost_by as "lost_by?", c.lost_status as "lost_status?",
               c.lost_occurred_at as "lost_occurred_at?"
        from (
            select student_id, bool_or(on_roster) as on_roster
            from (
                select p.student_id, true as on_roster from enrolment_periods p
                where p.school_id = $1 and p.class_id = $2
                  and p.from_date <= $3 and (p.until_date is null or p.until_date > $3)
                union all
                select d.into_id, true from merged.doubles d
                join enrolment_periods p on p.school_id = d.school_id and p.student_id = d.student_id
                where d.school_id = $1 and p.class_id = $2
                  and p.from_date <= $3 and (p.until_date is null or p.until_date > $3)
                union all
                select student_id, false from register_entries where school_id = $1 and session_id = $4
            ) both_ways group by student_id
        ) listed
        left join merged.doubles d on d.school_id = $1 and d.student_id = listed.student_id
        left join students s on s.school_id = $1 and s.student_id = listed.student_id
        left join register_entries e
            on e.school_id = $1 and e.session_id = $4 and e.student_id = listed.student_id
        left join users u on u.school_id = $1 and u.user_id = e.marked_by
        left join lateral (
            select kind, state, lost_command_id, lost_by, lost_status, lost_occurred_at from conflicts
            where school_id = $1 and session_id = $4 and student_id = listed.student_id and state <> 'settled'
            order by lost_occurred_at desc, lost_command_id desc limit 1
        ) c on true
        where e.student_id is not null or (d.into_id is null and not exists (
            select from merged.doubles m
            join register_entries o on o.school_id = m.school_id and o.session_id = $4 and o.student_id = m.student_id
            where m.school_id = $1 and m.into_id = listed.student_id
        ))
        order by s.sort_name, listed.student_id
        "#,
        school_id,
        session.class_id,
        session.date,
        session.session_id,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(StudentRow::into_parts).collect())
}

/// The columns; those of the entry and of the conflict are there together or not at all.
struct StudentRow {
    student_id: Uuid,
    name: String,
    admission_number: Option<String>,
    on_roster: bool,
    merged_into: Option<Uuid>,
    counts: bool,
    status: Option<String>,
    effective_status: Option<String>,
    exception_id: Option<Uuid>,
    minutes_late: Option<i16>,
    remarks: Option<Vec<u8>>,
    occurred_at: Option<chrono::DateTime<chrono::Utc>>,
    recorded_at: Option<chrono::DateTime<chrono::Utc>>,
    marked_by: Option<Uuid>,
    marked_by_name: Option<String>,
    command_id: Option<Uuid>,
    corrected: Option<bool>,
    correction_reason: Option<Vec<u8>>,
    original_status: Option<String>,
    conflict_kind: Option<String>,
    conflict_state: Option<String>,
    lost_command_id: Option<Uuid>,
    lost_by: Option<Uuid>,
    lost_status: Option<String>,
    lost_occurred_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl StudentRow {
    fn into_parts(mut self) -> (Standing, Option<MarkRow>) {
        let standing = Standing {
            counts: self.counts,
            conflict: self.take_conflict(),
            effective_status: self
                .effective_status
                .take()
                .unwrap_or_else(|| "unmarked".to_owned()),
            exception_id: self.exception_id,
            student: ListedStudent {
                student_id: self.student_id,
                name: std::mem::take(&mut self.name),
                admission_number: self.admission_number.take(),
                on_roster: self.on_roster,
                merged_into: self.merged_into,
            },
        };
        (standing, self.into_mark())
    }

    fn take_conflict(&mut self) -> Option<StudentConflict> {
        Some(StudentConflict {
            kind: self.conflict_kind.take()?,
            state: self.conflict_state.take()?,
            mark_id: self.lost_command_id?,
            other_by: self.lost_by?,
            other_status: self.lost_status.take()?,
            other_at: self.lost_occurred_at?.into(),
        })
    }

    fn into_mark(self) -> Option<MarkRow> {
        Some(MarkRow {
            status: self.status?,
            minutes_late: self.minutes_late,
            remarks: self.remarks,
            occurred_at: self.occurred_at?,
            recorded_at: self.recorded_at?,
            marked_by: self.marked_by?,
            marked_by_name: self.marked_by_name,
            command_id: self.command_id?,
            corrected: self.corrected?,
            correction_reason: self.correction_reason,
            original_status: self.original_status,
        })
    }
}
