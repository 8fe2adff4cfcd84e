-- The second wall between workspaces: whatever a statement forgets, the database shows a process only the rows of the
-- workspace its transaction belongs to (docs/adr/0007-row-level-security-and-one-door.md).
--
-- What always holds: every table with workspace_id has row-level security enabled and forced; no role the product works
-- under owns a table, may truncate one or bypasses the wall; who acts across workspaces does it through one of the door's
-- functions. Roles belong to the cluster, so several databases may be migrated at once.

do $$
declare
  c_is_old constant boolean := current_setting('server_version_num')::integer < 160000;
  -- Before PostgreSQL 16 every member may set the role.
  c_may_set constant text := case when c_is_old then 'MEMBER' else 'SET' end;
  v_role text;
begin
  foreach v_role in array array['tenantatlas_api', 'tenantatlas_worker', 'tenantatlas_door'] loop
    begin
      if not exists (select from pg_roles r where r.rolname = v_role) then
        execute format('create role %I nologin noinherit', v_role);
      end if;
    exception
      -- Another database of the cluster is migrated at the same moment.
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception 'the role % is missing, and % may not make roles: see "Roles" in docs/production.md', v_role, current_user
          using errcode = 'insufficient_privilege';
    end;
    if exists (select from pg_roles r where r.rolname = v_role and (r.rolsuper or r.rolbypassrls)) then
      raise exception 'the role % must neither be superuser nor bypass row-level security', v_role
        using errcode = 'insufficient_privilege';
    end if;
    -- Only to act as it: whoever migrates must not see through the door's policy without saying so.
    if not pg_has_role(current_user, v_role, c_may_set) then
      begin
        execute format('grant %I to %I', v_role, current_user) || case when c_is_old then '' else ' with inherit false, set true' end;
      exception
        -- Told apart by the look below. The third is the server's "tuple concurrently updated".
        when unique_violation or insufficient_privilege or internal_error then null;
      end;
    end if;
    if not pg_has_role(current_user, v_role, c_may_set) then
      raise exception '% may not act as the role %: see "Roles" in docs/production.md', current_user, v_role
        using errcode = 'insufficient_privilege';
    end if;
  end loop;
end $$;

grant usage on schema public to tenantatlas_api, tenantatlas_worker, tenantatlas_door;

-- Puts a table of workspaces behind the wall. Every migration that makes one calls this, then grants what is needed.
create function raise_wall(p_table regclass) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy in_its_workspace on %s to tenantatlas_api, tenantatlas_worker
    using (workspace_id = app_workspace()) with check (workspace_id = app_workspace())', p_table);
  execute format('create policy through_the_door on %s to tenantatlas_door using (true) with check (true)', p_table);
end $$;
revoke execute on function raise_wall from public;

select raise_wall(c.oid::regclass)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p');

-- What is of no workspace.
grant select on schema_migrations to tenantatlas_api, tenantatlas_worker;
grant select, insert, update on users, workspaces to tenantatlas_api, tenantatlas_worker;
grant select, update (draining) on workers to tenantatlas_api;
grant select, insert, update, delete on workers to tenantatlas_worker;

-- What commands and workers change alike, each in its workspace.
grant select, insert, update, delete on
  workspace_members, tenants, connections, credentials, graph_budgets, policies, directory_groups, assignment_filters,
  scope_tags, snapshot_parts, snapshots, backup_sets, backup_items, restore_runs, restore_items, restore_sends,
  lane_controls, type_controls, schedules, schedule_slots, retention_settings, notifications, notification_channels,
  notification_channel_tenants, deliveries
to tenantatlas_api, tenantatlas_worker;

-- The ledger: starts, claims, items and ends are the door's. Commands cancel; workers also reconcile and delete what is old.
grant select on run_overview, run_items, outbox to tenantatlas_api;
grant select, update on operation_runs to tenantatlas_api;
grant select, update, delete on live_runs to tenantatlas_api;
grant insert on outbox to tenantatlas_api;
grant select on run_overview to tenantatlas_worker;
grant select, update, delete on operation_runs to tenantatlas_worker;
grant select, insert, update, delete on live_runs to tenantatlas_worker;
grant select, delete on run_items to tenantatlas_worker;
grant select, insert, update, delete on outbox to tenantatlas_worker;

