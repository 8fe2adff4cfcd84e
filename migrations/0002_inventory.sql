-- Inventory: what was last observed. Only a complete read may say that something is missing; a failed one changes
-- nothing but the mark that it failed.

create table policies (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  type text not null,
  graph_id text not null,
  name text not null,
  description text,
  -- '#microsoft.graph.x' as Graph said it, for types whose collection holds several.
  odata_type text,
  scope_tag_ids text[] not null default '{}',
  modified_at timestamptz,
  observed_at timestamptz not null,
  -- Set only by a complete read of the type that no longer showed the policy.
  missing_since timestamptz,
  -- Unread is not empty: null until the assignments were read once; stale when the latest read of them failed.
  assignments jsonb,
  assignments_hash bytea check (octet_length(assignments_hash) = 32),
  assignments_observed_at timestamptz,
  assignments_stale boolean not null default false,
  assignments_problem text,
  primary key (workspace_id, id),
  unique (workspace_id, tenant_id, type, graph_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check ((assignments is null) = (assignments_hash is null)),
  check ((assignments is null) = (assignments_observed_at is null)),
  check (not assignments_stale or assignments_problem is not null)
) with (fillfactor = 80);
-- Every sync renews observed_at: in the room the fill factor leaves, without touching an index.
create index policies_by_name on policies (workspace_id, tenant_id, lower(name));

create table directory_groups (
  workspace_id uuid not null,
  tenant_id uuid not null,
  group_id uuid not null,
  -- Null when the directory does not know the group (any more).
  name text,
  kind text check (kind in ('assigned', 'dynamic')),
  membership_rule text,
  observed_at timestamptz not null,
  missing_since timestamptz,
  primary key (workspace_id, tenant_id, group_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);

create table assignment_filters (
  workspace_id uuid not null,
  tenant_id uuid not null,
  filter_id uuid not null,
  -- Null when an assignment names a filter that the tenant does not have (any more).
  name text,
  platform text,
  rule text,
  management_type text,
  observed_at timestamptz not null,
  missing_since timestamptz,
  primary key (workspace_id, tenant_id, filter_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);

create table scope_tags (
  workspace_id uuid not null,
  tenant_id uuid not null,
  scope_tag_id text not null,
  name text not null,
  description text,
  observed_at timestamptz not null,
  missing_since timestamptz,
  primary key (workspace_id, tenant_id, scope_tag_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);
