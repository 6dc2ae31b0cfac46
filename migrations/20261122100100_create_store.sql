-- The identity of this store. One row. `epoch` rises when history is moved to a cluster in which the old transaction
-- ids mean nothing (restore, reseat, promotion); clients see `store_id.epoch` and send again what they keep.
create table store (
  one boolean primary key default true,
  store_id uuid not null default gen_random_uuid(),
  epoch integer not null default 1,
  kind text not null default 'production',
  created_at timestamptz not null default clock_timestamp(),
  constraint store_one_check check (one),
  constraint store_kind_check check (kind in ('production', 'demo', 'test'))
);
insert into store default values;

grant select on store to muster_app, muster_worker;
