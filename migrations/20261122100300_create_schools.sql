-- Write-side tables: who and what there is in a school. Changed only by command-api and the import, in the
-- transaction that appends the events about it, after the append. Names live here and nowhere in the events. Workers fold
-- events and need none of it: their role sees neither names nor passwords.
create table schools (
  school_id uuid primary key,
  sourced_id text not null,
  code text not null,
  name text not null,
  time_zone text not null
);
-- Codes and usernames are typed on phones, which begin a word with a capital letter: in whatever case, it is the same.
create unique index schools_code_key on schools (lower(code));

create table policies (
  school_id uuid not null references schools,
  version integer not null,
  edit_days integer not null default 14,
  reopen_minutes integer not null default 30,
  constraint policies_pkey primary key (school_id, version),
  constraint policies_edit_days_check check (edit_days between 0 and 366),
  constraint policies_reopen_minutes_check check (reopen_minutes between 0 and 1440)
);

create table terms (
  school_id uuid not null references schools,
  term_id uuid not null,
  sourced_id text not null,
  title text not null,
  -- Both days belong to the term.
  starts_on date not null,
  ends_on date not null,
  -- Whether registers are taken in it: false for a school year that is divided into terms.
  taught boolean not null,
  constraint terms_pkey primary key (school_id, term_id),
  constraint terms_order_check check (starts_on <= ends_on)
);

create table subjects (
  school_id uuid not null references schools,
  subject_id uuid not null,
  title text not null,
  constraint subjects_pkey primary key (school_id, subject_id)
);

create table slots (
  school_id uuid not null references schools,
  slot text not null,
  title text not null,
  starts_at time,
  ends_at time,
  sort_order integer not null,
  constraint slots_pkey primary key (school_id, slot)
);

create table users (
  school_id uuid not null references schools,
  user_id uuid not null,
  sourced_id text,
  username text not null,
  name text not null,
  role text not null,
  password_hash text,
  disabled boolean not null default false,
  constraint users_pkey primary key (school_id, user_id),
  constraint users_role_check check (role in ('teacher', 'admin', 'auditor'))
);
create unique index users_school_id_username_key on users (school_id, lower(username));

create table students (
  school_id uuid not null references schools,
  student_id uuid not null,
  sourced_id text not null,
  name text not null,
  -- What lists are sorted by: family name first.
  sort_name text not null,
  admission_number text,
  active boolean not null default true,
  constraint students_pkey primary key (school_id, student_id)
);

create table classes (
  school_id uuid not null references schools,
  class_id uuid not null,
  sourced_id text not null,
  title text not null,
  -- The class's only subject, if it has exactly one: such a subject in a command becomes null first.
  subject_id uuid,
  active boolean not null default true,
  constraint classes_pkey primary key (school_id, class_id)
);

create table class_terms (
  school_id uuid not null references schools,
  class_id uuid not null,
  term_id uuid not null,
  constraint class_terms_pkey primary key (school_id, class_id, term_id)
);

-- What ClassRoll events say, folded: `from_date` inclusive, `until_date` exclusive.
create table enrolments (
  school_id uuid not null references schools,
  class_id uuid not null,
  student_id uuid not null,
  from_date date not null,
  until_date date,
  constraint enrolments_pkey primary key (school_id, class_id, student_id, from_date),
  constraint enrolments_order_check check (until_date > from_date)
);
create index enrolments_student_idx on enrolments (school_id, student_id);

create table teaching (
  school_id uuid not null references schools,
  class_id uuid not null,
  teacher_id uuid not null,
  from_date date not null,
  until_date date,
  constraint teaching_pkey primary key (school_id, class_id, teacher_id, from_date),
  constraint teaching_order_check check (until_date > from_date)
);
create index teaching_teacher_idx on teaching (school_id, teacher_id);

-- What each device said of itself at its last contact, and what flags late-sent work as backdated.
create table devices (
  school_id uuid not null references schools,
  device_id uuid not null,
  user_id uuid not null,
  app_version text,
  last_contact_at timestamptz not null,
  last_empty_at timestamptz,
  last_device_seq bigint,
  unsent integer,
  oldest_unsent_at timestamptz,
  unsent_sessions uuid[] not null default '{}',
  constraint devices_pkey primary key (school_id, device_id)
);

-- Commands that were refused: append-only, the command sealed, written after the append in the same transaction. The id
-- follows from who sent what and why it was refused, so a refusal that is only repeated is written once.
create table refusals (
  school_id uuid not null references schools,
  refusal_id uuid not null,
  command_id uuid,
  command_type text,
  slug text not null,
  detail text not null,
  actor_id uuid not null,
  device_id uuid,
  refused_at timestamptz not null,
  sealed_command bytea not null,
  constraint refusals_pkey primary key (school_id, refusal_id)
);
create index refusals_refused_at_idx on refusals (school_id, refused_at, refusal_id);
create trigger refusals_are_append_only before update or delete or truncate on refusals
  for each statement execute function refuse_to_change_history();

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'schools', 'policies', 'terms', 'subjects', 'slots', 'users', 'students', 'classes', 'class_terms',
    'enrolments', 'teaching', 'devices', 'refusals'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy %I on %I to muster_app using (school_id = (select current_school()))
       with check (school_id = (select current_school()))',
      tenant_table || '_of_the_school', tenant_table);
    execute format('grant select, insert, update, delete on %I to muster_app', tenant_table);
  end loop;
end
$$;
revoke update, delete on refusals from muster_app;
