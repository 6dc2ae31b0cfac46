-- Students whom the office found to be one and the same child: the double, and the one under whom it counts. The last
-- decision about a double stands here; none, if that was to undo.
create table student_aliases (
  school_id uuid not null references schools,
  student_id uuid not null,
  into_id uuid not null,
  constraint student_aliases_pkey primary key (school_id, student_id),
  constraint student_aliases_check check (student_id <> into_id)
);
create index student_aliases_into_idx on student_aliases (school_id, into_id);

alter table student_aliases enable row level security;
create policy student_aliases_of_the_school on student_aliases to muster_app using (school_id = (select current_school()))
  with check (school_id = (select current_school()));
grant select, insert, update, delete on student_aliases to muster_app;

alter table events
  drop constraint events_aggregate_type_check,
  add constraint events_aggregate_type_check
    check (aggregate_type in ('attendance_session', 'attendance_exception', 'class_roll', 'school_policy',
      'school_calendar', 'period_sign_off', 'student_alias')) not valid;

-- What reports count, where students were merged: read tables of the same names, in which a double is nowhere and what is
-- known of it is known of the student it counts under. A reader of a school with merges puts this schema before `read` on
-- its search path; everybody else reads the tables themselves. See docs/adr/0018-merged-students.md.
create schema merged;
grant usage on schema merged to muster_app;

-- The doubles that count under somebody. One step only: whoever counts under somebody is nobody others count under.
create view merged.doubles with (security_invoker = true) as
select a.school_id, a.student_id, a.into_id
from public.student_aliases a
where not exists (
  select from public.student_aliases b where b.school_id = a.school_id and b.student_id = a.into_id
);

-- Everybody who is one of several, with whom they count under: doubles, and those others count under.
create view merged.members with (security_invoker = true) as
select school_id, student_id, into_id from merged.doubles
union
select school_id, into_id, into_id from merged.doubles;

-- Read tables are made after this file, and made anew by every rebuild. A view would hold on to the old ones; the text of a
-- function is looked at when it is read, and put into the statement that reads it.
set local check_function_bodies = off;

-- Entries of doubles that count nowhere, because the register has an entry that goes before: that of the student they
-- count under, or else that of another double of theirs with a smaller id.
create function merged.apart()
returns table (school_id uuid, session_id uuid, student_id uuid, effective_status text)
language sql stable as $$
  select e.school_id, e.session_id, e.student_id, e.effective_status
  from merged.doubles d
  join read.register_entries e on e.school_id = d.school_id and e.student_id = d.student_id
  where exists (
    select from merged.members m
    join read.register_entries o
      on o.school_id = m.school_id and o.student_id = m.student_id and o.session_id = e.session_id
    where m.school_id = d.school_id and m.into_id = d.into_id and m.student_id <> d.student_id
      and (m.student_id = d.into_id or m.student_id < d.student_id)
  )
$$;

create function merged.counted_entries()
returns table (school_id uuid, session_id uuid, student_id uuid, class_id uuid, date date, subject_id uuid, slot text,
  status text, effective_status text, exception_id uuid, minutes_late smallint, remarks bytea, occurred_at timestamptz,
  recorded_at timestamptz, marked_by uuid, device_id uuid, command_id uuid, corrected boolean, correction_reason bytea,
  original_status text, void boolean)
language sql stable as $$
  select e.school_id, e.session_id, e.student_id, e.class_id, e.date, e.subject_id, e.slot, e.status, e.effective_status,
    e.exception_id, e.minutes_late, e.remarks, e.occurred_at, e.recorded_at, e.marked_by, e.device_id, e.command_id,
    e.corrected, e.correction_reason, e.original_status, e.void
  from read.register_entries e
  where not exists (
    select from merged.doubles d where d.school_id = e.school_id and d.student_id = e.student_id
  )
  union all
  select e.school_id, e.session_id, d.into_id, e.class_id, e.date, e.subject_id, e.slot, e.status, e.effective_status,
    e.exception_id, e.minutes_late, e.remarks, e.occurred_at, e.recorded_at, e.marked_by, e.device_id, e.command_id,
    e.corrected, e.correction_reason, e.original_status, e.void
  from merged.doubles d
  join read.register_entries e on e.school_id = d.school_id and e.student_id = d.student_id
  where not exists (
    select from merged.apart() a
    where a.school_id = e.school_id and a.session_id = e.session_id and a.student_id = e.student_id
  )
$$;

