-- The identity of this store. One row. `epoch` rises when history is moved to a cluster in which the old transaction
-- ids mean nothing (restore, reseat, promotion); clients see `store_id.epoch` and send again what they keep.

-- Which cluster this is, and how often it has been restored or promoted: a restore to a moment and a promotion start a
-- new timeline.
create function cluster_identity() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$ select system_identifier || '.' || timeline_id from pg_control_system(), pg_control_checkpoint() $$;

create table store (
  one boolean primary key default true,
  store_id uuid not null default gen_random_uuid(),
  epoch integer not null default 1,
  kind text not null default 'production',
  created_at timestamptz not null default clock_timestamp(),
  -- The cluster in which the transaction ids of this epoch were given out.
  cluster text not null default cluster_identity(),
  constraint store_one_check check (one),
  constraint store_kind_check check (kind in ('production', 'demo', 'test'))
);
insert into store default values;

grant select on store to muster_app, muster_worker;
