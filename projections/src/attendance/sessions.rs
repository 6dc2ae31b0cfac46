//! `register_sessions`: one row a register.

use chrono::NaiveDate;
use domain::{Instant, SchoolId, Slot};
use sqlx::PgConnection;
use uuid::Uuid;

use super::registers::TouchedRegister;
use super::spans::Spans;
use crate::error::Error;
use crate::positions::Positions;

#[derive(Default)]
struct Rows<'a> {
    session_id: Vec<Uuid>,
    class_id: Vec<Uuid>,
    date: Vec<NaiveDate>,
    subject_id: Vec<Option<Uuid>>,
    slot: Vec<Option<&'a str>>,
    status: Vec<&'static str>,
    void: Vec<bool>,
    opened_at: Vec<Option<Instant>>,
    closed_at: Vec<Option<Instant>>,
    closed_by: Vec<Option<Uuid>>,
    last_arrived_at: Vec<Instant>,
    turn: Vec<Option<&'static str>>,
    turned_by: Vec<Option<Uuid>>,
    turn_arrived_at: Vec<Option<Instant>>,
    changed: Positions,
}

impl<'a> Rows<'a> {
    fn push(&mut self, touched: &'a TouchedRegister) {
        let register = &touched.register;
        self.session_id.push(touched.session_id.into());
        self.class_id.push(register.key.class_id.into());
        self.date.push(register.key.date);
        self.subject_id
            .push(register.key.subject_id.map(Into::into));
        self.slot.push(register.key.slot.as_ref().map(Slot::as_str));
        self.status.push(register.status.as_str());
        self.void.push(register.void);
        self.opened_at.push(register.opened_at);
        self.closed_at.push(register.closed_at);
        self.closed_by.push(register.closed_by.map(Into::into));
        self.last_arrived_at.push(touched.arrivals.last_at);
        let turn = touched.arrivals.turn.as_ref();
        self.turn.push(turn.map(|turn| turn.what));
        self.turned_by.push(turn.map(|turn| turn.by.into()));
        self.turn_arrived_at.push(turn.map(|turn| turn.arrived_at));
        self.changed.push(touched.newest);
    }
}