create function merged.counted_periods()
returns table (school_id uuid, class_id uuid, student_id uuid, from_date date, until_date date)
language sql stable as $$
  select p.school_id, p.class_id, p.student_id, p.from_date, p.until_date
  from read.enrolment_periods p
  where not exists (
    select from merged.members m where m.school_id = p.school_id and m.student_id = p.student_id
  )
  union all
  select f.school_id, f.class_id, f.student_id, lower(days.span), upper(days.span)
  from (
    select p.school_id, p.class_id, m.into_id as student_id, range_agg(daterange(p.from_date, p.until_date)) as spans
    from merged.members m
    join read.enrolment_periods p on p.school_id = m.school_id and p.student_id = m.student_id
    group by p.school_id, p.class_id, m.into_id
  ) f
  cross join unnest(f.spans) as days (span)
$$;

create function merged.counted_sessions()
returns table (school_id uuid, session_id uuid, class_id uuid, date date, subject_id uuid, slot text, status text,
  void boolean, opened_at timestamptz, closed_at timestamptz, closed_by uuid, present integer, absent integer, late integer,
  excused integer, unmarked integer, changed_epoch integer, changed_transaction_id xid8, changed_position bigint)
language sql stable as $$
  select r.school_id, r.session_id, r.class_id, r.date, r.subject_id, r.slot, r.status, r.void, r.opened_at, r.closed_at,
    r.closed_by, r.present - coalesce(a.present, 0), r.absent - coalesce(a.absent, 0), r.late - coalesce(a.late, 0),
    r.excused - coalesce(a.excused, 0), r.unmarked - coalesce(a.unmarked, 0),
    r.changed_epoch, r.changed_transaction_id, r.changed_position
  from read.register_sessions r
  left join (
    select a.school_id, a.session_id,
      (count(*) filter (where a.effective_status = 'present'))::integer as present,
      (count(*) filter (where a.effective_status = 'absent'))::integer as absent,
      (count(*) filter (where a.effective_status = 'late'))::integer as late,
      (count(*) filter (where a.effective_status = 'excused'))::integer as excused,
      (count(*) filter (where a.effective_status = 'unmarked'))::integer as unmarked
    from merged.apart() a
    group by a.school_id, a.session_id
  ) a on a.school_id = r.school_id and a.session_id = r.session_id
$$;

-- What the days of everybody who is one of several are worth, from the entries that count.
create function merged.member_days()
returns table (school_id uuid, student_id uuid, date date, counted bigint, absent bigint)
language sql stable as $$
  select e.school_id, e.student_id, e.date, count(*), count(*) filter (where e.status in ('absent', 'excused'))
  from (select distinct m.school_id, m.into_id from merged.members m) m
  join merged.counted_entries() e on e.school_id = m.school_id and e.student_id = m.into_id
  where not e.void and e.status <> 'unmarked'
  group by e.school_id, e.student_id, e.date
$$;

create function merged.counted_months()
returns table (school_id uuid, month date, student_id uuid, counted_days integer, attended_days integer)
language sql stable as $$
  select s.school_id, s.month, s.student_id, s.counted_days, s.attended_days
  from read.student_months s
  where not exists (
    select from merged.members m where m.school_id = s.school_id and m.student_id = s.student_id
  )
  union all
  select d.school_id, date_trunc('month', d.date)::date, d.student_id,
    bit_or(1 << (extract(day from d.date)::integer - 1)),
    coalesce(bit_or(1 << (extract(day from d.date)::integer - 1)) filter (where d.absent < d.counted), 0)
  from merged.member_days() d
  group by d.school_id, date_trunc('month', d.date)::date, d.student_id
$$;

create function merged.counted_part_days()
returns table (school_id uuid, date date, student_id uuid, counted smallint, absent smallint)
language sql stable as $$
  select p.school_id, p.date, p.student_id, p.counted, p.absent
  from read.student_part_days p
  where not exists (
    select from merged.members m where m.school_id = p.school_id and m.student_id = p.student_id
  )
  union all
  select d.school_id, d.date, d.student_id, d.counted::smallint, d.absent::smallint
  from merged.member_days() d
  where d.absent > 0 and d.absent < d.counted
$$;

create view merged.register_entries with (security_invoker = true) as select * from merged.counted_entries();
create view merged.enrolment_periods with (security_invoker = true) as select * from merged.counted_periods();
create view merged.register_sessions with (security_invoker = true) as select * from merged.counted_sessions();
create view merged.student_months with (security_invoker = true) as select * from merged.counted_months();
create view merged.student_part_days with (security_invoker = true) as select * from merged.counted_part_days();
grant select on merged.doubles, merged.members, merged.register_entries, merged.enrolment_periods,
  merged.register_sessions, merged.student_months, merged.student_part_days to muster_app;
