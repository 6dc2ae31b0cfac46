-- Students whom a school had to forget: their names are gone from `students`, their keys from `keyring.text_keys`. What
-- stands here keeps an import from bringing a name back, and a new key from being kept for what is still written about
-- them. The same list is kept in a file outside, from which it is done again after a restore.
create table erasures (
  school_id uuid not null references schools,
  -- Need not be in `students`: an older backup may not have had them yet.
  student_id uuid not null,
  erased_at timestamptz not null,
  constraint erasures_pkey primary key (school_id, student_id)
);

alter table erasures enable row level security;
create policy erasures_of_the_school on erasures to muster_app using (school_id = (select current_school()));
grant select on erasures to muster_app;

create function refuse_to_change_erasures() returns trigger
language plpgsql as $$
begin
  raise exception 'what was erased stays erased: % is refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;
create trigger erasures_are_append_only before update or delete or truncate on erasures
  for each statement execute function refuse_to_change_erasures();

-- What stands where the name was. In no language.
create function erased_name() returns text
language sql immutable parallel safe
return '—';
