-- Operations: the run ledger is the queue.
--
-- What always holds: a run is active exactly as long as its live row exists; a worker acts only under the claim
-- (run, attempt, lease owner) that live row names; how a run ended is written once, by the transaction that deletes it.
-- The hot statements are functions, so that a start, a claim and an end are one round trip each. They run in READ
-- COMMITTED and name the workspace in every statement. They forbid sequential scans: a session keeps its plans, and one
-- made while live_runs was small must not outlive its growth.

create type operation_outcome as enum
  ('pending', 'succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled');
create type operation_trigger as enum ('user', 'schedule', 'api', 'system', 'reconcile');

-- One row per operation run, kept: written when the run is created and when it ends.
create table operation_runs (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  -- Null: the run is scoped to the workspace.
  tenant_id uuid,
  type text not null,
  identity bytea not null check (octet_length(identity) = 32),
  holds boolean not null default true,
  cooldown_until timestamptz,
  outcome operation_outcome not null default 'pending',
  input jsonb not null default '{}',
  context jsonb not null default '{}',
  attempts integer not null default 0,
  summary_counts jsonb not null default '{}',
  failure_summary jsonb not null default '[]',
  initiator_id uuid,
  initiator_name text not null,
  trigger operation_trigger not null,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  -- Pending is not completed, and holds; completed holds only as long as it cools down.
  check (
    case when outcome = 'pending' then completed_at is null and holds and cooldown_until is null
    else completed_at is not null and (not holds or cooldown_until is not null) end
  )
) with (fillfactor = 80);

-- A run holds its identity from creation until its cooldown ends: one index rules out both overlap and a re-run
-- inside the window. Asking first and inserting then is wrong (docs/adr/0001).
create unique index operation_runs_tenant_holder on operation_runs (workspace_id, tenant_id, identity)
  where holds and tenant_id is not null;
create unique index operation_runs_workspace_holder on operation_runs (workspace_id, identity)
  where holds and tenant_id is null;
-- Every row is in them; the condition keeps them to queries that name a time. Without it the planner takes them for as
-- good a way to one run as its key while the table is small, and a session that keeps the plan reads the whole history
-- at every start once it is large.
create index operation_runs_history on operation_runs (workspace_id, created_at desc)
  where created_at is not null;
create index operation_runs_tenant_history on operation_runs (workspace_id, tenant_id, created_at desc)
  where created_at is not null;

-- Exists only while the run is active: queue place, lease and fence, progress. Small, so that a claim costs the same
-- with five million finished runs as with ten.
create table live_runs (
  workspace_id uuid not null,
  run_id uuid not null,
  type text not null,
  -- The tenant, or the workspace itself for a workspace-scoped run: never null.
  lane uuid not null,
  -- 0: somebody waits for it. 1: scheduled.
  priority smallint not null check (priority in (0, 1)),
  run_at timestamptz not null,
  leased boolean not null default false,
  -- The fence: grows with every claim, never shrinks.
  attempt integer not null default 0,
  -- Attempts that do not count against max_attempts: ended by Retry-After, or handed back by a worker that stopped.
  throttles integer not null default 0,
  hand_backs integer not null default 0,
  max_attempts integer not null,
  -- How long one attempt may take.
  time_limit interval not null,
  lease_owner uuid,
  started_at timestamptz,
  deadline_at timestamptz,
  cancel_requested_at timestamptz,
  progress jsonb,
  -- Why the latest attempt did not end the run: { code, reason, message, count }.
  last_failure jsonb,
  primary key (workspace_id, run_id),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id),
  check (leased = (lease_owner is not null) and leased = (deadline_at is not null))
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
-- Priority first: lanes with interactive work are found without passing the others. The first row of a lane is its head.
create index live_runs_ready on live_runs (priority, workspace_id, lane, run_at, run_id) where not leased;
create index live_runs_leased on live_runs (workspace_id, lane) where leased;

-- One lease per worker process. A lease that was over is never renewed: its row is deleted, and the process, when it
-- still lives, registers anew. So "my row is there" means "nobody took my runs".
create table workers (
  id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null
) with (fillfactor = 50);

