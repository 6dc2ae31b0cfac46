-- The events: appended, never changed. The first seven columns after the school are those of postgres-es; payload and
-- metadata are `json`, not `jsonb`, because the exact bytes are what is hashed.
create table events (
  school_id uuid not null,
  aggregate_type text not null,
  aggregate_id text not null,
  sequence bigint not null,
  event_type text not null,
  event_version text not null,
  payload json not null,
  metadata json not null,
  epoch integer not null,
  transaction_id xid8 not null default pg_current_xact_id(),
  position bigint generated always as identity,
  command_id uuid not null,
  fingerprint bytea not null,
  occurred_at timestamptz not null,
  raw_occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  actor_id uuid not null,
  device_id uuid,
  flags text[] not null default '{}',
  hash bytea not null,
  -- Which worker's share the school belongs to: eight shares, fixed for the life of a store.
  shard smallint not null generated always as (get_byte(uuid_send(school_id), 15) % 8) stored,
  constraint events_pkey primary key (school_id, aggregate_type, aggregate_id, sequence),
  constraint events_school_id_command_id_key unique (school_id, command_id),
  constraint events_sequence_check check (sequence > 0),
  -- Workers and readers meet every row of every school. What a row must be to be read at all is refused here, so that no
  -- writer can leave one that stops them: a stream that has a name, and times that a calendar can hold.
  constraint events_aggregate_type_check
    check (aggregate_type in ('attendance_session', 'attendance_exception', 'class_roll')),
  constraint events_aggregate_id_check check (aggregate_id = aggregate_id::uuid::text),
  constraint events_times_check check (
    occurred_at >= '0001-01-01 00:00:00+00' and occurred_at < '10000-01-01 00:00:00+00'
    and raw_occurred_at >= '0001-01-01 00:00:00+00' and raw_occurred_at < '10000-01-01 00:00:00+00'
    and recorded_at >= '0001-01-01 00:00:00+00' and recorded_at < '10000-01-01 00:00:00+00'
  ),
  constraint events_hash_check check (octet_length(hash) = 32),
  constraint events_fingerprint_check check (octet_length(fingerprint) = 32)
);

-- The feed's range scan: a cursor is (epoch, transaction_id, position).
create index events_feed_idx on events (shard, epoch, transaction_id, position);
-- The same order within a school, for the pages of its auditors.
create index events_school_feed_idx on events (school_id, epoch, transaction_id, position);
create index events_recorded_at_idx on events (school_id, recorded_at);

alter table events enable row level security;
create policy events_of_the_school on events to muster_app
  using (school_id = (select current_school()))
  with check (school_id = (select current_school()));
create policy events_for_workers on events for select to muster_worker using (true);

grant select, insert on events to muster_app;
grant select on events to muster_worker;

-- Privileges already forbid it to our roles. This stops the owner's slip of the hand as well.
create function refuse_to_change_history() returns trigger
language plpgsql as $$
begin
  raise exception 'events are append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;
create trigger events_are_append_only before update or delete or truncate on events
  for each statement execute function refuse_to_change_history();

-- The newest `recorded_at` among the last events of the shares, which the application compares a server's clock with
-- before it knows a school. Runs as the owner, so every name in it says its schema and temporary objects come last.
-- In plpgsql, which keeps the plan: every batch asks, and making the plan takes longer than carrying it out.
create function newest_recorded_at() returns timestamptz
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  return (
    select max(newest.recorded_at)
    from generate_series(0, 7) as shards (shard)
    cross join lateral (
      select e.recorded_at from public.events e
      where e.shard = shards.shard::smallint
      order by e.epoch desc, e.transaction_id desc, e.position desc
      limit 1
    ) as newest
  );
end
$$;
revoke all on function newest_recorded_at() from public;
grant execute on function newest_recorded_at() to muster_app, muster_worker;
