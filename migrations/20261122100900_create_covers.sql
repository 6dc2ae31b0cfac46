-- Who covers which class for a while, beside those who teach it: on these days a person has every right of its teachers, for
-- the whole day or for parts of it. Imports never touch it. No two rows of one person, class and slot touch each other.
create table covers (
  school_id uuid not null references schools,
  class_id uuid not null,
  teacher_id uuid not null,
  -- A part of the day; '' is every register of the day.
  slot text not null,
  from_date date not null,
  until_date date not null,
  constraint covers_pkey primary key (school_id, class_id, teacher_id, slot, from_date),
  constraint covers_order_check check (until_date > from_date)
);
create index covers_teacher_idx on covers (school_id, teacher_id);

alter table covers enable row level security;
create policy covers_of_the_school on covers to muster_app using (school_id = (select current_school()))
  with check (school_id = (select current_school()));
grant select, insert, update, delete on covers to muster_app;
