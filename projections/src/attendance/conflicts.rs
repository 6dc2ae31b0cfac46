//! `conflicts`: one row a mark that lost to another person.

use chrono::NaiveDate;
use domain::{Instant, SchoolId, SealedText, Side, Statement};
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
    kind: Vec<&'static str>,
    state: Vec<&'static str>,
    lost: Sides,
    won: Sides,
    statements: Statements<'a>,
}

#[derive(Default)]
struct Sides {
    by: Vec<Uuid>,
    status: Vec<&'static str>,
    occurred_at: Vec<Instant>,
    recorded_at: Vec<Instant>,
    device_id: Vec<Option<Uuid>>,
    command_id: Vec<Uuid>,
}

impl<'a> Rows<'a> {
    fn of(registers: &'a [TouchedRegister]) -> Self {
        let mut rows = Self::default();
        for touched in registers {
            let key = &touched.register.key;
            for conflict in &touched.register.conflicts {
                rows.session_id.push(touched.session_id.into());
                rows.student_id.push(conflict.student_id.into());
                rows.class_id.push(key.class_id.into());
                rows.date.push(key.date);
                rows.kind.push(conflict.kind.as_str());
                rows.state.push(conflict.state.as_str());
                rows.lost.push(&conflict.lost);
                rows.won.push(&conflict.won);
                rows.statements.push(conflict.statement.as_ref());
            }
        }
        rows
    }
}

#[derive(Default)]
struct Statements<'a> {
    by: Vec<Option<Uuid>>,
    at: Vec<Option<Instant>>,
    reason: Vec<Option<&'a [u8]>>,
}

impl<'a> Statements<'a> {
    fn push(&mut self, statement: Option<&'a Statement>) {
        self.by.push(statement.map(|said| said.by.into()));
        self.at.push(statement.map(|said| said.occurred_at));
        let reason = statement.and_then(|said| said.reason.as_ref());
        self.reason.push(reason.map(SealedText::as_bytes));
    }
}

impl Sides {
    fn push(&mut self, side: &Side) {
        self.by.push(side.by.into());
        self.status.push(side.status.as_str());
        self.occurred_at.push(side.occurred_at);
        self.recorded_at.push(side.recorded_at);
        self.device_id.push(side.device_id.map(Into::into));
        self.command_id.push(side.command_id.into());
    }
}

/// Makes the conflicts of the registers the only ones they have.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
) -> Result<(), Error> {
    if registers.is_empty() {
        return Ok(());
    }
    let rows = Rows::of(registers);
    if !rows.session_id.is_empty() {
        upsert(connection, school_id, &rows).await?;
    }
    delete_gone(connection, school_id, registers, &rows).await
}

async fn upsert(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rows: &Rows<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into conflicts as c (school_id, session_id, student_id, lost_command_id, class_id, date, kind, state,
           lost_by, lost_status, lost_occurred_at, lost_recorded_at, lost_device_id,
           won_by, won_status, won_occurred_at, won_recorded_at, won_device_id, won_command_id,
           statement_by, statement_at, statement_reason)
         select $1, t.session_id, t.student_id, t.lost_command_id, t.class_id, t.date, t.kind, t.state,
           t.lost_by, t.lost_status, t.lost_occurred_at, t.lost_recorded_at, t.lost_device_id,
           t.won_by, t.won_status, t.won_occurred_at, t.won_recorded_at, t.won_device_id, t.won_command_id,
           t.statement_by, t.statement_at, t.statement_reason
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::text[], $7::text[],
             $8::uuid[], $9::uuid[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::uuid[],
             $14::uuid[], $15::uuid[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::uuid[],
             $20::uuid[], $21::timestamptz[], $22::bytea[])
           as t (session_id, student_id, class_id, date, kind, state,
             lost_command_id, lost_by, lost_status, lost_occurred_at, lost_recorded_at, lost_device_id,
             won_command_id, won_by, won_status, won_occurred_at, won_recorded_at, won_device_id,
             statement_by, statement_at, statement_reason)
         on conflict on constraint conflicts_pkey do update
         set student_id = excluded.student_id, class_id = excluded.class_id, date = excluded.date,
             kind = excluded.kind, state = excluded.state, lost_by = excluded.lost_by,
             lost_status = excluded.lost_status, lost_occurred_at = excluded.lost_occurred_at,
             lost_recorded_at = excluded.lost_recorded_at, lost_device_id = excluded.lost_device_id,
             won_by = excluded.won_by, won_status = excluded.won_status, won_occurred_at = excluded.won_occurred_at,
             won_recorded_at = excluded.won_recorded_at, won_device_id = excluded.won_device_id,
             won_command_id = excluded.won_command_id, statement_by = excluded.statement_by,
             statement_at = excluded.statement_at, statement_reason = excluded.statement_reason
         where c.* is distinct from excluded.*",
        school_id.as_uuid(),
        &rows.session_id,
        &rows.student_id,
        &rows.class_id,
        &rows.date,
        &rows.kind as &[&str],
        &rows.state as &[&str],
        &rows.lost.command_id,
        &rows.lost.by,
        &rows.lost.status as &[&str],
        &rows.lost.occurred_at,
        &rows.lost.recorded_at,
        &rows.lost.device_id as &[Option<Uuid>],
        &rows.won.command_id,
        &rows.won.by,
        &rows.won.status as &[&str],
        &rows.won.occurred_at,
        &rows.won.recorded_at,
        &rows.won.device_id as &[Option<Uuid>],
        &rows.statements.by as &[Option<Uuid>],
        &rows.statements.at as &[Option<Instant>],
        &rows.statements.reason as &[Option<&[u8]>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A conflict can go away: the current entry changes, and then both sides say the same. Its plan is that of the entries.
async fn delete_gone(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
    rows: &Rows<'_>,
) -> Result<(), Error> {
    let touched: Vec<Uuid> = registers.iter().map(|r| r.session_id.into()).collect();
    sqlx::query!(
        "with gone as materialized (
           select had.session_id, had.lost_command_id
           from unnest($2::uuid[]) as touched (session_id)
           cross join lateral (
             select c.session_id, c.lost_command_id from conflicts c
             where c.school_id = $1 and c.session_id = touched.session_id offset 0
           ) had
           where (had.session_id, had.lost_command_id) not in (
             select t.session_id, t.lost_command_id
             from unnest($3::uuid[], $4::uuid[]) as t (session_id, lost_command_id))
         )
         delete from conflicts c using gone
         where c.school_id = $1 and c.session_id = gone.session_id and c.lost_command_id = gone.lost_command_id",
        school_id.as_uuid(),
        &touched,
        &rows.session_id,
        &rows.lost.command_id,
    )
    .execute(connection)
    .await?;
    Ok(())
}
