-- For how many years a school keeps what its reports show. The read tables hold nothing from before `kept_from`; the events
-- stay. No reference to `schools`: a replay, which knows only events, leaves out the same.
create table retentions (
  school_id uuid not null,
  years smallint not null,
  -- The first of a month, so that what is summed up by months is whole.
  kept_from date not null,
  set_at timestamptz not null,
  constraint retentions_pkey primary key (school_id),
  constraint retentions_years_check check (years between 1 and 100),
  constraint retentions_kept_from_check check (extract(day from kept_from) = 1)
);

alter table retentions enable row level security;
create policy retentions_of_the_school on retentions to muster_app using (school_id = (select current_school()));
create policy retentions_for_workers on retentions to muster_worker using (true);
grant select on retentions to muster_worker;