-- Nobody changes an entry; retention deletes old ones.
grant select, insert on audit_entries to tenantatlas_api, tenantatlas_worker;
grant delete on audit_entries to tenantatlas_worker;

-- What the door's functions touch.
grant select, insert, update on operation_runs, run_items, lane_controls to tenantatlas_door;
grant select, insert, update, delete on live_runs to tenantatlas_door;
grant select, update, delete on workers to tenantatlas_door;
grant select, insert on outbox to tenantatlas_door;
grant insert on audit_entries to tenantatlas_door;
grant select on tenants, type_controls, workspaces, schedules, deliveries, notification_channels to tenantatlas_door;

-- Whether a claim holds, and the lease of its worker for so long.
create function lease_holds(p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_remaining interval)
returns boolean language sql stable as $$
  select exists (
    select from live_runs l join workers w on w.id = l.lease_owner
    where l.workspace_id = p_workspace and l.run_id = p_run and l.leased and l.attempt = p_attempt
      and l.lease_owner = p_owner and w.lease_until > clock_timestamp() + p_remaining
  )
$$;

-- How many runs each worker holds, of all workspaces.
create function runs_by_worker() returns table (lease_owner uuid, running bigint) language sql stable as $$
  select l.lease_owner, count(*) from live_runs l where l.leased group by l.lease_owner
$$;

-- The queue of all workspaces in figures, in one statement over the live rows: never over the history.
create function queue_figures() returns table (
  runs jsonb, longest_lane bigint, waiting bigint, paused bigint, throttled bigint, working bigint, draining bigint
) language sql stable as $$
  with live as materialized (
    select l.workspace_id, l.lane, l.priority, l.run_at,
      case
        when l.leased then 'running'
        when coalesce(k.paused, false) or k.blocked_until > clock_timestamp() or t.type is not null then 'held'
        when l.run_at > clock_timestamp() then 'delayed'
        else 'waiting'
      end as state
    from live_runs l
    left join lane_controls k on k.workspace_id = l.workspace_id and k.lane = l.lane
    left join type_controls t on t.workspace_id = l.workspace_id and t.type = l.type
  ), lanes as (
    select count(*) as runs from live where state = 'waiting' group by workspace_id, lane
  ), runs as (
    select l.priority, l.state, count(*) as runs, extract(epoch from clock_timestamp() - min(l.run_at))::float8 as oldest
    from live l group by l.priority, l.state
  )
  select (select jsonb_agg(to_jsonb(r)) from runs r),
    (select coalesce(max(n.runs), 0) from lanes n),
    (select count(*) from lanes),
    (select count(*) from lane_controls k where k.paused),
    (select count(*) from lane_controls k where not k.paused and k.blocked_until > clock_timestamp()),
    (select count(*) from workers w where w.lease_until > clock_timestamp() and not w.draining),
    (select count(*) from workers w where w.lease_until > clock_timestamp() and w.draining)
$$;

-- The schedules of all workspaces in figures, those people made; how long the longest overdue one of all has been due.
create function schedule_figures() returns table (enabled bigint, paused bigint, lag float8) language sql stable as $$
  select count(*) filter (where s.system_key is null and s.paused_at is null),
    count(*) filter (where s.system_key is null and s.paused_at is not null),
    greatest(0, coalesce(
      extract(epoch from statement_timestamp() - min(s.next_due_at) filter (where s.paused_at is null)), 0))::float8
  from schedules s
$$;

-- What is still to be told, of all workspaces, in one statement over what is open.
create function relay_figures() returns table (
  events bigint, oldest float8, waiting bigint, sending bigint, failed bigint
) language sql stable as $$
  select o.events, o.oldest, d.waiting, d.sending, d.failed
  from (
    select count(*) as events,
      greatest(0, coalesce(extract(epoch from clock_timestamp() - min(u.created_at)), 0))::float8 as oldest
    from outbox u
  ) o, (
    select count(*) filter (where v.state = 'waiting') as waiting, count(*) filter (where v.state = 'sending') as sending,
      count(*) filter (where v.state = 'failed') as failed
    from deliveries v where v.next_attempt_at is not null
  ) d
$$;

