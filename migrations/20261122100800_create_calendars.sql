-- How a school counts, and on which days it takes registers. Both come in versions, each valid from a day on: in force on a
-- date is the highest version whose `valid_from` is not after it. So a version that is valid from today changes no old
-- day, and a mistake is put right by a version that is valid from an earlier one.
alter table policies
  add column valid_from date not null default '0001-01-01',
  -- What each effective status counts as in attendance rates.
  add column present_counts text not null default 'present',
  add column late_counts text not null default 'present',
  add column absent_counts text not null default 'absent',
  add column excused_counts text not null default 'outside',
  -- Chronically absent is whoever missed at least this share of the enrolled days, of which there are at least so many.
  add column chronic_percent integer not null default 10,
  add column chronic_min_days integer not null default 10,
  -- Null: what Muster begins with.
  add column set_by uuid,
  add column set_at timestamptz,
  add constraint policies_counts_check check (
    present_counts in ('present', 'absent', 'outside') and late_counts in ('present', 'absent', 'outside')
    and absent_counts in ('present', 'absent', 'outside') and excused_counts in ('present', 'absent', 'outside')),
  add constraint policies_chronic_percent_check check (chronic_percent between 1 and 100),
  add constraint policies_chronic_min_days_check check (chronic_min_days between 0 and 366);

create table calendars (
  school_id uuid not null references schools,
  version integer not null,
  valid_from date not null default '0001-01-01',
  -- Days of the week, Monday 1 to Sunday 7.
  school_days smallint[] not null default '{1,2,3,4,5}',
  -- The registers expected of a class on a school day: slots, where '' is the register without one.
  expected_slots text[] not null default '{""}',
  set_by uuid,
  set_at timestamptz,
  constraint calendars_pkey primary key (school_id, version),
  constraint calendars_school_days_check check (school_days <@ '{1,2,3,4,5,6,7}'::smallint[])
);

-- Days on which there is no school although their day of the week is a school day: holidays, storms.
create table closed_days (
  school_id uuid not null,
  version integer not null,
  from_date date not null,
  -- Belongs to it.
  to_date date not null,
  title text not null,
  constraint closed_days_pkey primary key (school_id, version, from_date, to_date),
  constraint closed_days_calendar_fkey foreign key (school_id, version) references calendars,
  constraint closed_days_order_check check (from_date <= to_date)
);

-- Classes of which other registers are expected than `calendars.expected_slots` says.
create table expected_registers (
  school_id uuid not null,
  version integer not null,
  class_id uuid not null,
  slots text[] not null,
  constraint expected_registers_pkey primary key (school_id, version, class_id),
  constraint expected_registers_calendar_fkey foreign key (school_id, version) references calendars
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['calendars', 'closed_days', 'expected_registers'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy %I on %I to muster_app using (school_id = (select current_school()))
       with check (school_id = (select current_school()))',
      tenant_table || '_of_the_school', tenant_table);
    execute format('grant select, insert, update, delete on %I to muster_app', tenant_table);
  end loop;
end
$$;

-- Schools that were imported before have the calendar that the import gives to new ones.
insert into calendars (school_id, version) select school_id, 1 from schools;
