//! `register_entries`: one row a student with a current entry.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{Entry, Instant, MinutesLate, SchoolId, SealedText, SessionKey, Slot};
use sqlx::PgConnection;
use uuid::Uuid;

use super::registers::TouchedRegister;
use crate::error::Error;

#[derive(Default)]
struct Rows<'a> {
    session_id: Vec<Uuid>,
    student_id: Vec<Uuid>,
    class_id: Vec<Uuid>,
    date: Vec<NaiveDate>,
    subject_id: Vec<Option<Uuid>>,
    slot: Vec<Option<&'a str>>,
    status: Vec<&'static str>,
    minutes_late: Vec<Option<i16>>,
    remarks: Vec<Option<&'a [u8]>>,
    occurred_at: Vec<Instant>,
    recorded_at: Vec<Instant>,
    marked_by: Vec<Uuid>,
    device_id: Vec<Option<Uuid>>,
    command_id: Vec<Uuid>,
    correction_reason: Vec<Option<&'a [u8]>>,
    original_status: Vec<Option<&'static str>>,
    void: Vec<bool>,
}

impl<'a> Rows<'a> {
    fn of(registers: &'a [TouchedRegister]) -> Self {
        let mut rows = Self::default();
        for touched in registers {
            let register = &touched.register;
            for entry in register.entries.values() {
                rows.session_id.push(touched.session_id.into());
                rows.void.push(register.void);
                rows.push_key(&register.key);
                rows.push_entry(entry);
            }
        }
        rows
    }

    fn push_key(&mut self, key: &'a SessionKey) {
        self.class_id.push(key.class_id.into());
        self.date.push(key.date);
        self.subject_id.push(key.subject_id.map(Into::into));
        self.slot.push(key.slot.as_ref().map(Slot::as_str));
    }

    fn push_entry(&mut self, entry: &'a Entry) {
        let correction = entry.correction.as_ref();
        self.student_id.push(entry.student_id.into());
        self.status.push(entry.status.as_str());
        self.minutes_late
            .push(entry.minutes_late.map(MinutesLate::get).map(minutes_column));
        self.remarks
            .push(entry.remarks.as_ref().map(SealedText::as_bytes));
        self.occurred_at.push(entry.occurred_at);
        self.recorded_at.push(entry.recorded_at);
        self.marked_by.push(entry.marked_by.into());
        self.device_id.push(entry.device_id.map(Into::into));
        self.command_id.push(entry.command_id.into());
        self.correction_reason
            .push(correction.map(|correction| correction.reason.as_bytes()));
        self.original_status
            .push(correction.map(|correction| correction.original_status.as_str()));
    }
}

/// Lateness is at most 240 minutes, so nothing is cut off.
fn minutes_column(minutes: u16) -> i16 {
    i16::try_from(minutes).unwrap_or(i16::MAX)
}

/// A student on a day.
pub(super) type StudentDay = (Uuid, NaiveDate);

/// Makes the entries of the registers the only ones they have. Answers whose they are and were, on which days.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
) -> Result<BTreeSet<StudentDay>, Error> {
    if registers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = Rows::of(registers);
    upsert(connection, school_id, &rows).await?;
    let mut touched = delete_gone(connection, school_id, registers, &rows).await?;
    touched.extend(rows.student_id.into_iter().zip(rows.date));
    Ok(touched)
}

/// Writes what differs and nothing else. An absence is looked up among the approved exceptions on the way.
async fn upsert(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rows: &Rows<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into register_entries as e (school_id, session_id, student_id, class_id, date, subject_id, slot, status,
           effective_status, exception_id, minutes_late, remarks, occurred_at, recorded_at, marked_by, device_id,
           command_id, corrected, correction_reason, original_status, void)
         select $1, t.session_id, t.student_id, t.class_id, t.date, t.subject_id, t.slot, t.status,
           case when x.exception_id is null then t.status else 'excused' end, x.exception_id, t.minutes_late, t.remarks,
           t.occurred_at, t.recorded_at, t.marked_by, t.device_id, t.command_id, t.original_status is not null,
           t.correction_reason, t.original_status, t.void
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::uuid[], $7::text[], $8::text[], $9::smallint[],
             $10::bytea[], $11::timestamptz[], $12::timestamptz[], $13::uuid[], $14::uuid[], $15::uuid[], $16::bytea[],
             $17::text[], $18::boolean[])
           as t (session_id, student_id, class_id, date, subject_id, slot, status, minutes_late, remarks, occurred_at,
             recorded_at, marked_by, device_id, command_id, correction_reason, original_status, void)
         left join lateral (
           select x.exception_id from exceptions x
           where t.status = 'absent' and x.school_id = $1 and x.student_id = t.student_id and x.state = 'approved'
             and t.date between x.start_date and x.end_date and (x.slots is null or t.slot = any(x.slots))
           order by x.start_date, x.exception_id limit 1
         ) x on true
         on conflict on constraint register_entries_pkey do update
         set class_id = excluded.class_id, date = excluded.date, subject_id = excluded.subject_id,
             slot = excluded.slot, status = excluded.status, effective_status = excluded.effective_status,
             exception_id = excluded.exception_id, minutes_late = excluded.minutes_late, remarks = excluded.remarks,
             occurred_at = excluded.occurred_at, recorded_at = excluded.recorded_at, marked_by = excluded.marked_by,
             device_id = excluded.device_id, command_id = excluded.command_id, corrected = excluded.corrected,
             correction_reason = excluded.correction_reason, original_status = excluded.original_status,
             void = excluded.void
         where e.* is distinct from excluded.*",
        school_id.as_uuid(),
        &rows.session_id,
        &rows.student_id,
        &rows.class_id,
        &rows.date,
        &rows.subject_id as &[Option<Uuid>],
        &rows.slot as &[Option<&str>],
        &rows.status as &[&str],
        &rows.minutes_late as &[Option<i16>],
        &rows.remarks as &[Option<&[u8]>],
        &rows.occurred_at,
        &rows.recorded_at,
        &rows.marked_by,
        &rows.device_id as &[Option<Uuid>],
        &rows.command_id,
        &rows.correction_reason as &[Option<&[u8]>],
        &rows.original_status as &[Option<&str>],
        &rows.void,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A late close un-counts the marks after it, so a student can lose the entry again.
///
/// Written so that the plan is the same with and without statistics, which new tables do not have: a look-up by key for
/// each register (`offset 0` keeps it one), and one hash of the entries that stay (`not in`, without nulls).
async fn delete_gone(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
    rows: &Rows<'_>,
) -> Result<BTreeSet<StudentDay>, Error> {
    let touched: Vec<Uuid> = registers.iter().map(|r| r.session_id.into()).collect();
    let gone = sqlx::query!(
        "with gone as materialized (
           select had.student_id, had.session_id
           from unnest($2::uuid[]) as touched (session_id)
           cross join lateral (
             select e.session_id, e.student_id from register_entries e
             where e.school_id = $1 and e.session_id = touched.session_id offset 0
           ) had
           where (had.session_id, had.student_id) not in (
             select t.session_id, t.student_id from unnest($3::uuid[], $4::uuid[]) as t (session_id, student_id))
         )
         delete from register_entries e using gone
         where e.school_id = $1 and e.session_id = gone.session_id and e.student_id = gone.student_id
         returning e.student_id, e.date",
        school_id.as_uuid(),
        &touched,
        &rows.session_id,
        &rows.student_id,
    )
    .fetch_all(connection)
    .await?;
    Ok(gone
        .into_iter()
        .map(|row| (row.student_id, row.date))
        .collect())
}
