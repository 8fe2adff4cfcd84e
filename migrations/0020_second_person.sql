-- A second person for large restores (docs/access.md, "A second person").

-- A restore that writes more policies than this needs another person's approval; null: none does.
alter table workspaces
  add column restore_approval_limit integer default 25 check (restore_approval_limit between 0 and 100000);

-- Who confirmed it, to tell them from whoever approved it. Null for what was confirmed before this column was there.
alter table restore_runs add column confirmed_by_id uuid;

-- That somebody approved exactly that plan. Written once and never changed.
create table restore_approvals (
  workspace_id uuid not null,
  restore_run_id uuid not null,
  -- A user, who may have left the workspace since: then the approval lets nobody confirm any more.
  approver_id uuid not null,
  tenant_id uuid not null,
  approver_name text not null,
  plan_hash bytea not null check (octet_length(plan_hash) = 32),
  reason text check (reason <> ''),
  approved_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, restore_run_id, approver_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, restore_run_id) references restore_runs (workspace_id, id) on delete cascade
);
select raise_wall('restore_approvals');
grant select, insert on restore_approvals to tenantatlas_api, tenantatlas_worker;

-- How many policies a plan writes is counted for every restore that is shown.
create index restore_items_to_write on restore_items (workspace_id, restore_run_id) where plan = 'write';

-- A program that somebody let in with a code acts for a person who proved who they are; the console asks nobody.
alter table sessions
  drop constraint sessions_method_check,
  add constraint sessions_method_check check (method in ('entra', 'local', 'console', 'device'));
