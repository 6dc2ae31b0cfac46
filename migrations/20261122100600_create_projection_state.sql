-- Where each projection stands. Their read tables are not made here: each projection's own file makes them, so that a
-- rebuild makes them anew in `read_next` with the same grants, policies and indexes.
create schema read;
create schema read_next;
alter schema read owner to muster_worker;
alter schema read_next owner to muster_worker;
grant usage on schema read to muster_app;

create table projection_versions (
  projection text primary key,
  served_version integer not null
);

-- One cursor a shard. `building` is the cursor of a rebuild that is catching up beside the served one.
create table projection_cursors (
  projection text not null,
  shard smallint not null,
  building boolean not null default false,
  epoch integer not null default 0,
  transaction_id xid8 not null default '0',
  position bigint not null default 0,
  constraint projection_cursors_pkey primary key (projection, shard, building)
);

-- Who works on a shard. Taking it over raises `lease_epoch`, and a cursor only moves under the lease it was read with.
create table projection_leases (
  projection text not null,
  shard smallint not null,
  lease_epoch bigint not null default 0,
  holder uuid,
  backend_pid integer,
  expires_at timestamptz,
  constraint projection_leases_pkey primary key (projection, shard)
);

-- Streams that stopped at an event which could not be applied; their later events wait behind it.
create table held_streams (
  school_id uuid not null,
  projection text not null,
  aggregate_type text not null,
  aggregate_id text not null,
  sequence bigint not null,
  error text not null,
  held_at timestamptz not null,
  constraint held_streams_pkey primary key (school_id, projection, aggregate_type, aggregate_id)
);
alter table held_streams enable row level security;
create policy held_streams_of_the_school on held_streams for select to muster_app
  using (school_id = (select current_school()));
create policy held_streams_for_workers on held_streams to muster_worker using (true) with check (true);

grant select, insert, update, delete on
  projection_versions, projection_cursors, projection_leases, held_streams to muster_worker;
grant select on projection_versions, projection_cursors, held_streams to muster_app;
-- Workers name who holds the feed back and end the backend of a worker they take over from. On a hosted PostgreSQL whose
-- owner may not hand these on, they still work: the culprit shows without its query, and a takeover waits for the time-outs.
do $$
begin
  grant pg_read_all_stats, pg_signal_backend to muster_worker;
exception
  when unique_violation then null; -- another database of the cluster granted them just now
  when insufficient_privilege then
    raise notice 'pg_read_all_stats and pg_signal_backend were not granted to muster_worker';
end
$$;