/// Writes what the registers say of themselves. The counts follow in [`recount`].
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
) -> Result<(), Error> {
    if registers.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::default();
    for register in registers {
        rows.push(register);
    }
    sqlx::query!(
        "insert into register_sessions as s (school_id, session_id, class_id, date, subject_id, slot, status, void,
           opened_at, closed_at, closed_by, last_arrived_at, turn, turned_by, turn_arrived_at, changed_epoch,
           changed_transaction_id, changed_position)
         select $1, t.session_id, t.class_id, t.date, t.subject_id, t.slot, t.status, t.void, t.opened_at, t.closed_at,
           t.closed_by, t.last_arrived_at, t.turn, t.turned_by, t.turn_arrived_at, t.epoch, t.transaction_id::xid8,
           t.position
         from unnest($2::uuid[], $3::uuid[], $4::date[], $5::uuid[], $6::text[], $7::text[], $8::boolean[],
             $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::timestamptz[], $13::text[], $14::uuid[],
             $15::timestamptz[], $16::integer[], $17::text[], $18::bigint[])
           as t (session_id, class_id, date, subject_id, slot, status, void, opened_at, closed_at, closed_by,
             last_arrived_at, turn, turned_by, turn_arrived_at, epoch, transaction_id, position)
         on conflict on constraint register_sessions_pkey do update
         set class_id = excluded.class_id, date = excluded.date, subject_id = excluded.subject_id,
             slot = excluded.slot, status = excluded.status, void = excluded.void, opened_at = excluded.opened_at,
             closed_at = excluded.closed_at, closed_by = excluded.closed_by,
             last_arrived_at = excluded.last_arrived_at, turn = excluded.turn, turned_by = excluded.turned_by,
             turn_arrived_at = excluded.turn_arrived_at
         where (s.class_id, s.date, s.subject_id, s.slot, s.status, s.void, s.opened_at, s.closed_at, s.closed_by,
             s.last_arrived_at, s.turn, s.turned_by, s.turn_arrived_at)
           is distinct from (excluded.class_id, excluded.date, excluded.subject_id, excluded.slot, excluded.status,
             excluded.void, excluded.opened_at, excluded.closed_at, excluded.closed_by, excluded.last_arrived_at,
             excluded.turn, excluded.turned_by, excluded.turn_arrived_at)",
        school_id.as_uuid(),
        &rows.session_id,
        &rows.class_id,
        &rows.date,
        &rows.subject_id as &[Option<Uuid>],
        &rows.slot as &[Option<&str>],
        &rows.status as &[&str],
        &rows.void,
        &rows.opened_at as &[Option<Instant>],
        &rows.closed_at as &[Option<Instant>],
        &rows.closed_by as &[Option<Uuid>],
        &rows.last_arrived_at,
        &rows.turn as &[Option<&str>],
        &rows.turned_by as &[Option<Uuid>],
        &rows.turn_arrived_at as &[Option<Instant>],
        &rows.changed.epoch,
        &rows.changed.transaction_id,
        &rows.changed.position,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts the entries of every register that may have changed, and says at which position it did: those of the batch,
/// and those with an absence on the days that one of the batch's exceptions has ever named.
pub(super) async fn recount(
    connection: &mut PgConnection,
    school_id: SchoolId,
    registers: &[TouchedRegister],
    spans: &Spans,
) -> Result<(), Error> {
    let session_id: Vec<Uuid> = registers.iter().map(|r| r.session_id.into()).collect();
    let changed: Positions = registers.iter().map(|r| r.newest).collect();
    sqlx::query!(
        "with touched as (
           select session_id, epoch, transaction_id::xid8 as transaction_id, position
           from unnest($2::uuid[], $3::integer[], $4::text[], $5::bigint[])
             as t (session_id, epoch, transaction_id, position)
           union all
           select e.session_id, t.epoch, t.transaction_id::xid8, t.position
           from unnest($6::uuid[], $7::date[], $8::date[], $9::integer[], $10::text[], $11::bigint[])
             as t (student_id, first_day, last_day, epoch, transaction_id, position)
           cross join lateral (
             select e.session_id from register_entries e
             where e.school_id = $1 and e.student_id = t.student_id
               and e.date between t.first_day and t.last_day and e.status = 'absent' offset 0
           ) e
         ), newest as (
           select distinct on (session_id) session_id, epoch, transaction_id, position from touched
           order by session_id, epoch desc, transaction_id desc, position desc
         ), counted as (
           select n.*, (n.epoch, n.transaction_id, n.position)
               > (s.changed_epoch, s.changed_transaction_id, s.changed_position) as is_newer,
             c.present, c.absent, c.late, c.excused, c.unmarked
           from newest n
           join register_sessions s on s.school_id = $1 and s.session_id = n.session_id
           cross join lateral (
             select count(*) filter (where effective_status = 'present') as present,
               count(*) filter (where effective_status = 'absent') as absent,
               count(*) filter (where effective_status = 'late') as late,
               count(*) filter (where effective_status = 'excused') as excused,
               count(*) filter (where effective_status = 'unmarked') as unmarked
             from register_entries e where e.school_id = $1 and e.session_id = n.session_id
           ) c
         )
         update register_sessions s
         set present = c.present, absent = c.absent, late = c.late, excused = c.excused, unmarked = c.unmarked,
             changed_epoch = case when c.is_newer then c.epoch else s.changed_epoch end,
             changed_transaction_id = case when c.is_newer then c.transaction_id else s.changed_transaction_id end,
             changed_position = case when c.is_newer then c.position else s.changed_position end
         from counted c where s.school_id = $1 and s.session_id = c.session_id",
        school_id.as_uuid(),
        &session_id,
        &changed.epoch,
        &changed.transaction_id,
        &changed.position,
        &spans.student_id,
        &spans.first_day,
        &spans.last_day,
        &spans.newest.epoch,
        &spans.newest.transaction_id,
        &spans.newest.position,
    )
    .execute(connection)
    .await?;
    Ok(())
}
