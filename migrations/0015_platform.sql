-- The other plane: operators of the platform, with accounts and sessions of their own. They see workspaces, workers and the
-- queue, and nothing of what is in a tenant; into a workspace they come only by breaking the glass.

create table platform_accounts (
  id uuid primary key,
  login_name text not null unique check (login_name = lower(login_name) and login_name ~ '^[a-z0-9][a-z0-9._@-]{1,62}$'),
  display_name text not null check (display_name <> ''),
  password_hash text not null,
  totp_sealed text not null,
  totp_last_step bigint not null default 0,
  failures integer not null default 0 check (failures >= 0),
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null default clock_timestamp()
);

create table platform_recovery_codes (
  account_id uuid not null references platform_accounts (id) on delete cascade,
  code_hash bytea not null check (octet_length(code_hash) = 32),
  used_at timestamptz,
  primary key (account_id, code_hash)
);

create table platform_sessions (
  id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  account_id uuid not null references platform_accounts (id) on delete cascade,
  authenticated_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz
);

-- What operators did. What they did in a workspace stands in its audit log, too.
create table platform_events (
  id uuid primary key,
  at timestamptz not null default clock_timestamp(),
  account_id uuid not null references platform_accounts (id),
  account_name text not null,
  action text not null check (action <> ''),
  subject text not null,
  detail jsonb not null default '{}'
);
create index platform_events_by_time on platform_events (at desc, id desc);

grant select, insert, update, delete on platform_sessions to tenantatlas_api, tenantatlas_worker;
grant select, insert, update on platform_accounts, platform_recovery_codes to tenantatlas_api, tenantatlas_worker;
grant select, insert on platform_events to tenantatlas_api, tenantatlas_worker;

-- Workspaces in figures: no name of a tenant, no policy.
create function workspace_figures() returns table (
  workspace_id uuid, name text, slug text, created_at timestamptz, archived_at timestamptz, members bigint, tenants bigint,
  active_runs bigint
) language sql stable as $$
  select w.id, w.name, w.slug, w.created_at, w.archived_at,
    (select count(*) from workspace_members m where m.workspace_id = w.id),
    (select count(*) from tenants t where t.workspace_id = w.id and t.archived_at is null),
    (select count(*) from live_runs l where l.workspace_id = w.id)
  from workspaces w order by lower(w.name), w.id
$$;

-- Runs nobody has taken for a quarter of an hour though nothing holds them, and runs past their deadline.
create function stuck_runs(p_limit integer) returns table (
  workspace_id uuid, workspace text, run_id uuid, type text, state text, since timestamptz
) language sql stable as $$
  select l.workspace_id, w.slug, l.run_id, l.type, case when l.leased then 'past_deadline' else 'not_taken' end,
    case when l.leased then l.deadline_at else l.run_at end
  from live_runs l
  join workspaces w on w.id = l.workspace_id
  left join lane_controls k on k.workspace_id = l.workspace_id and k.lane = l.lane
  left join type_controls t on t.workspace_id = l.workspace_id and t.type = l.type
  where case when l.leased then l.deadline_at < clock_timestamp()
    else l.run_at < clock_timestamp() - interval '15 minutes' and not coalesce(k.paused, false)
      and coalesce(k.blocked_until, '-infinity') < clock_timestamp() and t.type is null end
  order by 6 limit p_limit
$$;

do $$
declare
  v_name text;
begin
  grant create on schema public to tenantatlas_door;
  foreach v_name in array array['workspace_figures', 'stuck_runs'] loop
    execute format('alter function %I security definer', v_name);
    execute format('alter function %I set search_path = pg_catalog, public, pg_temp', v_name);
    execute format('revoke execute on function %I from public', v_name);
    execute format('grant execute on function %I to tenantatlas_api, tenantatlas_worker', v_name);
    execute format('alter function %I owner to tenantatlas_door', v_name);
  end loop;
  revoke create on schema public from tenantatlas_door;
end $$;
