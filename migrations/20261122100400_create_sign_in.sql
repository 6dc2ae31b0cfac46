-- Named exceptions to «every table has a school»: what must be read before the school is known, or belongs to all.

-- Keys that sign access tokens. The private half is sealed with the master key, so a dump of the database signs nothing.
create table signing_keys (
  key_id uuid primary key,
  public_key bytea not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null
);

-- Refresh tokens, as hashes. A sign-in starts a family; each refresh adds a successor.
create table refresh_tokens (
  token_hash bytea primary key,
  family_id uuid not null,
  school_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- The token that this one replaced; that one stays valid until this one is used.
  replaces bytea,
  used_at timestamptz,
  voided_at timestamptz
);
create index refresh_tokens_family_idx on refresh_tokens (family_id);
create index refresh_tokens_replaces_idx on refresh_tokens (replaces);

-- Deleted when nothing that a replaced key signed is good any more.
grant select, insert, delete on signing_keys to muster_app;
grant select, insert, update, delete on refresh_tokens to muster_app;

-- The look-ups that happen before anybody is signed in. They run as the owner, so every name in them says its schema and
-- temporary objects of the caller come last: nothing that the caller makes can stand in for a table.
create function find_login(school_code text, login_name text)
returns table (school_id uuid, user_id uuid, name text, role text, password_hash text, disabled boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select u.school_id, u.user_id, u.name, u.role, u.password_hash, u.disabled
  from public.users u join public.schools s on s.school_id = u.school_id
  where lower(s.code) = lower(school_code) and lower(u.username) = lower(login_name)
$$;
create function find_school(school_code text) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$ select school_id from public.schools where lower(code) = lower(school_code) $$;
revoke all on function find_login(text, text), find_school(text) from public;
grant execute on function find_login(text, text), find_school(text) to muster_app;
