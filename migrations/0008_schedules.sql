-- Schedules, their slots, and how long things are kept.

create table schedules (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  -- Null: all tenants of the workspace, or an operation of the workspace itself.
  tenant_id uuid,
  name text not null check (name <> ''),
  -- One of the product's own: made by it, never removed. Null: made by a person.
  system_key text,
  -- The operation of the catalogue that a slot starts.
  type text not null,
  input jsonb not null default '{}',
  cron text not null,
  time_zone text not null,
  -- A slot nobody decided in time: run once while it is younger than its interval, or never late.
  catch_up text not null check (catch_up in ('once', 'never')),
  -- Over how many seconds starts are spread; null: a tenth of the interval, at most 15 minutes.
  jitter_seconds integer check (jitter_seconds >= 0),
  paused_at timestamptz,
  -- The slot that is decided next, by its nominal time, and when: the slot and the jitter of this schedule.
  next_slot_at timestamptz not null,
  next_due_at timestamptz not null,
  created_by_id uuid,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, system_key),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check (next_due_at >= next_slot_at)
) with (fillfactor = 80);
create unique index schedules_by_name on schedules (workspace_id, name) where system_key is null;
-- One look-up says whether anything is due anywhere, one more takes what is due in a workspace.
create index schedules_due on schedules (next_due_at) where paused_at is null;
create index schedules_due_here on schedules (workspace_id, next_due_at) where paused_at is null;

-- What became of each slot. The primary key is the promise: a slot is decided once, ever.
create table schedule_slots (
  workspace_id uuid not null,
  schedule_id uuid not null,
  scheduled_for timestamptz not null,
  -- Missed slots in a row are one row: from the first to this one.
  missed_through timestamptz,
  -- `overlapped`: the operation was active, or cooling down, so the slot started nothing.
  state text not null check (state in ('started', 'missed', 'overlapped')),
  -- The run that was started, or the one that was in the way. Outlives the run: history is pruned without asking here.
  run_id uuid,
  -- Why a slot could not be started at all.
  problem text,
  decided_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, schedule_id, scheduled_for),
  foreign key (workspace_id, schedule_id) references schedules (workspace_id, id) on delete cascade,
  check ((state = 'missed') = (run_id is null)),
  check (missed_through is null or (state = 'missed' and missed_through > scheduled_for))
);

-- How long a workspace keeps what grows. Absent: the defaults of these columns. Backups are kept for ever unless a
-- rule is set; a set that any rule keeps is kept.
create table retention_settings (
  workspace_id uuid primary key references workspaces (id),
  runs_days integer not null default 90 check (runs_days between 7 and 3650),
  audit_days integer not null default 730 check (audit_days between 30 and 3650),
  backups_keep_last integer check (backups_keep_last between 1 and 10000),
  backups_keep_days integer check (backups_keep_days between 1 and 3650),
  changed_at timestamptz not null default clock_timestamp()
);

-- A pinned set is never pruned.
alter table backup_sets drop column pinned;
alter table backup_sets add column pinned_at timestamptz;
alter table backup_sets add column pinned_by text;
alter table backup_sets add check ((pinned_at is null) = (pinned_by is null));

-- Whoever deletes a row must find what refers to it without reading the whole table.
create index restore_runs_by_backup_set on restore_runs (workspace_id, backup_set_id) where backup_set_id is not null;
create index restore_runs_by_preview_run on restore_runs (workspace_id, preview_run_id) where preview_run_id is not null;
create index restore_sends_by_run on restore_sends (workspace_id, run_id);
create index snapshots_by_payload on snapshots (workspace_id, tenant_id, payload_hash);
create index snapshots_by_assignments on snapshots (workspace_id, tenant_id, assignments_hash);
create index snapshots_by_scope_tags on snapshots (workspace_id, tenant_id, scope_tags_hash);
