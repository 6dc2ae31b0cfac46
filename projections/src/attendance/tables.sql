-- Read tables of the attendance projection. Names are unqualified: the search path decides whether they are made in
-- `read`, where they are served, or in `read_next`, where a rebuild fills them. The worker makes them and owns them.

create table register_sessions (
  school_id uuid not null,
  session_id uuid not null,
  class_id uuid not null,
  date date not null,
  subject_id uuid,
  slot text,
  status text not null,
  void boolean not null,
  opened_at timestamptz,
  closed_at timestamptz,
  closed_by uuid,
  -- Students with a current entry, by effective status.
  present integer not null default 0,
  absent integer not null default 0,
  late integer not null default 0,
  excused integer not null default 0,
  unmarked integer not null default 0,
  -- The feed's position of the newest event that touched this row: its own, or one of an exception over its absences.
  changed_epoch integer not null,
  changed_transaction_id xid8 not null,
  changed_position bigint not null,
  -- When the last of its events reached the store, and the last of those that opened, closed, reopened, voided or restored
  -- it, as far as they count: who signed it off before did not see them.
  last_arrived_at timestamptz not null default '-infinity',
  turn text,
  turned_by uuid,
  turn_arrived_at timestamptz,
  constraint register_sessions_pkey primary key (school_id, session_id),
  constraint register_sessions_status_check check (status in ('open', 'closed')),
  constraint register_sessions_turn_check check (turn in ('opened', 'closed', 'reopened', 'voided', 'restored'))
);
create index register_sessions_class_date_idx on register_sessions (school_id, class_id, date);
create index register_sessions_date_idx on register_sessions (school_id, date);
create index register_sessions_changed_idx
  on register_sessions (school_id, changed_epoch, changed_transaction_id, changed_position, session_id);

create table register_entries (
  school_id uuid not null,
  session_id uuid not null,
  student_id uuid not null,
  class_id uuid not null,
  date date not null,
  subject_id uuid,
  slot text,
  -- What the teacher saw.
  status text not null,
  -- What reports use: `excused` for an absence that an approved exception covers.
  effective_status text not null,
  exception_id uuid,
  minutes_late smallint,
  -- Sealed text.
  remarks bytea,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  marked_by uuid not null,
  device_id uuid,
  command_id uuid not null,
  corrected boolean not null,
  -- Sealed text.
  correction_reason bytea,
  original_status text,
  -- That of the session, repeated so that rates need no join.
  void boolean not null,
  constraint register_entries_pkey primary key (school_id, session_id, student_id),
  constraint register_entries_status_check
    check (status in ('unmarked', 'present', 'absent', 'late', 'excused')),
  constraint register_entries_effective_status_check
    check (effective_status = status or (status = 'absent' and effective_status = 'excused'))
);
create index register_entries_student_date_idx on register_entries (school_id, student_id, date);
create index register_entries_class_date_idx on register_entries (school_id, class_id, date);
create index register_entries_date_idx on register_entries (school_id, date);

-- On which days of a month registers count for a student: those that are not void and say present, late, absent or excused.
-- The lowest bit is the first day. Chronic absence of a school is read from a few rows a student, not from all entries.
create table student_months (
  school_id uuid not null,
  -- Its first day.
  month date not null,
  student_id uuid not null,
  counted_days integer not null,
  -- Of these, the days on which at least one register says present or late.
  attended_days integer not null,
  constraint student_months_pkey primary key (school_id, month, student_id),
  constraint student_months_attended_check check (attended_days & ~counted_days = 0)
);

-- Days that a student attended in part: of so many registers that count, so many say absent or excused.
create table student_part_days (
  school_id uuid not null,
  date date not null,
  student_id uuid not null,
  counted smallint not null,
  absent smallint not null,
  constraint student_part_days_pkey primary key (school_id, date, student_id),
  constraint student_part_days_part_check check (0 < absent and absent < counted)
);

create table conflicts (
  school_id uuid not null,
  session_id uuid not null,
  student_id uuid not null,
  lost_command_id uuid not null,
  class_id uuid not null,
  date date not null,
  kind text not null,
  state text not null,
  lost_by uuid not null,
  lost_status text not null,
  lost_occurred_at timestamptz not null,
  lost_recorded_at timestamptz not null,
  lost_device_id uuid,
  won_by uuid not null,
  won_status text not null,
  won_occurred_at timestamptz not null,
  won_recorded_at timestamptz not null,
  won_device_id uuid,
  won_command_id uuid not null,
  -- Who insisted on the mark or let it go, if that is what decided the state.
  statement_by uuid,
  statement_at timestamptz,
  -- Sealed text; none if the mark was let go.
  statement_reason bytea,
  constraint conflicts_pkey primary key (school_id, session_id, lost_command_id),
  constraint conflicts_kind_check check (kind in ('superseded', 'after_close', 'after_correction')),
  constraint conflicts_state_check check (state in ('open', 'contested', 'settled'))
);
create index conflicts_date_idx on conflicts (school_id, date);
create index conflicts_class_date_idx on conflicts (school_id, class_id, date);

create table exceptions (
  school_id uuid not null,
  exception_id uuid not null,
  student_id uuid not null,
  category text not null,
  -- Both days belong to it.
  start_date date not null,
  end_date date not null,
  -- Null: all day.
  slots text[],
  -- Sealed text.
  reason bytea not null,
  state text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  -- Sealed text.
  decision_reason bytea,
  -- Once it has been approved, and so may have changed what absences count as: who said the last to arrive of what counts,
  -- when that reached the store, and the first and last of all days that it has ever named.
  changed_by uuid,
  change_arrived_at timestamptz,
  change_first_day date,
  change_last_day date,
  constraint exceptions_pkey primary key (school_id, exception_id),
  constraint exceptions_category_check
    check (category in ('medical', 'family', 'excused', 'suspension', 'other')),
  constraint exceptions_state_check check (state in ('pending', 'approved', 'rejected', 'revoked'))
);
create index exceptions_student_idx on exceptions (school_id, student_id, start_date);
create index exceptions_start_date_idx on exceptions (school_id, start_date);
create index exceptions_change_idx on exceptions (school_id, change_arrived_at);

-- Periods that were handed in as they were.
create table sign_offs (
  school_id uuid not null,
  sign_off_id uuid not null,
  -- Both days belong to it.
  from_date date not null,
  to_date date not null,
  -- Null: the whole school.
  class_id uuid,
  -- Sealed text.
  note bytea,
  signed_by uuid not null,
  signed_at timestamptz not null,
  recorded_at timestamptz not null,
  constraint sign_offs_pkey primary key (school_id, sign_off_id),
  constraint sign_offs_order_check check (from_date <= to_date)
);
create index sign_offs_recorded_idx on sign_offs (school_id, recorded_at, sign_off_id);

do $$
declare
  read_table text;
begin
  foreach read_table in array array['register_sessions', 'register_entries', 'student_months', 'student_part_days', 'conflicts', 'exceptions', 'sign_offs'] loop
    execute format('alter table %I enable row level security', read_table);
    execute format(
      'create policy %I on %I for select to muster_app using (school_id = (select public.current_school()))',
      read_table || '_of_the_school', read_table);
    execute format(
      'create policy %I on %I to muster_worker using (true) with check (true)',
      read_table || '_for_workers', read_table);
    execute format('grant select on %I to muster_app', read_table);
  end loop;
end
$$;
