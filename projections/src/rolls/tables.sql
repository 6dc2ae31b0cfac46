-- Read tables of the rolls projection: who belongs to a class and who teaches it, when, and what changed about that.
-- `from_date` is inclusive, `until_date` exclusive and null while no end is known. Names are unqualified, as in the
-- attendance projection.

create table enrolment_periods (
  school_id uuid not null,
  class_id uuid not null,
  student_id uuid not null,
  from_date date not null,
  until_date date,
  constraint enrolment_periods_pkey primary key (school_id, class_id, student_id, from_date),
  constraint enrolment_periods_order_check check (until_date > from_date)
);
create index enrolment_periods_student_idx on enrolment_periods (school_id, student_id);

create table teaching_periods (
  school_id uuid not null,
  class_id uuid not null,
  teacher_id uuid not null,
  from_date date not null,
  until_date date,
  constraint teaching_periods_pkey primary key (school_id, class_id, teacher_id, from_date),
  constraint teaching_periods_order_check check (until_date > from_date)
);
create index teaching_periods_teacher_idx on teaching_periods (school_id, teacher_id);

-- Who covers a class for a while, and which part of the day: '' is every register of it. No two rows of one person, class
-- and slot touch each other.
create table cover_periods (
  school_id uuid not null,
  class_id uuid not null,
  teacher_id uuid not null,
  slot text not null,
  from_date date not null,
  until_date date not null,
  constraint cover_periods_pkey primary key (school_id, class_id, teacher_id, slot, from_date),
  constraint cover_periods_order_check check (until_date > from_date)
);
create index cover_periods_teacher_idx on cover_periods (school_id, teacher_id);

-- Who may see a class, and when: the days on which they teach it or cover at least a part of the day, in periods that do
-- not touch each other.
create table staff_periods (
  school_id uuid not null,
  class_id uuid not null,
  teacher_id uuid not null,
  from_date date not null,
  until_date date,
  constraint staff_periods_pkey primary key (school_id, class_id, teacher_id, from_date),
  constraint staff_periods_order_check check (until_date > from_date)
);
create index staff_periods_teacher_idx on staff_periods (school_id, teacher_id);

-- The days on which an event put a student on the roster, or took one off it, as the roster was known before. Together
-- with the closed registers of those days it says which of them were closed with another roster.
create table roster_changes (
  school_id uuid not null,
  class_id uuid not null,
  student_id uuid not null,
  -- Of the enrolment, withdrawal or cancellation.
  command_id uuid not null,
  from_date date not null,
  until_date date,
  -- Whether the student is on the roster of these days since.
  on_roster boolean not null,
  change text not null,
  changed_by uuid not null,
  recorded_at timestamptz not null,
  constraint roster_changes_pkey primary key (school_id, class_id, command_id, from_date),
  constraint roster_changes_order_check check (until_date > from_date),
  constraint roster_changes_change_check check (change in ('enrolled', 'withdrawn', 'cancelled'))
);
create index roster_changes_recorded_idx on roster_changes (school_id, class_id, recorded_at);

do $$
declare
  read_table text;
begin
  foreach read_table in array array['enrolment_periods', 'teaching_periods', 'cover_periods', 'staff_periods', 'roster_changes'] loop
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
