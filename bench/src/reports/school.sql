-- One school with a term behind it: 25 classes of 40, two registers a day on 60 school days, what an import and its
-- teachers leave in the store. Whatever looks random follows from hashes, so it is the same in every run.
insert into schools values (:school, 'bench-1', 'BENCH-1', 'Bench 1', 'Africa/Nairobi');
insert into policies (school_id, version) values (:school, 1);
insert into calendars (school_id, version, expected_slots) values (:school, 1, '{am,pm}');
insert into terms values (:school, :school, 'term-3', 'Term 3', '2026-09-02', '2026-12-04', true);
insert into slots (school_id, slot, title, sort_order) values (:school, 'am', 'Morning', 1), (:school, 'pm', 'Afternoon', 2);
insert into users (school_id, user_id, username, name, role, password_hash)
select :school, md5(username)::uuid, username, name, role, password_hash
from (values ('office', 'Office', 'admin'), ('auditor', 'Auditor', 'auditor')) person (username, name, role)
cross join (select password_hash from users where username = 'office' limit 1) password;
insert into users (school_id, user_id, username, name, role)
select :school, md5('teacher ' || class)::uuid, 'teacher' || class, 'Teacher ' || class, 'teacher' from generate_series(1, 25) class;
insert into classes (school_id, class_id, sourced_id, title)
select :school, md5('class ' || class)::uuid, 'class' || class, 'Class ' || class from generate_series(1, 25) class;
insert into students (school_id, student_id, sourced_id, name, sort_name, admission_number)
select :school, md5('student ' || student)::uuid, 'student' || student, 'Wanjiku Mwangi ' || student,
  'mwangi wanjiku ' || student, 'A-' || student
from generate_series(0, 999) student;

create temporary table happened as
with entry as (
  select class, day::date as date, slot, student,
    -- Whoever is away is mostly away all day; one in twenty often is.
    case when hashtext(concat_ws(' ', student, day)) & 65535 < case when student % 20 = 0 then 20000 else 3000 end then 0
      else 500 + (hashtext(concat_ws(' ', student, day, slot)) & 65535) end as chance
  from generate_series(1, 25) class
  cross join generate_series(date '2026-09-02', '2026-11-24', '1 day') day
  cross join unnest(array['am', 'pm']) slot
  cross join generate_series(0, 999) student
  where extract(isodow from day) < 6 and student / 40 = class - 1
), marked as (
  select class, date, slot, 1 + row_number() over (partition by class, date, slot order by student) as sequence,
    'attendance_marked' as type, student,
    case when chance < 1000 then 'absent' when chance < 2500 then 'late' when chance < 3500 then 'excused'
      else 'present' end as status
  from entry
), happening as (
  select * from marked
  union all
  select distinct class, date, slot, 1, 'session_opened', null::integer, null from entry
  union all
  select distinct class, date, slot, 42, 'session_closed', null::integer, null from entry
)
select 'attendance_session' as aggregate_type, md5(concat_ws(' ', class, date, slot))::uuid as aggregate_id, sequence,
  type, date + case slot when 'am' then time '05:00' else time '11:00' end + sequence * interval '5 seconds' as at,
  md5('teacher ' || class)::uuid as actor_id,
  json_strip_nulls(json_build_object(type, json_build_object(
    'session', json_build_object('class_id', md5('class ' || class)::uuid, 'date', date, 'slot', slot),
    'student_id', md5('student ' || student)::uuid, 'status', status))) as payload
from happening
union all
select 'class_roll', md5('class ' || student / 40 + 1)::uuid, 1 + row_number() over (partition by student / 40),
  'student_enrolled', timestamp '2026-09-01 06:00', md5('office')::uuid,
  json_build_object('student_enrolled', json_build_object('class_id', md5('class ' || student / 40 + 1)::uuid,
    'student_id', md5('student ' || student)::uuid, 'from', '2026-09-01'))
from generate_series(0, 999) student
union all
select 'class_roll', md5('class ' || class)::uuid, 1, 'teacher_assigned', '2026-09-01 06:00', md5('office')::uuid,
  json_build_object('teacher_assigned', json_build_object('class_id', md5('class ' || class)::uuid,
    'teacher_id', md5('teacher ' || class)::uuid, 'from', '2026-09-01'))
from generate_series(1, 25) class;

insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, epoch,
  command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash)
select :school, aggregate_type, aggregate_id, sequence, type, '1', payload, '{}', 1, gen_random_uuid(), sha256(''), at, at,
  at, actor_id, sha256('')
from happened order by at, aggregate_id, sequence;
drop table happened;