-- Absent: one run at a time, not paused.
create table lane_controls (
  workspace_id uuid not null references workspaces (id),
  lane uuid not null,
  concurrency integer not null default 1 check (concurrency >= 0),
  paused boolean not null default false,
  -- Microsoft Graph asked for a pause: nothing of this lane is claimed before.
  blocked_until timestamptz,
  primary key (workspace_id, lane)
);

-- The item ledger: what a run did with each item. An item that is done again overwrites itself, so counts summed
-- from here are those of the final attempt.
create table run_items (
  workspace_id uuid not null,
  run_id uuid not null,
  item_key text not null,
  label text,
  outcome text not null check (outcome in ('planned', 'succeeded', 'failed', 'skipped')),
  -- What the item adds to the counts of the run, base keys included.
  counts jsonb not null,
  code text,
  reason text,
  message text,
  output jsonb,
  attempt integer not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id, item_key),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id) on delete cascade,
  check ((code is null) = (reason is null) and (code is null) = (message is null))
);

-- The status people see is derived, never stored.
create view run_overview with (security_invoker = true) as
select
  r.*,
  case
    when r.outcome <> 'pending' then 'completed'
    when l.leased then 'running'
    else 'queued'
  end as status,
  l.run_at,
  l.attempt as live_attempt,
  l.throttles,
  l.max_attempts,
  l.lease_owner,
  l.started_at as live_started_at,
  l.cancel_requested_at,
  l.progress,
  l.last_failure
from operation_runs r
left join live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id;

