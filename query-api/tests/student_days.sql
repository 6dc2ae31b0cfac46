-- student_months and student_part_days of a school, from its entries.
delete from read.student_months where school_id = :school_id;
delete from read.student_part_days where school_id = :school_id;
with day as (
  select school_id, student_id, date, count(*) as counted, count(*) filter (where status in ('absent', 'excused')) as absent
  from read.register_entries
  where school_id = :school_id and not void and status <> 'unmarked'
  group by school_id, student_id, date
), part as (
  insert into read.student_part_days select school_id, date, student_id, counted, absent from day
  where absent > 0 and absent < counted
)
insert into read.student_months
select school_id, date_trunc('month', date), student_id, bit_or(1 << (extract(day from date)::integer - 1)),
  coalesce(bit_or(1 << (extract(day from date)::integer - 1)) filter (where absent < counted), 0)
from day group by school_id, date_trunc('month', date), student_id;