-- Workspaces in which something is due, the longest overdue first. Takes no lock. Types that only a newer program knows
-- are left to it. `statement_timestamp()`, because the index cannot be asked about a time that changes meanwhile.
create function workspaces_with_due(p_types text[], p_limit integer) returns table (workspace_id uuid)
language sql stable as $$
  select due.workspace_id from (
    select s.workspace_id, s.next_due_at from schedules s
    where s.paused_at is null and s.next_due_at <= statement_timestamp() and s.type = any (p_types)
    order by s.next_due_at limit p_limit
  ) due
  group by due.workspace_id order by min(due.next_due_at)
$$;

-- Workspaces that do not have all of these schedules of the product.
create function workspaces_without_schedules(p_system_keys text[]) returns table (workspace_id uuid)
language sql stable as $$
  select w.id from workspaces w where (
    select count(*) from schedules s where s.workspace_id = w.id and s.system_key = any (p_system_keys)
  ) < cardinality(p_system_keys)
$$;

-- Workspaces with something in the outbox, in any order, so that none is always last. Nothing is locked.
create function workspaces_with_news(p_limit integer) returns table (workspace_id uuid) language sql volatile as $$
  with recursive news as (
    (select o.workspace_id from outbox o order by o.workspace_id limit 1)
    union all
    select n.workspace_id from news cross join lateral (
      select o.workspace_id from outbox o where o.workspace_id > news.workspace_id order by o.workspace_id limit 1
    ) n
  )
  select news.workspace_id from news order by random() limit p_limit
$$;

-- Channels with something to send now, the longest waiting first, without those the process is busy with. Nothing is
-- locked. It steps from channel to channel along the index, so that what waits for one costs the others nothing.
create function due_channels(p_busy uuid[], p_limit integer) returns table (workspace_id uuid, channel_id uuid)
language sql stable as $$
  with recursive queue as (
    (select d.workspace_id, d.channel_id from deliveries d where d.next_attempt_at is not null
     order by d.workspace_id, d.channel_id limit 1)
    union all
    select n.workspace_id, n.channel_id from queue q cross join lateral (
      select d.workspace_id, d.channel_id from deliveries d
      where d.next_attempt_at is not null and (d.workspace_id, d.channel_id) > (q.workspace_id, q.channel_id)
      order by d.workspace_id, d.channel_id limit 1
    ) n
  )
  select q.workspace_id, q.channel_id
  from queue q
  join notification_channels c on c.workspace_id = q.workspace_id and c.id = q.channel_id
  cross join lateral (
    select d.next_attempt_at from deliveries d
    where d.workspace_id = q.workspace_id and d.channel_id = q.channel_id and d.next_attempt_at is not null
    order by d.next_attempt_at, d.id limit 1
  ) head
  where c.paused_at is null and head.next_attempt_at <= clock_timestamp() and q.channel_id <> all (p_busy)
  order by head.next_attempt_at limit p_limit
$$;

-- The door: these act as tenantatlas_door, and are all that does. Not theirs to check is who asks: a caller names the
-- workspace from a context it was given, or a claim, whose owner and attempt nobody guesses.
do $$
declare
  c_for_both constant text[] := array['ensure_run', 'ensure_runs', 'start_runs', 'queue_figures', 'relay_figures',
    'runs_by_worker', 'schedule_figures'];
  c_for_workers constant text[] := array['assert_claim', 'claim_runs', 'due_channels', 'finish_run', 'finish_runs',
    'lease_holds', 'lost_claims', 'plan_run_items', 'record_run_items', 'release_cooled', 'release_run', 'renew_lease',
    'workspaces_with_due', 'workspaces_with_news', 'workspaces_without_schedules'];
  v_name text;
begin
  -- A function is given only to who may make functions where it is.
  grant create on schema public to tenantatlas_door;
  foreach v_name in array c_for_both || c_for_workers loop
    execute format('alter function %I security definer', v_name);
    execute format('alter function %I set search_path = pg_catalog, public, pg_temp', v_name);
    execute format('revoke execute on function %I from public', v_name);
    execute format('grant execute on function %I to tenantatlas_worker', v_name);
    if v_name = any (c_for_both) then
      execute format('grant execute on function %I to tenantatlas_api', v_name);
    end if;
    execute format('alter function %I owner to tenantatlas_door', v_name);
  end loop;
  revoke create on schema public from tenantatlas_door;
end $$;
