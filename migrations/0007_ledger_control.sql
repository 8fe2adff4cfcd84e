-- The run ledger, complete: what a person may hold back, how each attempt ended, who is told, and what mends it.
--
-- A redelivered claim is impossible: a live row whose run has ended is deleted by the claim that meets it. A worker of
-- another ledger protocol claims nothing; it may end what it holds.

alter table operation_runs
  -- One element per attempt, oldest first; empty for a run whose first attempt ended it (started_at to completed_at).
  add column attempt_log jsonb not null default '[]';

-- What has ended and still holds, the longest over first.
create index operation_runs_cooled on operation_runs (cooldown_until) where holds and cooldown_until is not null;

alter table live_runs
  add column leased_at timestamptz,
  -- `host (pid)` of the worker that leased it last.
  add column worker_name text,
  add column attempt_log jsonb not null default '[]';

alter table workers
  -- Which ledger functions the process speaks.
  add column protocol integer not null default 1,
  add column version text not null default '',
  -- Claims nothing more until somebody resumes it.
  add column draining boolean not null default false;

alter table lane_controls
  add column paused_at timestamptz,
  add column paused_by text,
  add column reason text;

-- Paused operation types of a workspace: their runs wait.
create table type_controls (
  workspace_id uuid not null references workspaces (id),
  type text not null,
  paused_at timestamptz not null default clock_timestamp(),
  paused_by text not null,
  reason text not null,
  primary key (workspace_id, type)
);

-- What shall be told, written in the transaction of what happened; whoever relays it deletes it. The id is that of the
-- audit entry of the same end.
create table outbox (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  event text not null,
  run_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);

drop view run_overview;
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
  l.leased_at,
  l.deadline_at,
  l.worker_name,
  l.started_at as live_started_at,
  l.attempt_log as live_attempt_log,
  l.cancel_requested_at,
  l.progress,
  l.last_failure
from operation_runs r
left join live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id;

-- The functions below that a worker of another protocol would misread have another version behind this number.
create function ledger_protocol() returns integer language sql immutable parallel safe as $$ select 2 $$;

drop function ensure_run(uuid, uuid, uuid, text, bytea, jsonb, jsonb, uuid, text, text, smallint, integer, interval);
drop function ensure_runs(uuid, uuid[], uuid[], text, bytea, jsonb, jsonb, uuid, text, text, smallint, integer, interval);
drop function claim_runs(uuid, text[], integer, integer, uuid, uuid);
drop function startable_runs(text[], smallint, uuid[], uuid[], integer, timestamptz);
drop function renew_lease(uuid, interval);
drop function end_run(uuid, uuid, integer, timestamptz, text, text, jsonb, jsonb, interval, text[], uuid);

-- Waits for locks at most 2 s from here on; less where the caller wants less.
create function wait_for_locks() returns void language plpgsql as $$
declare
  v_now interval := current_setting('lock_timeout')::interval;
begin
  if v_now = interval '0' or v_now > interval '2 seconds' then
    perform set_config('lock_timeout', '2s', true);
  end if;
end $$;

-- Starts a run, or says which one holds its identity. Hits only read. A start that finds the holder past its cooldown
-- releases and replaces it; of several that do, the index lets one through and the others find its run. p_override does
-- the same to a holder that still cools down; `overridden` names it. p_delay: how long the run waits before it is claimed.
create function ensure_run(
  p_workspace uuid, p_tenant uuid, p_run uuid, p_type text, p_identity bytea, p_input jsonb, p_context jsonb,
  p_initiator uuid, p_initiator_name text, p_trigger text, p_priority smallint, p_max_attempts integer, p_time_limit interval,
  p_delay interval, p_override boolean,
  out disposition text, out run_id uuid, out retry_at timestamptz, out overridden uuid
) language plpgsql set enable_seqscan = off as $$
declare
  v_outcome operation_outcome;
