-- Backups: immutable, content-addressed.
-- Types and Graph ids are compared byte by byte (collate "C"), so that the order of a set, and with it the hash of its
-- manifest, is the same on every server.

-- Canonical JSON text by its SHA-256, each text once per tenant. Text and not jsonb: verify re-hashes these very bytes.
create table snapshot_parts (
  workspace_id uuid not null,
  tenant_id uuid not null,
  hash bytea not null check (octet_length(hash) = 32),
  body text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, tenant_id, hash),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);

create table snapshots (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  -- A policy type, or one of the foundations: groups, assignmentFilters, scopeTags,
  -- notificationMessageTemplates.
  type text collate "C" not null,
  graph_id text collate "C" not null,
  -- SHA-256 over workspace, tenant, type, policy and the hashes of the parts: a snapshot moved elsewhere does not verify.
  hash bytea not null check (octet_length(hash) = 32),
  payload_hash bytea not null check (octet_length(payload_hash) = 32),
  -- Null when the type carries no assignments (foundations).
  assignments_hash bytea check (octet_length(assignments_hash) = 32),
  scope_tags_hash bytea not null check (octet_length(scope_tags_hash) = 32),
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, tenant_id, hash),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, tenant_id, payload_hash) references snapshot_parts (workspace_id, tenant_id, hash),
  foreign key (workspace_id, tenant_id, assignments_hash) references snapshot_parts (workspace_id, tenant_id, hash),
  foreign key (workspace_id, tenant_id, scope_tags_hash) references snapshot_parts (workspace_id, tenant_id, hash)
);

create table backup_sets (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  state text not null check (state in ('capturing', 'complete', 'partial', 'failed')),
  -- Per type: { state: complete | partial | failed | not_applicable, captured, unread, problems, neverReturned }.
  completeness jsonb not null default '{}',
  -- SHA-256 over what this set is, its completeness and each of its items in order: an item added, removed or
  -- exchanged later shows.
  manifest_hash bytea check (octet_length(manifest_hash) = 32),
  note text,
  run_id uuid not null,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  completed_at timestamptz,
  pinned boolean not null default false,
  -- The latest complete verification: when, and how many items it found damaged.
  verified_at timestamptz,
  damaged_items integer,
  primary key (workspace_id, id),
  unique (workspace_id, run_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check ((state = 'capturing') = (completed_at is null)),
  check ((state in ('complete', 'partial')) = (manifest_hash is not null)),
  check ((verified_at is null) = (damaged_items is null))
);
create index backup_sets_by_tenant on backup_sets (workspace_id, tenant_id, created_at desc);

create table backup_items (
  workspace_id uuid not null,
  backup_set_id uuid not null,
  tenant_id uuid not null,
  type text collate "C" not null,
  graph_id text collate "C" not null,
  name text not null,
  -- Null when the policy was listed but could not be read whole; the problem says why.
  snapshot_id uuid,
  problem text,
  primary key (workspace_id, backup_set_id, type, graph_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, backup_set_id) references backup_sets (workspace_id, id) on delete cascade,
  foreign key (workspace_id, snapshot_id) references snapshots (workspace_id, id),
  check ((snapshot_id is null) = (problem is not null))
);
create index backup_items_by_snapshot on backup_items (workspace_id, snapshot_id);
