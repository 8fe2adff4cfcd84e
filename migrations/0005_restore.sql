-- Restores.

create table restore_runs (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  state text not null check (state in
    ('draft', 'checked', 'previewed', 'queued', 'running', 'completed', 'partial', 'failed', 'cancelled')),
  mode text not null check (mode in ('replace', 'merge', 'removeExtra')),
  backup_set_id uuid,
  -- The restore run this one takes back.
  undo_of uuid,
  plan_hash bytea check (octet_length(plan_hash) = 32),
  checks jsonb not null default '[]',
  run_id uuid,
  created_by text not null,
  confirmed_by text,
  confirmed_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  completed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, backup_set_id) references backup_sets (workspace_id, id),
  foreign key (workspace_id, undo_of) references restore_runs (workspace_id, id),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id),
  check ((backup_set_id is null) <> (undo_of is null))
);
create index restore_runs_by_tenant on restore_runs (workspace_id, tenant_id, created_at desc);

-- The write ledger: the plan of one policy and what became of it.
create table restore_items (
  workspace_id uuid not null,
  id uuid not null,
  restore_run_id uuid not null,
  tenant_id uuid not null,
  ordinal integer not null,
  type text not null,
  graph_id text not null,
  policy_name text not null,
  state text not null check (state in
    ('planned', 'sending', 'verified', 'no_change', 'conflict', 'failed', 'unknown', 'awaiting_approval', 'skipped')),
  -- The plan: live set as previewed, desired set, the difference in names. Null only where the item cannot be written.
  preview_hash bytea check (octet_length(preview_hash) = 32),
  desired_hash bytea check (octet_length(desired_hash) = 32),
  preview jsonb,
  desired jsonb,
  diff jsonb,
  -- The execution: the live set read right before the write is also the undo plan.
  before jsonb,
  before_hash bytea check (octet_length(before_hash) = 32),
  found_hash bytea check (octet_length(found_hash) = 32),
  attempt integer not null default 0,
  fence integer,
  client_request_id uuid,
  graph_request_id text,
  intent_at timestamptz,
  sends integer not null default 0,
  settled_at timestamptz,
  recovered boolean not null default false,
  reason text,
  message text,
  primary key (workspace_id, id),
  unique (workspace_id, restore_run_id, ordinal),
  unique (workspace_id, restore_run_id, type, graph_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, restore_run_id) references restore_runs (workspace_id, id) on delete cascade,
  check (state <> 'sending' or (before_hash is not null and desired_hash is not null and fence is not null))
);