-- Starts a run, or says which one holds its identity. Hits only read. A start that finds the holder past its cooldown
-- releases and replaces it; of several that do, the index lets one through and the others find its run.
create function ensure_run(
  p_workspace uuid, p_tenant uuid, p_run uuid, p_type text, p_identity bytea, p_input jsonb, p_context jsonb,
  p_initiator uuid, p_initiator_name text, p_trigger text, p_priority smallint, p_max_attempts integer, p_time_limit interval,
  out disposition text, out run_id uuid, out retry_at timestamptz
) language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_outcome operation_outcome;
begin
  for i in 1..5 loop
    if p_tenant is null then
      select r.id, r.outcome, r.cooldown_until into run_id, v_outcome, retry_at from operation_runs r
      where r.workspace_id = p_workspace and r.tenant_id is null and r.identity = p_identity and r.holds;
    else
      select r.id, r.outcome, r.cooldown_until into run_id, v_outcome, retry_at from operation_runs r
      where r.workspace_id = p_workspace and r.tenant_id = p_tenant and r.identity = p_identity and r.holds;
    end if;
    if found then
      if v_outcome = 'pending' then
        disposition := 'active';
        return;
      end if;
      if retry_at > clock_timestamp() then
        disposition := 'cooldown';
        return;
      end if;
      update operation_runs r set holds = false
      where r.workspace_id = p_workspace and r.id = run_id and r.holds and r.outcome <> 'pending';
    end if;
    insert into operation_runs
      (workspace_id, id, tenant_id, type, identity, input, context, initiator_id, initiator_name, trigger, created_at)
    values
      (p_workspace, p_run, p_tenant, p_type, p_identity, p_input, p_context, p_initiator, p_initiator_name,
        p_trigger::operation_trigger, clock_timestamp())
    on conflict do nothing;
    if found then
      insert into live_runs (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
      values (p_workspace, p_run, p_type, coalesce(p_tenant, p_workspace), p_priority, clock_timestamp(), p_max_attempts,
        p_time_limit);
      disposition := 'created';
      run_id := p_run;
      retry_at := null;
      return;
    end if;
  end loop;
  raise exception 'too many starts of one identity at once' using errcode = 'serialization_failure';
end $$;

-- The same for many tenants of one workspace in one statement: one run each. Tenants are taken in one order, so that two
-- batches do not wait for each other in a circle. Planned at each call: batches are rare, and of any size.
create function ensure_runs(
  p_workspace uuid, p_tenants uuid[], p_runs uuid[], p_type text, p_identity bytea, p_input jsonb, p_context jsonb,
  p_initiator uuid, p_initiator_name text, p_trigger text, p_priority smallint, p_max_attempts integer, p_time_limit interval
) returns table (tenant_id uuid, disposition text, run_id uuid, retry_at timestamptz)
language plpgsql set lock_timeout = '2s' set enable_seqscan = off set plan_cache_mode = force_custom_plan as $$
declare
  v_left uuid[] := p_tenants;
  v_answered uuid[];
  v_runs uuid[];
  v_retry timestamptz[];
begin
  for i in 1..5 loop
    update operation_runs r set holds = false
    from (
      select o.id from operation_runs o
      where o.workspace_id = p_workspace and o.tenant_id = any (v_left) and o.identity = p_identity and o.holds
        and o.outcome <> 'pending' and o.cooldown_until <= clock_timestamp()
      order by o.tenant_id for update
    ) past
    where r.workspace_id = p_workspace and r.id = past.id;

    with created as (
      insert into operation_runs as r
        (workspace_id, id, tenant_id, type, identity, input, context, initiator_id, initiator_name, trigger, created_at)
      select p_workspace, w.run, w.tenant, p_type, p_identity, p_input, p_context, p_initiator, p_initiator_name,
        p_trigger::operation_trigger, clock_timestamp()
      from unnest(p_tenants, p_runs) as w (tenant, run) where w.tenant = any (v_left) order by w.tenant
      on conflict do nothing
      returning r.id, r.tenant_id
    ), queued as (
      insert into live_runs as l (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
      select p_workspace, c.id, p_type, c.tenant_id, p_priority, clock_timestamp(), p_max_attempts, p_time_limit from created c
      returning l.run_id, l.lane
    )
    select array_agg(q.lane), array_agg(q.run_id) into v_answered, v_runs from queued q;
    return query select a.tenant, 'created', a.run, null::timestamptz from unnest(v_answered, v_runs) as a (tenant, run);
    v_left := array(select unnest(v_left) except select unnest(v_answered));

    -- A statement of its own, so that it sees what the starts that were in the way committed.
    select array_agg(r.tenant_id), array_agg(r.id), array_agg(r.cooldown_until) into v_answered, v_runs, v_retry
    from operation_runs r
    where r.workspace_id = p_workspace and r.tenant_id = any (v_left) and r.identity = p_identity and r.holds
      and (r.outcome = 'pending' or r.cooldown_until > clock_timestamp());
    return query
      select a.tenant, case when a.retry is null then 'active' else 'cooldown' end, a.run, a.retry
      from unnest(v_answered, v_runs, v_retry) as a (tenant, run, retry);
    v_left := array(select unnest(v_left) except select unnest(v_answered));
    if cardinality(v_left) = 0 then
      return;
    end if;
  end loop;
  raise exception 'too many starts of one identity at once' using errcode = 'serialization_failure';
end $$;

-- Up to p_lanes lanes with waiting work of one priority, in key order after a given one. Skips from head to head: the
-- cost is the number of lanes, not of runs.
create function waiting_lanes(p_priority smallint, p_after_workspace uuid, p_after_lane uuid, p_lanes integer)
returns table (workspace_id uuid, lane uuid, head_at timestamptz) language sql stable as $$
  with recursive heads (workspace_id, lane, head_at, n) as (
    (
      select l.workspace_id, l.lane, l.run_at, 1 from live_runs l
      where not l.leased and l.priority = p_priority and (l.workspace_id, l.lane) > (p_after_workspace, p_after_lane)
      order by l.workspace_id, l.lane, l.run_at limit 1
    )
    union all
    select next.workspace_id, next.lane, next.run_at, h.n + 1
    from heads h
    cross join lateral (
      select l.workspace_id, l.lane, l.run_at from live_runs l
      where not l.leased and l.priority = p_priority and (l.workspace_id, l.lane) > (h.workspace_id, h.lane)
      order by l.workspace_id, l.lane, l.run_at limit 1
    ) next
    where h.n < p_lanes
  )
  select h.workspace_id, h.lane, h.head_at from heads h
$$;

-- The runs of these lanes that may start now, most deserving first: the lane with the fewest running, then the oldest.
-- Takes no lock.
create function startable_runs(
  p_types text[], p_priority smallint, p_workspaces uuid[], p_lanes uuid[], p_n integer, p_now timestamptz
)
returns table (workspace_id uuid, run_id uuid) language sql stable as $$
  select c.workspace_id, c.run_id
  from (
    select x.workspace_id, h.run_id, h.run_at,
      busy.n + row_number() over (partition by x.workspace_id, x.lane order by h.run_at, h.run_id) as place
    from unnest(p_workspaces, p_lanes) as x (workspace_id, lane)
    left join lane_controls k on k.workspace_id = x.workspace_id and k.lane = x.lane
    cross join lateral (
      select count(*) as n from live_runs l where l.leased and l.workspace_id = x.workspace_id and l.lane = x.lane
    ) busy
    cross join lateral (
      select l.run_id, l.run_at from live_runs l
      where not l.leased and l.priority = p_priority and l.workspace_id = x.workspace_id and l.lane = x.lane
        and l.run_at <= p_now and l.type = any (p_types)
      order by l.run_at, l.run_id
      limit greatest(least(coalesce(k.concurrency, 1) - busy.n, p_n), 0)
    ) h
    where not coalesce(k.paused, false) and coalesce(k.blocked_until <= p_now, true)
  ) c
  order by c.place, c.run_at, c.run_id
  limit p_n
$$;

-- Leases runs of the given types to a worker whose own lease is good: first those somebody waits for, at most p_free;
-- then scheduled ones, at most p_scheduled and p_free in all. Lanes are visited in a circle that begins after the given one.
-- Locks, in this order: the claim lock, so that counting a lane and claiming in it are one step and limits are strict;
-- the worker's row, shared, so that nobody declares the worker lost meanwhile; then exactly the chosen live rows, except
-- those somebody else holds.
create function claim_runs(
  p_owner uuid, p_types text[], p_free integer, p_scheduled integer, p_after_workspace uuid, p_after_lane uuid
)
returns table (
  workspace_id uuid, run_id uuid, lane uuid, priority smallint, attempt integer, throttles integer, hand_backs integer,
  max_attempts integer, type text, input jsonb, initiator_id uuid, initiator_name text,
  tenant_id uuid, tenant_ref uuid, tenant_name text
) language plpgsql set lock_timeout = '2s' set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  c_first constant uuid := '00000000-0000-0000-0000-000000000000';
  c_lanes_a_pass constant integer := 32;
  v_free integer := p_free;
  v_wanted integer;
  v_round integer;
  v_workspace uuid;
  v_lane uuid;
  v_workspaces uuid[];
  v_lanes uuid[];
  v_chosen record;
  v_claimed integer;
  v_now timestamptz;
begin
  -- A claim that a crash of the server loses was never made. Whatever is done under it is committed after it, and the
  -- log is flushed in order: an effect that survived proves that its claim did.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(7341001);
  perform from workers w where w.id = p_owner and w.lease_until > clock_timestamp() for key share;
  if not found then
    raise exception 'the lease of worker % is over', p_owner using errcode = 'TA001';
  end if;
  -- Read after the lock was granted: a run created while we waited for it can be claimed.
  v_now := clock_timestamp();
  for v_priority in 0..1 loop
    v_wanted := case v_priority when 0 then v_free else least(v_free, p_scheduled) end;
    v_round := case p_after_workspace when c_first then 2 else 1 end;
    v_workspace := p_after_workspace;
    v_lane := p_after_lane;
    while v_wanted > 0 loop
      select array_agg(w.workspace_id order by w.workspace_id, w.lane), array_agg(w.lane order by w.workspace_id, w.lane)
      into v_workspaces, v_lanes
      from waiting_lanes(v_priority::smallint, v_workspace, v_lane, c_lanes_a_pass) w;
      for v_chosen in
        select s.workspace_id, array_agg(s.run_id) as runs
        from startable_runs(p_types, v_priority::smallint, v_workspaces, v_lanes, v_wanted, v_now) s group by s.workspace_id
      loop
        return query
          with locked as materialized (
            select l.run_id, l.leased from live_runs l
            where l.workspace_id = v_chosen.workspace_id and l.run_id = any (v_chosen.runs)
            for no key update skip locked
          ), claimed as (
            update live_runs l
            set leased = true, lease_owner = p_owner, attempt = l.attempt + 1,
              started_at = coalesce(l.started_at, clock_timestamp()), deadline_at = clock_timestamp() + l.time_limit
            from locked k
            where l.workspace_id = v_chosen.workspace_id and l.run_id = any (v_chosen.runs)
              and l.run_id = k.run_id and not k.leased
            returning l.*
          )
          select c.workspace_id, c.run_id, c.lane, c.priority, c.attempt, c.throttles, c.hand_backs, c.max_attempts,
            c.type, r.input, r.initiator_id, r.initiator_name, t.id, t.external_id, t.name
          from claimed c
          join operation_runs r on r.workspace_id = v_chosen.workspace_id and r.id = any (v_chosen.runs) and r.id = c.run_id
          left join lateral (
            select one.id, one.external_id, one.name from tenants one
            where one.workspace_id = v_chosen.workspace_id and one.id = r.tenant_id limit 1
          ) t on true;
        get diagnostics v_claimed = row_count;
        v_wanted := v_wanted - v_claimed;
        v_free := v_free - v_claimed;
      end loop;
      if cardinality(v_lanes) = c_lanes_a_pass then
        v_workspace := v_workspaces[c_lanes_a_pass];
        v_lane := v_lanes[c_lanes_a_pass];
        exit when v_round = 2 and (v_workspace, v_lane) >= (p_after_workspace, p_after_lane) and p_after_workspace <> c_first;
      else
        exit when v_round = 2;
        v_round := 2;
        v_workspace := c_first;
        v_lane := c_first;
      end if;
    end loop;
  end loop;
end $$;

-- Renews the lease of a process that still has it and says what the process holds: one statement, the whole truth.
create function renew_lease(p_owner uuid, p_lease interval)
returns table (
  workspace_id uuid, run_id uuid, attempt integer, throttles integer, hand_backs integer, max_attempts integer, type text,
  cancel_requested boolean, past_deadline boolean
)
language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
begin
  -- A renewal that a crash of the server loses makes the lease shorter, never longer.
  perform set_config('synchronous_commit', 'off', true);
  update workers w set lease_until = clock_timestamp() + p_lease where w.id = p_owner and w.lease_until > clock_timestamp();
  if not found then
    raise exception 'the lease of worker % is over', p_owner using errcode = 'TA001';
  end if;
  return query
    select l.workspace_id, l.run_id, l.attempt, l.throttles, l.hand_backs, l.max_attempts, l.type,
      l.cancel_requested_at is not null, l.deadline_at < clock_timestamp()
    from live_runs l where l.leased and l.lease_owner = p_owner;
end $$;

-- Ends leases that are over, and lists the claims that nobody stands behind any more: the worker is gone, or the attempt
-- is p_grace past its deadline. Whoever settles one does so under its triple, so several may do it at once.
create function lost_claims(p_grace interval)
returns table (
  workspace_id uuid, run_id uuid, attempt integer, lease_owner uuid, throttles integer, hand_backs integer,
  max_attempts integer, type text, worker_gone boolean
) language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
begin
  delete from workers w where w.lease_until < clock_timestamp();
  return query
    select l.workspace_id, l.run_id, l.attempt, l.lease_owner, l.throttles, l.hand_backs, l.max_attempts, l.type, w.id is null
    from live_runs l
    left join workers w on w.id = l.lease_owner
    where l.leased and (w.id is null or l.deadline_at + p_grace < clock_timestamp());
end $$;

-- Sends notifications. Nothing is stored, so nobody needs to wait for the disk.
create function notify_all(p_channel text, p_payloads text[]) returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  perform pg_notify(p_channel, payload) from unnest(p_payloads) payload;
end $$;

-- Holds the claim against release and end until the transaction is over, or refuses. Every effect of a handler on the
-- database begins with it.
create function assert_claim(p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid)
returns void language plpgsql set enable_seqscan = off as $$
begin
  perform from live_runs l
  where l.workspace_id = p_workspace and l.run_id = p_run and l.attempt = p_attempt and l.lease_owner = p_owner
  for share;
  if not found then
    raise exception 'attempt % of run % is not held by worker %', p_attempt, p_run, p_owner using errcode = 'TA001';
  end if;
end $$;

-- Names items to come; those the run already knows stay as they are.
create function plan_run_items(p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_items jsonb)
returns void language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
begin
  perform assert_claim(p_workspace, p_run, p_attempt, p_owner);
  insert into run_items (workspace_id, run_id, item_key, label, outcome, counts, attempt)
  select p_workspace, p_run, i.key, i.label, 'planned', '{"total": 1}', p_attempt
  from jsonb_to_recordset(p_items) as i (key text, label text)
  on conflict do nothing;
end $$;

-- Writes what became of items; an item done again overwrites its row.
create function record_run_items(p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_items jsonb)
returns void language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
begin
  perform assert_claim(p_workspace, p_run, p_attempt, p_owner);
  insert into run_items
    (workspace_id, run_id, item_key, label, outcome, counts, code, reason, message, output, attempt, updated_at)
  select p_workspace, p_run, i.key, i.label, i.outcome, i.counts, i.code, i.reason, i.message, i.output, p_attempt,
    clock_timestamp()
  from jsonb_to_recordset(p_items) as i
    (key text, label text, outcome text, counts jsonb, code text, reason text, message text, output jsonb)
  on conflict on constraint run_items_pkey do update
  set label = coalesce(excluded.label, run_items.label), outcome = excluded.outcome, counts = excluded.counts,
    code = excluded.code, reason = excluded.reason, message = excluded.message, output = excluded.output,
    attempt = excluded.attempt, updated_at = excluded.updated_at;
end $$;

-- The counts of a run: the sum of its item ledger, base keys always there.
create function run_counts(p_workspace uuid, p_run uuid) returns jsonb language sql stable as $$
  select '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}'::jsonb
    || coalesce(jsonb_object_agg(s.key, s.n), '{}')
  from (
    select c.key, sum(c.value::bigint) as n
    from run_items i cross join jsonb_each_text(i.counts) c
    where i.workspace_id = p_workspace and i.run_id = p_run group by c.key
  ) s
$$;

-- The failures of a run: its own lines first, then those of its items, alike ones in one line, at most 50.
create function run_failures(p_workspace uuid, p_run uuid, p_own jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(f.line order by f.rank, f.n desc, f.code), '[]')
  from (
    select l.rank, l.n, l.code, l.line from (
      select 0 as rank, (own.line ->> 'count')::bigint as n, own.line ->> 'code' as code, own.line from jsonb_array_elements(p_own) own (line)
      union all
      select 1, count(*), i.code, jsonb_strip_nulls(jsonb_build_object('code', i.code, 'reason', i.reason,
        'message', i.message, 'count', count(*), 'sample', min(i.label)))
      from run_items i
      where i.workspace_id = p_workspace and i.run_id = p_run and i.code is not null group by i.code, i.reason, i.message
    ) l order by l.rank, l.n desc, l.code limit 50
  ) f
$$;

-- What the items say: nothing but failures is failed; a failure or something left out is partly succeeded. The handler
-- can only make it worse.
create function run_outcome(p_counts jsonb, p_at_best text) returns text language sql immutable as $$
  select case
    when p_at_best = 'failed' then 'failed'
    when c.total > 0 and c.processed = c.failed then 'failed'
    when c.failed > 0 or c.processed < c.total or p_at_best = 'partially_succeeded' then 'partially_succeeded'
    else 'succeeded'
  end
  from (
    select (p_counts ->> 'total')::bigint as total, (p_counts ->> 'processed')::bigint as processed,
      (p_counts ->> 'failed')::bigint as failed
  ) c
$$;

-- Writes how a run ended, in the transaction that deleted its live row; called by finish_run and cancel_run only.
-- Verdicts: `returned` (the items decide), `failed`, `blocked` (failed, when something was done already), `cancelled`
-- (unless everything was done before the cancel was seen).
create function end_run(
  p_workspace uuid, p_run uuid, p_attempts integer, p_started_at timestamptz, p_verdict text, p_at_best text,
  p_failures jsonb, p_context jsonb, p_cooldown interval, p_cooldown_after text[], p_audit uuid
) returns text language plpgsql set enable_seqscan = off as $$
declare
  v_counts jsonb := run_counts(p_workspace, p_run);
  v_failures jsonb := run_failures(p_workspace, p_run, p_failures);
  v_all_done boolean := v_counts -> 'total' <> '0' and v_counts -> 'processed' = v_counts -> 'total'
    and not jsonb_path_exists(v_failures, '$[*] ? (@.reason == "cancelled")');
  v_outcome text := case
    when p_verdict = 'returned' or p_verdict = 'cancelled' and v_all_done then run_outcome(v_counts, p_at_best)
    when p_verdict = 'blocked' and v_counts -> 'processed' <> '0' then 'failed'
    else p_verdict
  end;
  v_now timestamptz := clock_timestamp();
  v_cools boolean := v_outcome = any (p_cooldown_after) and p_cooldown > interval '0';
begin
  with ended as (
    update operation_runs r
    set outcome = v_outcome::operation_outcome, summary_counts = v_counts, failure_summary = v_failures, context = r.context || p_context,
      attempts = p_attempts, started_at = p_started_at, completed_at = v_now,
      holds = v_cools, cooldown_until = case when v_cools then v_now + p_cooldown end
    where r.workspace_id = p_workspace and r.id = p_run and r.outcome = 'pending'
    returning r.*
  )
  insert into audit_entries
    (workspace_id, id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, detail)
  select e.workspace_id, p_audit, e.tenant_id, v_now, case when e.initiator_id is null then 'system' else 'user' end,
    e.initiator_id, e.initiator_name, 'run.completed', 'run', e.id::text, e.id, v_outcome,
    jsonb_build_object('type', e.type, 'attempts', e.attempts, 'counts', e.summary_counts)
  from ended e;
  if not found then
    raise exception 'run % has a live row but is not pending', p_run;
  end if;
  return v_outcome;
end $$;

-- Ends a run under its claim: the outcome, or null when the claim does not hold any more and nothing changed.
create function finish_run(
  p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_verdict text, p_at_best text,
  p_failures jsonb, p_context jsonb, p_cooldown interval, p_cooldown_after text[], p_audit uuid
) returns text language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_started_at timestamptz;
begin
  delete from live_runs l
  where l.workspace_id = p_workspace and l.run_id = p_run and l.attempt = p_attempt and l.lease_owner = p_owner
  returning l.started_at into v_started_at;
  if not found then
    return null;
  end if;
  return end_run(p_workspace, p_run, p_attempt, v_started_at, p_verdict, p_at_best, p_failures, p_context, p_cooldown,
    p_cooldown_after, p_audit);
end $$;

-- Puts a claimed run back into the queue. Kinds: `retry` uses the attempt up; `throttled` does not and keeps the whole
-- lane waiting as long; `hand_back` does not and keeps its place. A run somebody wants cancelled is not put back.
create function release_run(
  p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_kind text, p_delay interval, p_failure jsonb
) returns text language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_lane uuid;
  v_run_at timestamptz;
begin
  update live_runs l
  set leased = false, lease_owner = null, deadline_at = null, last_failure = coalesce(p_failure, l.last_failure),
    throttles = l.throttles + (p_kind = 'throttled')::integer, hand_backs = l.hand_backs + (p_kind = 'hand_back')::integer,
    run_at = case when p_kind = 'hand_back' then l.run_at else clock_timestamp() + p_delay end
  where l.workspace_id = p_workspace and l.run_id = p_run and l.attempt = p_attempt and l.lease_owner = p_owner
    and l.cancel_requested_at is null
  returning l.lane, l.run_at into v_lane, v_run_at;
  if not found then
    perform from live_runs l
    where l.workspace_id = p_workspace and l.run_id = p_run and l.attempt = p_attempt and l.lease_owner = p_owner;
    return case when found then 'cancel_requested' else 'stale' end;
  end if;
  if p_kind = 'throttled' then
    insert into lane_controls as c (workspace_id, lane, blocked_until) values (p_workspace, v_lane, v_run_at)
    on conflict on constraint lane_controls_pkey do update set blocked_until = greatest(c.blocked_until, excluded.blocked_until);
  end if;
  return 'released';
end $$;

-- Cancels a run: a queued one ends at once; a running one is asked to, its worker sees it at the next heartbeat.
create function cancel_run(p_workspace uuid, p_run uuid, p_audit uuid)
returns text language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_live live_runs;
begin
  select * into v_live from live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    perform from operation_runs r where r.workspace_id = p_workspace and r.id = p_run;
    return case when found then 'ended' else 'not_found' end;
  end if;
  if v_live.leased then
    update live_runs l set cancel_requested_at = coalesce(l.cancel_requested_at, clock_timestamp())
    where l.workspace_id = p_workspace and l.run_id = p_run;
    return 'requested';
  end if;
  delete from live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  perform end_run(p_workspace, p_run, v_live.attempt, v_live.started_at, 'cancelled', null, '[]', '{}', interval '0', '{}', p_audit);
  return 'cancelled';
end $$;
