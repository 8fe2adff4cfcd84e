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
  -- Which policies of the source are wanted: { kind: 'all' } | { kind: 'types', types } | { kind: 'policies', policies }.
  scope jsonb not null,
  -- Policies that are equal already are left out of the plan.
  only_changed boolean not null default false,
  plan_hash bytea check (octet_length(plan_hash) = 32),
  checks jsonb not null default '[]',
  -- The operation run that reads and compares, and the one that writes.
  preview_run_id uuid,
  run_id uuid,
  created_by text not null,
  confirmed_by text,
  confirmed_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  previewed_at timestamptz,
  completed_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, backup_set_id) references backup_sets (workspace_id, id),
  foreign key (workspace_id, undo_of) references restore_runs (workspace_id, id),
  foreign key (workspace_id, preview_run_id) references operation_runs (workspace_id, id),
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id),
  check ((backup_set_id is null) <> (undo_of is null)),
  check (state in ('draft', 'checked') or (plan_hash is not null and previewed_at is not null)),
  check (state in ('draft', 'checked', 'previewed') or (run_id is not null and confirmed_at is not null))
);
create index restore_runs_by_tenant on restore_runs (workspace_id, tenant_id, created_at desc);
create unique index restore_runs_by_run on restore_runs (workspace_id, run_id) where run_id is not null;

-- The plan of one policy and what became of it.
create table restore_items (
  workspace_id uuid not null,
  id uuid not null,
  restore_run_id uuid not null,
  tenant_id uuid not null,
  ordinal integer not null,
  type text collate "C" not null,
  graph_id text collate "C" not null,
  policy_name text not null,
  -- The plan, covered by the plan hash: never changes after the preview.
  plan text not null check (plan in ('write', 'no_change', 'skip')),
  -- Live set as previewed and desired set with their hashes, the difference in words. Null where nothing can be written.
  preview_hash bytea check (octet_length(preview_hash) = 32),
  desired_hash bytea check (octet_length(desired_hash) = 32),
  preview jsonb,
  desired jsonb,
  diff jsonb,
  -- What became of it.
  state text not null check (state in
    ('planned', 'sending', 'verified', 'no_change', 'conflict', 'failed', 'unknown', 'awaiting_approval', 'skipped')),
  -- The live set read right before the write: what an undo brings back.
  before jsonb,
  before_hash bytea check (octet_length(before_hash) = 32),
  -- The live set that was found last, when it is not the desired one.
  found_hash bytea check (octet_length(found_hash) = 32),
  -- The claim of the run that wrote last.
  fence integer,
  -- Whether something of it may have reached the tenant: an undo holds all but 'no'.
  written text not null default 'no' check (written in ('no', 'yes', 'unknown')),
  recovered boolean not null default false,
  approval_code text,
  reason text,
  message text,
  settled_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, restore_run_id, ordinal),
  unique (workspace_id, restore_run_id, type, graph_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, restore_run_id) references restore_runs (workspace_id, id) on delete cascade,
  check (plan <> 'write' or (preview_hash is not null and desired_hash is not null)),
  check (state <> 'sending' or (before_hash is not null and before is not null and fence is not null)),
  check (written = 'no' or before is not null)
);
-- What still has to be done, in order.
create index restore_items_open on restore_items (workspace_id, restore_run_id, ordinal)
  where state in ('planned', 'sending');

-- The write ledger: one row per request that changes a tenant, committed before its first byte is sent. A request in
-- the tenant's log whose client-request-id is not here was not ours.
create table restore_sends (
  workspace_id uuid not null,
  client_request_id uuid not null,
  restore_item_id uuid not null,
  tenant_id uuid not null,
  kind text not null check (kind in ('replace', 'add', 'remove')),
  -- The one assignment that is added or removed; the whole set of a replace is the item's desired set.
  assignment_hash bytea check (octet_length(assignment_hash) = 32),
  run_id uuid not null,
  fence integer not null,
  intent_at timestamptz not null default clock_timestamp(),
  -- Null: no answer was recorded, so it may or may not have been sent.
  answer text check (answer in ('accepted', 'refused', 'unknown', 'approval_required')),
  graph_request_id text,
  answered_at timestamptz,
  primary key (workspace_id, client_request_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, restore_item_id) references restore_items (workspace_id, id) on delete cascade,
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id),
  check ((kind = 'replace') = (assignment_hash is null)),
  check ((answer is null) = (answered_at is null))
);
create index restore_sends_by_item on restore_sends (workspace_id, restore_item_id, intent_at);