begin
  perform wait_for_locks();
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
        if not p_override then
          disposition := 'cooldown';
          return;
        end if;
        overridden := run_id;
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
      values (p_workspace, p_run, p_type, coalesce(p_tenant, p_workspace), p_priority, clock_timestamp() + p_delay,
        p_max_attempts, p_time_limit);
      disposition := 'created';
      run_id := p_run;
      retry_at := null;
      return;
    end if;
    overridden := null;
  end loop;
  raise exception 'too many starts of one identity at once' using errcode = 'serialization_failure';
end $$;

-- Different starts that came together; the place says which answer is whose. Those whose identity is held are answered by
-- one read; the others are created at once, and the unique indexes say which ones somebody was in the way of: those go
-- each as ensure_run does it. In one order, so that two batches do not wait for each other in a circle, and waiting for
-- nobody long: whoever is in the way of one must not hold up the others.
create function start_runs(p_starts jsonb)
returns table (place integer, disposition text, run_id uuid, retry_at timestamptz)
language plpgsql set lock_timeout = '200ms' set enable_seqscan = off as $$
declare
  v_start record;
  v_answered integer[] := '{}';
  v_created integer[];
  v_runs uuid[];
begin
  for place, disposition, run_id, retry_at in
    select s.place, case when r.outcome = 'pending' then 'active' else 'cooldown' end, r.id, r.cooldown_until
    from jsonb_to_recordset(p_starts) as s (place integer, workspace uuid, tenant uuid, identity text)
    cross join lateral (
      select h.id, h.outcome, h.cooldown_until from operation_runs h
      where h.workspace_id = s.workspace and h.tenant_id = s.tenant and h.identity = decode(s.identity, 'hex') and h.holds
        and (h.outcome = 'pending' or h.cooldown_until > clock_timestamp())
      limit 1
    ) r
  loop
    v_answered := v_answered || place;
    return next;
  end loop;
  if cardinality(v_answered) = jsonb_array_length(p_starts) then
    return;
  end if;
  with wanted as materialized (
    select s.* from jsonb_to_recordset(p_starts) as s (
      place integer, workspace uuid, tenant uuid, run uuid, type text, identity text, input jsonb, context jsonb,
      initiator uuid, initiator_name text, trigger operation_trigger, priority smallint, max_attempts integer,
      limit_minutes integer, delay_seconds double precision
    ) where s.place <> all (v_answered) order by s.workspace, s.tenant, s.identity
  ), created as (
    insert into operation_runs as r
      (workspace_id, id, tenant_id, type, identity, input, context, initiator_id, initiator_name, trigger, created_at)
    select w.workspace, w.run, w.tenant, w.type, decode(w.identity, 'hex'), w.input, w.context, w.initiator,
      w.initiator_name, w.trigger, clock_timestamp()
    from wanted w
    on conflict do nothing
    returning r.id
  ), queued as (
    insert into live_runs as l (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
    select w.workspace, w.run, w.type, coalesce(w.tenant, w.workspace), w.priority,
      clock_timestamp() + make_interval(secs => w.delay_seconds), w.max_attempts, make_interval(mins => w.limit_minutes)
    from wanted w join created c on c.id = w.run
    returning l.run_id
  )
  select array_agg(w.place), array_agg(w.run) into v_created, v_runs from wanted w join queued q on q.run_id = w.run;
  return query select c.place, 'created', c.run, null::timestamptz from unnest(v_created, v_runs) as c (place, run);
  v_answered := v_answered || v_created;
  if cardinality(v_answered) = jsonb_array_length(p_starts) then
    return;
  end if;
  for v_start in
    select * from jsonb_to_recordset(p_starts) as s (
      place integer, workspace uuid, tenant uuid, run uuid, type text, identity text, input jsonb, context jsonb,
      initiator uuid, initiator_name text, trigger text, priority smallint, max_attempts integer, limit_minutes integer,
      delay_seconds double precision
    ) where s.place <> all (v_answered) order by s.workspace, s.tenant, s.identity
  loop
    place := v_start.place;
    select e.disposition, e.run_id, e.retry_at into disposition, run_id, retry_at
    from ensure_run(v_start.workspace, v_start.tenant, v_start.run, v_start.type, decode(v_start.identity, 'hex'),
      v_start.input, v_start.context, v_start.initiator, v_start.initiator_name, v_start.trigger, v_start.priority,
      v_start.max_attempts, make_interval(mins => v_start.limit_minutes),
      make_interval(secs => v_start.delay_seconds), false) e;
    return next;
  end loop;
end $$;

-- One operation for many tenants of one workspace in one statement: one run each, each with its own delay. Tenants are
-- taken in one order, so that two batches do not wait for each other in a circle. Planned at each call: batches are rare,
-- and of any size.
create function ensure_runs(
  p_workspace uuid, p_tenants uuid[], p_runs uuid[], p_delays double precision[], p_type text, p_identity bytea,
  p_input jsonb, p_context jsonb, p_initiator uuid, p_initiator_name text, p_trigger text, p_priority smallint,
  p_max_attempts integer, p_time_limit interval
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

    with wanted as materialized (
      select w.tenant, w.run, w.delay from unnest(p_tenants, p_runs, p_delays) as w (tenant, run, delay)
      where w.tenant = any (v_left)
    ), created as (
      insert into operation_runs as r
        (workspace_id, id, tenant_id, type, identity, input, context, initiator_id, initiator_name, trigger, created_at)
      select p_workspace, w.run, w.tenant, p_type, p_identity, p_input, p_context, p_initiator, p_initiator_name,
        p_trigger::operation_trigger, clock_timestamp()
      from wanted w order by w.tenant
      on conflict do nothing
      returning r.id, r.tenant_id
    ), queued as (
      insert into live_runs as l (workspace_id, run_id, type, lane, priority, run_at, max_attempts, time_limit)
      select p_workspace, c.id, p_type, c.tenant_id, p_priority, clock_timestamp() + make_interval(secs => w.delay),
        p_max_attempts, p_time_limit
      from created c join wanted w on w.run = c.id
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

-- Releases up to p_n identities whose cooldown is over, soon after it is: how many. Whoever starts the same again would do
-- it then, but among millions of runs its pages are no longer in memory. Locks the runs it releases, and waits for nobody.
create function release_cooled(p_n integer) returns integer
language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_chosen record;
  v_runs integer;
  v_released integer := 0;
begin
  -- What a crash of the server loses is released again.
  perform set_config('synchronous_commit', 'off', true);
  for v_chosen in
    select c.workspace_id, array_agg(c.id) as runs from (
      select o.workspace_id, o.id from operation_runs o
      where o.holds and o.cooldown_until <= statement_timestamp() order by o.cooldown_until limit p_n
    ) c group by c.workspace_id
  loop
    with free as materialized (
      select r.id from operation_runs r
      where r.workspace_id = v_chosen.workspace_id and r.id = any (v_chosen.runs) and r.holds and r.outcome <> 'pending'
        and r.cooldown_until <= clock_timestamp()
      for no key update skip locked
    )
    update operation_runs r set holds = false from free f
    where r.workspace_id = v_chosen.workspace_id and r.id = any (v_chosen.runs) and r.id = f.id;
    get diagnostics v_runs = row_count;
    v_released := v_released + v_runs;
  end loop;
  return v_released;
end $$;

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
      select array(select t.type from type_controls t where t.workspace_id = x.workspace_id) as types
    ) paused
    cross join lateral (
      select count(*) as n from live_runs l where l.leased and l.workspace_id = x.workspace_id and l.lane = x.lane
    ) busy
    cross join lateral (
      select l.run_id, l.run_at from live_runs l
      where not l.leased and l.priority = p_priority and l.workspace_id = x.workspace_id and l.lane = x.lane
        and l.run_at <= p_now and l.type = any (p_types) and l.type <> all (paused.types)
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
-- A live row whose run has ended was delivered twice: it is deleted, and returned without a claim (`is_canonical` false).
-- Locks, in this order: the claim lock, so that counting a lane and claiming in it are one step and limits are strict;
-- the worker's row, shared, so that nobody declares the worker lost meanwhile; then exactly the chosen live rows, except
-- those somebody else holds.
create function claim_runs(
  p_owner uuid, p_types text[], p_free integer, p_scheduled integer, p_after_workspace uuid, p_after_lane uuid
)
returns table (
  workspace_id uuid, run_id uuid, lane uuid, priority smallint, attempt integer, throttles integer, hand_backs integer,
  max_attempts integer, type text, input jsonb, initiator_id uuid, initiator_name text,
  tenant_id uuid, tenant_ref uuid, tenant_name text, is_canonical boolean
) language plpgsql set lock_timeout = '2s' set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  c_first constant uuid := '00000000-0000-0000-0000-000000000000';
  -- Of so many the fairest are taken. Few at first, for looking at a lane costs; more when those had nothing to give.
  v_lanes_a_pass integer;
  v_worker workers;
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
  select * into v_worker from workers w where w.id = p_owner and w.lease_until > clock_timestamp() for key share;
  if not found then
    raise exception 'the lease of worker % is over', p_owner using errcode = 'TA001';
  end if;
  if v_worker.protocol <> ledger_protocol() then
    raise exception 'worker % speaks ledger protocol %, the database %', p_owner, v_worker.protocol, ledger_protocol()
      using errcode = 'TA002';
  end if;
  if v_worker.draining then
    return;
  end if;
  -- Read after the lock was granted: a run created while we waited for it can be claimed.
  v_now := clock_timestamp();
  for v_priority in 0..1 loop
    v_wanted := case v_priority when 0 then v_free else least(v_free, p_scheduled) end;
    v_round := case p_after_workspace when c_first then 2 else 1 end;
    v_workspace := p_after_workspace;
    v_lane := p_after_lane;
    v_lanes_a_pass := least(32, greatest(8, 2 * v_wanted));
    while v_wanted > 0 loop
      select array_agg(w.workspace_id order by w.workspace_id, w.lane), array_agg(w.lane order by w.workspace_id, w.lane)
      into v_workspaces, v_lanes
      from waiting_lanes(v_priority::smallint, v_workspace, v_lane, v_lanes_a_pass) w;
      for v_chosen in
        select s.workspace_id, array_agg(s.run_id) as runs
        from startable_runs(p_types, v_priority::smallint, v_workspaces, v_lanes, v_wanted, v_now) s group by s.workspace_id
      loop
        return query
          with locked as materialized (
            select l.run_id, l.leased from live_runs l
            where l.workspace_id = v_chosen.workspace_id and l.run_id = any (v_chosen.runs)
            for no key update skip locked
          ), claimable as materialized (
            select r.id, r.outcome = 'pending' as is_canonical, r.tenant_id, r.input, r.initiator_id, r.initiator_name
            from operation_runs r join locked k on k.run_id = r.id and not k.leased
            where r.workspace_id = v_chosen.workspace_id and r.id = any (v_chosen.runs)
          ), redelivered as (
            delete from live_runs l using claimable c
            where l.workspace_id = v_chosen.workspace_id and l.run_id = any (v_chosen.runs)
              and l.run_id = c.id and not c.is_canonical
            returning l.*
          ), claimed as (
            update live_runs l
            set leased = true, lease_owner = p_owner, attempt = l.attempt + 1, leased_at = clock_timestamp(),
              started_at = coalesce(l.started_at, clock_timestamp()), deadline_at = clock_timestamp() + l.time_limit,
              worker_name = v_worker.host || ' (' || v_worker.pid || ')'
            from claimable c
            where l.workspace_id = v_chosen.workspace_id and l.run_id = any (v_chosen.runs)
              and l.run_id = c.id and c.is_canonical
            returning l.*
          )
          select d.workspace_id, d.run_id, d.lane, d.priority, d.attempt, d.throttles, d.hand_backs, d.max_attempts,
            d.type, c.input, c.initiator_id, c.initiator_name, t.id, t.external_id, t.name, c.is_canonical
          from (select * from claimed union all select * from redelivered) d
          join claimable c on c.id = d.run_id
          left join lateral (
            select one.id, one.external_id, one.name from tenants one
            where one.workspace_id = v_chosen.workspace_id and one.id = c.tenant_id limit 1
          ) t on true;
        get diagnostics v_claimed = row_count;
        v_wanted := v_wanted - v_claimed;
        v_free := v_free - v_claimed;
      end loop;
      if cardinality(v_lanes) = v_lanes_a_pass then
        v_workspace := v_workspaces[v_lanes_a_pass];
        v_lane := v_lanes[v_lanes_a_pass];
        exit when v_round = 2 and (v_workspace, v_lane) >= (p_after_workspace, p_after_lane) and p_after_workspace <> c_first;
        v_lanes_a_pass := least(64, 2 * v_lanes_a_pass);
      else
        exit when v_round = 2;
        v_round := 2;
        v_workspace := c_first;
        v_lane := c_first;
      end if;
    end loop;
  end loop;
end $$;

-- Renews the lease of a process that still has it and says what the process holds: one statement, the whole truth. At
-- least one row, which says whether the process drains; its run is null when it holds none.
create function renew_lease(p_owner uuid, p_lease interval)
returns table (
  draining boolean, workspace_id uuid, run_id uuid, attempt integer, throttles integer, hand_backs integer,
  max_attempts integer, type text, cancel_requested boolean, past_deadline boolean
)
language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_draining boolean;
begin
  -- A renewal that a crash of the server loses makes the lease shorter, never longer.
  perform set_config('synchronous_commit', 'off', true);
  update workers w set lease_until = clock_timestamp() + p_lease
  where w.id = p_owner and w.lease_until > clock_timestamp() returning w.draining into v_draining;
  if not found then
    raise exception 'the lease of worker % is over', p_owner using errcode = 'TA001';
  end if;
  return query
    select v_draining, l.workspace_id, l.run_id, l.attempt, l.throttles, l.hand_backs, l.max_attempts, l.type,
      l.cancel_requested_at is not null, l.deadline_at < clock_timestamp()
    from (values (1)) always (one)
    left join live_runs l on l.leased and l.lease_owner = p_owner;
end $$;

-- One element of an attempt log.
create function attempt_record(
  p_attempt integer, p_worker text, p_began timestamptz, p_ended timestamptz, p_end text, p_failure jsonb, p_next timestamptz
) returns jsonb language sql immutable as $$
  select jsonb_build_object('attempt', p_attempt, 'worker', p_worker, 'beganAt', p_began, 'endedAt', p_ended, 'end', p_end,
    'failure', p_failure, 'nextAt', p_next)
$$;

-- How a run ends, and the live row it had.
create type run_end as (
  live live_runs, verdict text, at_best text, failures jsonb, context jsonb, cooldown interval, cooldown_after text[],
  audit uuid
);

-- The same words as before; one expression, so that it needs no statement of its own.
create or replace function run_outcome(p_counts jsonb, p_at_best text) returns text language sql immutable as $$
  select case
    when p_at_best = 'failed' then 'failed'
    when p_counts -> 'total' <> '0' and p_counts -> 'processed' = p_counts -> 'failed' then 'failed'
    when p_counts -> 'failed' <> '0' or (p_counts ->> 'processed')::bigint < (p_counts ->> 'total')::bigint
      or p_at_best = 'partially_succeeded' then 'partially_succeeded'
    else 'succeeded'
  end
$$;

-- Writes how runs of one workspace ended, in the transaction that deleted their live rows: their outcomes, in the order
-- of the ends. Verdicts: `returned` (the items decide, or one that was cancelled), `failed`, `blocked` (failed, when
-- something was done already), `cancelled`. What people and other programs are told goes with it. One statement, however
-- many: most of what an end costs is the statement.
create function end_runs(p_workspace uuid, p_ends run_end[])
returns text[] language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_now timestamptz := clock_timestamp();
  -- Named beside the join: a plan made while the ledger was small must not read all of it once it is large.
  v_runs uuid[] := array(select (e.live).run_id from unnest(p_ends) e);
  v_outcomes text[];
  v_written uuid[];
begin
  -- `offset 0` keeps what is asked once from being asked at each use.
  with verdicts as materialized (
    select e.place, (e.live).run_id, (e.live).attempt, (e.live).started_at, e.context, e.audit, c.counts, f.failures, o.outcome,
      case when o.outcome = any (e.cooldown_after) and e.cooldown > interval '0' then v_now + e.cooldown end as cooldown_until,
      case when (e.live).attempt_log <> '[]' and (e.live).leased
        then (e.live).attempt_log || attempt_record((e.live).attempt, (e.live).worker_name, (e.live).leased_at, v_now, o.outcome, null, null)
        else (e.live).attempt_log end as attempt_log
    from unnest(p_ends) with ordinality as e
      (live, verdict, at_best, failures, context, cooldown, cooldown_after, audit, place)
    cross join lateral (
      select exists (select from run_items i where i.workspace_id = p_workspace and i.run_id = (e.live).run_id) as exist offset 0
    ) items
    cross join lateral (
      select case when items.exist then run_counts(p_workspace, (e.live).run_id)
        else '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}' end as counts offset 0
    ) c
    cross join lateral (
      select case when items.exist or e.failures <> '[]' then run_failures(p_workspace, (e.live).run_id, e.failures)
        else '[]' end as failures offset 0
    ) f
    cross join lateral (
      select case
        when e.verdict = 'returned' and jsonb_path_exists(f.failures, '$[*] ? (@.reason == "cancelled")') then 'cancelled'
        when e.verdict = 'returned' then run_outcome(c.counts, e.at_best)
        when e.verdict = 'blocked' and c.counts -> 'processed' <> '0' then 'failed'
        else e.verdict
      end as outcome offset 0
    ) o
  ), ended as (
    update operation_runs r
    set outcome = v.outcome::operation_outcome, summary_counts = v.counts, failure_summary = v.failures,
      context = r.context || v.context, attempts = v.attempt, started_at = v.started_at, completed_at = v_now,
      attempt_log = v.attempt_log, holds = v.cooldown_until is not null, cooldown_until = v.cooldown_until
    from verdicts v
    where r.workspace_id = p_workspace and r.id = any (v_runs) and r.id = v.run_id and r.outcome = 'pending'
    returning r.*, v.audit
  ), told as (
    insert into outbox (workspace_id, id, event, run_id, created_at)
    select e.workspace_id, e.audit, 'run.completed', e.id, v_now from ended e where e.trigger not in ('system', 'reconcile')
  ), audited as (
    insert into audit_entries
      (workspace_id, id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, detail)
    select e.workspace_id, e.audit, e.tenant_id, v_now, case when e.initiator_id is null then 'system' else 'user' end,
      e.initiator_id, e.initiator_name, 'run.completed', 'run', e.id::text, e.id, e.outcome,
      jsonb_build_object('type', e.type, 'attempts', e.attempts, 'counts', e.summary_counts)
    from ended e
  )
  select array_agg(v.outcome order by v.place), array(select e.id from ended e) into v_outcomes, v_written from verdicts v;
  if cardinality(v_written) <> cardinality(v_runs) then
    raise exception 'run % has a live row but is not pending', (select min(r::text) from unnest(v_runs) r where r <> all (v_written));
  end if;
  return v_outcomes;
end $$;

-- The same for one run.
create function end_run(
  p_live live_runs, p_verdict text, p_at_best text, p_failures jsonb, p_context jsonb, p_cooldown interval,
  p_cooldown_after text[], p_audit uuid
) returns text language plpgsql as $$
begin
  return (end_runs(p_live.workspace_id,
    array[row(p_live, p_verdict, p_at_best, p_failures, p_context, p_cooldown, p_cooldown_after, p_audit)::run_end]))[1];
end $$;

-- Ends a run under its claim: the outcome, or null when the claim does not hold any more and nothing changed.
create or replace function finish_run(
  p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_verdict text, p_at_best text,
  p_failures jsonb, p_context jsonb, p_cooldown interval, p_cooldown_after text[], p_audit uuid
) returns text language plpgsql set enable_seqscan = off as $$
declare
  v_live live_runs;
begin
  perform wait_for_locks();
  delete from live_runs l
  where l.workspace_id = p_workspace and l.run_id = p_run and l.attempt = p_attempt and l.lease_owner = p_owner
  returning l.* into v_live;
  if not found then
    return null;
  end if;
  return end_run(v_live, p_verdict, p_at_best, p_failures, p_context, p_cooldown, p_cooldown_after, p_audit);
end $$;

-- Ends of one worker that came together, each under its own claim; the place says which outcome is whose. An end whose
-- claim does not hold any more is not answered.
create function finish_runs(p_ends jsonb) returns table (place integer, outcome text)
language plpgsql set lock_timeout = '200ms' set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_end record;
  v_live live_runs;
  v_workspace uuid;
  v_places integer[] := '{}';
  v_ends run_end[] := '{}';
begin
  for v_end in
    select * from jsonb_to_recordset(p_ends) as e (
      place integer, workspace uuid, run uuid, attempt integer, owner uuid, verdict text, at_best text, failures jsonb,
      context jsonb, cooldown_minutes integer, cooldown_after text[], audit uuid
    ) order by e.workspace, e.place
  loop
    if v_end.workspace <> v_workspace and v_places <> '{}' then
      return query select * from unnest(v_places, end_runs(v_workspace, v_ends));
      v_places := '{}';
      v_ends := '{}';
    end if;
    v_workspace := v_end.workspace;
    delete from live_runs l
    where l.workspace_id = v_workspace and l.run_id = v_end.run and l.attempt = v_end.attempt and l.lease_owner = v_end.owner
    returning l.* into v_live;
    if found then
      v_places := v_places || v_end.place;
      v_ends := v_ends || row(v_live, v_end.verdict, v_end.at_best, v_end.failures, v_end.context,
        make_interval(mins => v_end.cooldown_minutes), v_end.cooldown_after, v_end.audit)::run_end;
    end if;
  end loop;
  if v_places <> '{}' then
    return query select * from unnest(v_places, end_runs(v_workspace, v_ends));
  end if;
end $$;

-- Puts a claimed run back into the queue. Kinds: `retry` uses the attempt up; `throttled` does not and keeps the whole
-- lane waiting as long; `hand_back` does not and keeps its place. A run somebody wants cancelled is not put back.
create or replace function release_run(
  p_workspace uuid, p_run uuid, p_attempt integer, p_owner uuid, p_kind text, p_delay interval, p_failure jsonb
) returns text language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_now timestamptz := clock_timestamp();
  v_lane uuid;
  v_run_at timestamptz;
begin
  update live_runs l
  set leased = false, lease_owner = null, deadline_at = null, leased_at = null,
    last_failure = coalesce(p_failure, l.last_failure),
    throttles = l.throttles + (p_kind = 'throttled')::integer, hand_backs = l.hand_backs + (p_kind = 'hand_back')::integer,
    run_at = case when p_kind = 'hand_back' then l.run_at else v_now + p_delay end,
    attempt_log = kept_attempts(l.attempt_log) || attempt_record(l.attempt, l.worker_name, l.leased_at, v_now, p_kind, p_failure,
      case when p_kind = 'hand_back' then v_now else v_now + p_delay end)
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

-- The attempts a log keeps beside a new one: a run that Microsoft Graph throttles for days must not grow without bound.
-- The first and the last 48 stay.
create function kept_attempts(p_log jsonb) returns jsonb language sql immutable as $$
  select case when jsonb_array_length(p_log) < 49 then p_log else p_log - 1 end
$$;

-- Cancels a run: a queued one ends at once; a running one is asked to, its worker sees it at the next heartbeat.
create or replace function cancel_run(p_workspace uuid, p_run uuid, p_audit uuid)
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
  perform end_run(v_live, 'cancelled', null, '[]', '{}', interval '0', '{}', p_audit);
  return 'cancelled';
end $$;

-- Ends an active run whose domain record is over, unless a worker that lives is at it: the outcome, or null when nothing
-- changed. A worker that comes too late for it finds its claim gone.
create function settle_run(
  p_workspace uuid, p_run uuid, p_verdict text, p_at_best text, p_failures jsonb, p_cooldown interval,
  p_cooldown_after text[], p_audit uuid
) returns text language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_live live_runs;
begin
  delete from live_runs l
  where l.workspace_id = p_workspace and l.run_id = p_run
    and not exists (select from workers w where l.leased and w.id = l.lease_owner and w.lease_until > clock_timestamp())
  returning l.* into v_live;
  if not found then
    return null;
  end if;
  return end_run(v_live, p_verdict, p_at_best, p_failures, '{}', p_cooldown, p_cooldown_after, p_audit);
end $$;

-- Queues a pending run that has no live row. Its fence begins far above every attempt that left a trace, for others may
-- have left none; none of them counts. The first element of its log keeps after how many known attempts that was: people
-- go on counting from there.
create function requeue_run(
  p_workspace uuid, p_run uuid, p_priority smallint, p_max_attempts integer, p_time_limit interval
) returns boolean language plpgsql set lock_timeout = '2s' set enable_seqscan = off as $$
declare
  v_run operation_runs;
  v_now timestamptz := clock_timestamp();
  v_before jsonb;
  v_last integer;
  v_fence integer;
  v_known integer;
  v_log jsonb;
begin
  select * into v_run from operation_runs r
  where r.workspace_id = p_workspace and r.id = p_run and r.outcome = 'pending' for update;
  if not found then
    return false;
  end if;
  -- A pending run has a log of its own only when it was queued again before.
  v_before := coalesce(v_run.attempt_log -> 0, '{"attempt": 0, "known": 0}');
  select greatest(max(i.attempt), v_run.attempts, (v_before ->> 'attempt')::integer) into v_last
  from run_items i where i.workspace_id = p_workspace and i.run_id = p_run;
  v_known := (v_before ->> 'known')::integer + v_last - (v_before ->> 'attempt')::integer;
  v_fence := v_last + 100;
  v_log := jsonb_build_array(jsonb_build_object('attempt', v_fence, 'known', v_known, 'at', v_now, 'end', 'requeued'));
  insert into live_runs
    (workspace_id, run_id, type, lane, priority, run_at, attempt, hand_backs, max_attempts, time_limit, attempt_log)
  values (p_workspace, p_run, v_run.type, coalesce(v_run.tenant_id, p_workspace), p_priority, v_now, v_fence, v_fence,
    p_max_attempts, p_time_limit, v_log)
  on conflict do nothing;
  if not found then
    return false;
  end if;
  update operation_runs r set attempt_log = v_log where r.workspace_id = p_workspace and r.id = p_run;
  return true;
end $$;
