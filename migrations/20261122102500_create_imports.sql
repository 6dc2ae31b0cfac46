-- Imports of a school's roster that were made or refused: when, by whom, from which file, and what they changed.
create table imports (
  school_id uuid not null references schools,
  import_id bigint generated always as identity,
  imported_at timestamptz not null,
  -- Who sent the file from a screen; null: the command line.
  user_id uuid,
  -- Null: not known, or a folder.
  file_name text,
  file_bytes bigint,
  file_sha256 bytea,
  outcome text not null,
  events integer not null,
  errors integer not null,
  -- How much was new, changed, ended; read by people only.
  counts json not null,
  constraint imports_pkey primary key (school_id, import_id),
  constraint imports_outcome_check check (outcome in ('imported', 'unchanged', 'refused'))
);

alter table imports enable row level security;
create policy imports_of_the_school on imports to muster_app using (school_id = (select current_school()))
  with check (school_id = (select current_school()));
grant select, insert on imports to muster_app;

create function refuse_to_change_imports() returns trigger
language plpgsql as $$
begin
  raise exception 'the list of imports is append-only: % is refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
create trigger imports_are_append_only before update or delete or truncate on imports
  for each statement execute function refuse_to_change_imports();
