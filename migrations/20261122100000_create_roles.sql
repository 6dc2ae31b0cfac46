-- Two roles without login. Every pool connects as whoever it was told to and then does SET ROLE, so that
-- neither the owner's nor a superuser's rights are ever in use while requests are served.
-- Roles belong to the whole cluster: another database of it may have made them already, or be making them now.
do $$
begin
  begin
    create role muster_app nologin nobypassrls;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    create role muster_worker nologin nobypassrls;
  exception when duplicate_object or unique_violation then null;
  end;
  -- Unlike `create role`, two grants at once end with one of them told that the membership exists: it does.
  begin
    grant muster_app, muster_worker to current_user;
  exception when unique_violation then null;
  end;
end
$$;

-- A transaction that sits idle holds back the feed of the whole cluster.
do $$
begin
  execute format('grant connect, create on database %I to muster_worker', current_database());
  execute format('grant connect on database %I to muster_app', current_database());
  -- Who may make temporary objects may try to have them taken for others.
  execute format('revoke temporary on database %I from public', current_database());
end
$$;

-- The school of the current transaction, or null: then row-level security shows nothing.
create function current_school() returns uuid
language sql stable parallel safe
return nullif(current_setting('muster.school_id', true), '')::uuid;
