-- Who looked: what admins and auditors asked about students, and when. What they were answered is not in it.
create table access_log (
  school_id uuid not null,
  access_id bigint generated always as identity,
  accessed_at timestamptz not null,
  user_id uuid not null,
  role text not null,
  -- The address as the API describes it: `/sessions/{id}`.
  endpoint text not null,
  -- What was asked for, as it was asked: `id=…&from=2026-11-02`.
  parameters text not null,
  -- The ids among the parameters.
  ids uuid[] not null,
  constraint access_log_pkey primary key (school_id, access_id),
  constraint access_log_role_check check (role in ('admin', 'auditor'))
);

alter table access_log enable row level security;
create policy access_log_of_the_school on access_log to muster_app using (school_id = (select current_school()))
  with check (school_id = (select current_school()));
grant select, insert on access_log to muster_app;

-- As of events: privileges already forbid it, and this stops the owner's slip of the hand as well.
create function refuse_to_change_access_log() returns trigger
language plpgsql as $$
begin
  raise exception 'the access log is append-only: % is refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
create trigger access_log_is_append_only before update or delete or truncate on access_log
  for each statement execute function refuse_to_change_access_log();
