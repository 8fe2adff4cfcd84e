-- Audit: append-only, written in the transaction of the act.

create table audit_entries (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  tenant_id uuid,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('user', 'system')),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  run_id uuid,
  outcome text not null,
  before_hash bytea check (octet_length(before_hash) = 32),
  after_hash bytea check (octet_length(after_hash) = 32),
  -- Ids and counts; no secrets, no personal data.
  detail jsonb not null default '{}',
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check ((actor_kind = 'user') = (actor_id is not null))
);
create index audit_entries_by_time on audit_entries (workspace_id, at desc) where at is not null;
-- At most one terminal entry per run, whatever happens twice.
create unique index audit_entries_run_end on audit_entries (workspace_id, run_id) where action = 'run.completed';
