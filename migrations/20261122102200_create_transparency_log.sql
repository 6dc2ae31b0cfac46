-- The log of each school over its events: a Merkle tree that only grows. A sequencer gives every event its leaf, in the
-- order of the feed. After a restore a school goes on in a new log, whose epoch is the store's.
create table log_leaves (
  school_id uuid not null,
  log_epoch integer not null,
  -- From 0.
  leaf_index bigint not null,
  -- The event's command; null in the first leaf of a log that goes on after a restore.
  command_id uuid,
  -- What such a leaf says: origin, size and root of the log before it, as it was restored.
  restored_from text,
  -- Hashes, 32 bytes each, of the leaf and of the nodes that became complete with it, by level. So the node of level l and
  -- index i stands in the leaf (i + 1) * 2^l - 1.
  nodes bytea not null,
  constraint log_leaves_pkey primary key (school_id, log_epoch, leaf_index),
  constraint log_leaves_command_key unique (school_id, command_id),
  constraint log_leaves_index_check check (leaf_index >= 0),
  constraint log_leaves_content_check check ((command_id is null) <> (restored_from is null)),
  constraint log_leaves_nodes_check check (octet_length(nodes) > 0 and octet_length(nodes) % 32 = 0)
);

-- Heads of logs, signed, as texts that can be held outside.
create table log_checkpoints (
  school_id uuid not null,
  log_epoch integer not null,
  size bigint not null,
  note text not null,
  issued_at timestamptz not null,
  constraint log_checkpoints_pkey primary key (school_id, log_epoch, size),
  constraint log_checkpoints_size_check check (size > 0)
);

do $$
declare
  log_table text;
begin
  foreach log_table in array array['log_leaves', 'log_checkpoints'] loop
    execute format('alter table %I enable row level security', log_table);
    execute format(
      'create policy %I on %I for select to muster_app using (school_id = (select current_school()))',
      log_table || '_of_the_school', log_table);
    execute format(
      'create policy %I on %I to muster_worker using (true) with check (true)', log_table || '_for_workers', log_table);
    execute format('grant select on %I to muster_app', log_table);
    execute format('grant select, insert on %I to muster_worker', log_table);
    execute format(
      'create trigger %I before update or delete or truncate on %I for each statement
       execute function refuse_to_change_history()', log_table || '_are_append_only', log_table);
  end loop;
end
$$;

-- How far the sequencer has come, a row for each shard of the feed. Whoever moves it holds the row's lock.
create table log_cursors (
  shard smallint primary key,
  epoch integer not null default 0,
  transaction_id xid8 not null default '0',
  position bigint not null default 0
);
insert into log_cursors (shard) select generate_series(0, 7);
grant select, update on log_cursors to muster_worker;

-- The key that signs checkpoints, one for the installation. The private half is sealed with the master key, so a dump of
-- the database signs nothing.
create table log_key (
  one boolean primary key default true,
  public_key bytea not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null,
  constraint log_key_one_check check (one),
  constraint log_key_public_key_check check (octet_length(public_key) = 32)
);
grant select, insert on log_key to muster_worker;
grant select (public_key) on log_key to muster_app;
