-- Workspaces, tenants, connections; and what holds for every table of the schema.
--
-- What holds for every table but the global ones (users, workspaces, workers, schema_migrations):
--   workspace_id is NOT NULL and first in the primary key, in every unique key and in every foreign key, so that a
--   reference to another workspace's row cannot be stored and the schema can be distributed by workspace_id.
--   Tenant-owned tables also carry tenant_id with a foreign key to tenants; it never changes.
-- Ids are UUID v7 made by the program. Every time is the database's.

create table users (
  id uuid primary key,
  display_name text not null check (display_name <> ''),
  created_at timestamptz not null default clock_timestamp()
);

create table workspaces (
  id uuid primary key,
  name text not null check (name <> ''),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz not null default clock_timestamp()
);

create table workspace_members (
  workspace_id uuid not null references workspaces (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('owner', 'manager', 'operator', 'readonly')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, user_id)
);

create table tenants (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  -- Ours (UUID v4), the public id and route key. Microsoft's id stands beside it and is never used as ours.
  external_id uuid not null,
  entra_tenant_id uuid not null,
  name text not null check (name <> ''),
  created_at timestamptz not null default clock_timestamp(),
  archived_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  unique (workspace_id, entra_tenant_id),
  unique (workspace_id, name)
);

-- How a tenant is reached. The endpoints are stored, so that a simulated tenant and a national cloud are ordinary rows.
create table connections (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  cloud text not null check (cloud in ('global', 'usGovL4', 'usGovL5', 'china', 'custom')),
  authority_url text not null,
  graph_url text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- When endpoints or credentials last changed: what was verified before says nothing about now.
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, tenant_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);

-- One application credential. Reader and writer are apart: the writer's token is made only for the writes of a
-- restore that runs. `sealed` is AES-256-GCM ciphertext bound to this row.
create table credentials (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  connection_id uuid not null,
  purpose text not null check (purpose in ('reader', 'writer')),
  kind text not null check (kind in ('secret', 'certificate')),
  client_id uuid not null,
  sealed text not null,
  -- Certificates only: SHA-256 of the DER form, lower-case hexadecimal.
  thumbprint text check ((kind = 'certificate') = (thumbprint is not null)),
  expires_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, connection_id, purpose),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, connection_id) references connections (workspace_id, id) on delete cascade
);

-- What Microsoft Graph still allows of one tenant: a token bucket per class, shared by all processes.
create table graph_budgets (
  workspace_id uuid not null,
  tenant_id uuid not null,
  class text not null check (class in ('any', 'write')),
  tokens double precision not null,
  refilled_at timestamptz not null default clock_timestamp(),
  blocked_until timestamptz,
  primary key (workspace_id, tenant_id, class),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
) with (fillfactor = 50);

-- The workspace of the running transaction; none when it is not set (row-level security will build on this).
create function app_workspace() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('app.workspace_id', true), '')::uuid $$;
