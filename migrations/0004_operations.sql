-- Operations: the run ledger is the queue.

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
  outcome text not null default 'pending'
    check (outcome in ('pending', 'succeeded', 'partially_succeeded', 'failed', 'blocked', 'cancelled')),
  input jsonb not null default '{}',
  context jsonb not null default '{}',
  attempts integer not null default 0,
  summary_counts jsonb not null default '{}',
  failure_summary jsonb not null default '[]',
  initiator_id uuid,
  initiator_name text not null,
  trigger text not null check (trigger in ('user', 'schedule', 'api', 'system', 'reconcile')),
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  completed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check ((outcome = 'pending') = (completed_at is null)),
  check (outcome <> 'pending' or holds)
) with (fillfactor = 80);

-- A run holds its identity from creation until its cooldown ends: one index rules out both overlap and a re-run
-- inside the window. Asking first and inserting then is wrong (docs/adr/0001).
create unique index operation_runs_tenant_holder on operation_runs (workspace_id, tenant_id, identity)
  where holds and tenant_id is not null;
create unique index operation_runs_workspace_holder on operation_runs (workspace_id, identity)
  where holds and tenant_id is null;
create index operation_runs_history on operation_runs (workspace_id, created_at desc, id);
create index operation_runs_tenant_history on operation_runs (workspace_id, tenant_id, created_at desc, id);

-- Exists only while the run is active: queue place, lease and fence, progress. Small, so that a claim costs the same
-- with five million finished runs as with ten.
create table live_runs (
  workspace_id uuid not null,
  run_id uuid not null,
  -- The tenant, or the workspace itself for a workspace-scoped run: never null.
  lane uuid not null,
  priority smallint not null default 0,
  run_at timestamptz not null default clock_timestamp(),
  leased boolean not null default false,
  -- The fence: only grows.
  attempt integer not null default 0,
  throttles integer not null default 0,
  max_attempts integer not null default 3,
  lease_owner uuid,
  started_at timestamptz,
  deadline_at timestamptz,
  cancel_requested_at timestamptz,
  progress jsonb,
  primary key (workspace_id, run_id),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id),
  check (leased = (lease_owner is not null))
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0,
  autovacuum_analyze_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
create index live_runs_ready on live_runs (lane, priority, run_at, run_id) where not leased;
create index live_runs_leased on live_runs (lane) where leased;

-- One lease row per worker process.
create table workers (
  id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp(),
  lease_until timestamptz not null,
  draining boolean not null default false
) with (fillfactor = 50);

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
  counts jsonb not null default '{}',
  code text,
  reason text,
  message text,
  output jsonb,
  attempt integer not null,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id, item_key),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id) on delete cascade
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
  l.progress
from operation_runs r
left join live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id;
