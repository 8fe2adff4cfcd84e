-- A ledger as a program of schema version 6 left it when its worker died: rows of every state a run can be in. Loaded
-- into a database that was migrated up to version 6, before the migrations after it run.
insert into users (id, display_name) values ('01900000-0000-7000-8000-000000000001', 'Ada Moreau');
insert into workspaces (id, name, slug)
values ('01900000-0000-7000-8000-000000000002', 'Contoso Managed Services', 'old-ledger');
insert into workspace_members (workspace_id, user_id, role)
values ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000001', 'owner');
insert into tenants (workspace_id, id, external_id, entra_tenant_id, name)
select '01900000-0000-7000-8000-000000000002', ('01900000-0000-7000-8000-00000000010' || n)::uuid,
  ('01900000-0000-4000-8000-00000000020' || n)::uuid, ('01900000-0000-4000-8000-00000000030' || n)::uuid, 'Tenant ' || n
from generate_series(1, 6) n;

-- The worker that died, its lease long over.
insert into workers (id, host, pid, started_at, lease_until) values
  ('01900000-0000-7000-8000-000000000003', 'old-host', 4711, clock_timestamp() - interval '1 hour',
    clock_timestamp() - interval '10 minutes');

insert into operation_runs
  (workspace_id, id, tenant_id, type, identity, holds, cooldown_until, outcome, input, attempts, summary_counts,
    initiator_id, initiator_name, trigger, created_at, started_at, completed_at)
select '01900000-0000-7000-8000-000000000002', id::uuid, ('01900000-0000-7000-8000-00000000010' || tenant)::uuid, type,
  decode(identity, 'hex'), holds, now() + cools, outcome::operation_outcome, input::jsonb, attempts,
  counts::jsonb, case when outcome = 'pending' then '01900000-0000-7000-8000-000000000001'::uuid end,
  case when outcome = 'pending' then 'Ada Moreau' else 'TenantAtlas' end,
  case when outcome = 'pending' then 'user' else 'system' end::operation_trigger, clock_timestamp() - interval '1 hour',
  case when attempts > 0 then clock_timestamp() - interval '59 minutes' end,
  case when outcome <> 'pending' then now() - interval '1 minute' end
from (values
  -- Queued and never claimed.
  ('01900000-0000-7000-8000-000000000401', 1, 'backup.capture',
    '1b62e8b3d7c30cacb623942f29e4e6cd3d4c23b1a468ae576ccbe4268054e35b', true, null::interval, 'pending', '{"types": ["termsAndConditions"]}', 0, '{}'),
  -- Held by the worker that died, with half of its items.
  ('01900000-0000-7000-8000-000000000402', 2, 'assignments.fetch',
    '38345fcac19c0cd15c5395c287f4ebce4519d5a09e4237fdc087cba9cd90764b', true, null, 'pending', '{"what": {"kind": "types", "types": ["termsAndConditions"]}}', 0, '{}'),
  -- Put back by Retry-After, which is over.
  ('01900000-0000-7000-8000-000000000403', 3, 'backup.capture',
    '1b62e8b3d7c30cacb623942f29e4e6cd3d4c23b1a468ae576ccbe4268054e35b', true, null, 'pending', '{"types": ["termsAndConditions"]}', 0, '{}'),
  -- Waiting for its third attempt.
  ('01900000-0000-7000-8000-000000000404', 4, 'assignments.fetch',
    '38345fcac19c0cd15c5395c287f4ebce4519d5a09e4237fdc087cba9cd90764b', true, null, 'pending', '{"what": {"kind": "types", "types": ["termsAndConditions"]}}', 0, '{}'),
  -- To be cancelled, and its worker died before it saw that.
  ('01900000-0000-7000-8000-000000000405', 5, 'backup.capture',
    '1b62e8b3d7c30cacb623942f29e4e6cd3d4c23b1a468ae576ccbe4268054e35b', true, null, 'pending', '{"types": ["termsAndConditions"]}', 0, '{}'),
  -- Ended and cooling down.
  ('01900000-0000-7000-8000-000000000406', 6, 'assignments.fetch',
    '38345fcac19c0cd15c5395c287f4ebce4519d5a09e4237fdc087cba9cd90764b', true, interval '14 minutes', 'succeeded', '{"what": {"kind": "types", "types": ["termsAndConditions"]}}', 1,
    '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}')
) as r (id, tenant, type, identity, holds, cools, outcome, input, attempts, counts);

insert into live_runs
  (workspace_id, run_id, type, lane, priority, run_at, leased, attempt, throttles, max_attempts, time_limit, lease_owner,
    started_at, deadline_at, cancel_requested_at, last_failure)
select '01900000-0000-7000-8000-000000000002', ('01900000-0000-7000-8000-00000000040' || n)::uuid, type,
  ('01900000-0000-7000-8000-00000000010' || n)::uuid, 0, clock_timestamp() - interval '1 minute', leased, attempt, throttles,
  30, interval '2 hours', case when leased then '01900000-0000-7000-8000-000000000003'::uuid end,
  case when attempt > 0 then clock_timestamp() - interval '59 minutes' end,
  case when leased then clock_timestamp() + interval '1 hour' end,
  case when is_cancelled then clock_timestamp() - interval '15 minutes' end, failure::jsonb
from (values
  (1, 'backup.capture', false, 0, 0, false, null),
  (2, 'assignments.fetch', true, 1, 0, false, null),
  (3, 'backup.capture', false, 1, 1, false,
    '{"code": "backup.capture_failed", "reason": "throttled", "message": "Microsoft Graph asked for a longer pause.", "count": 1}'),
  (4, 'assignments.fetch', false, 2, 0, false,
    '{"code": "run.worker_lost", "reason": "worker_lost", "message": "The worker process ended.", "count": 1}'),
  (5, 'backup.capture', true, 1, 0, true, null)
) as l (n, type, leased, attempt, throttles, is_cancelled, failure);

insert into lane_controls (workspace_id, lane, blocked_until) values
  ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000103', clock_timestamp() - interval '1 minute');

insert into run_items (workspace_id, run_id, item_key, label, outcome, counts, attempt, updated_at) values
  ('01900000-0000-7000-8000-000000000002', '01900000-0000-7000-8000-000000000402', 'assignmentFilters', 'Assignment filters',
    'succeeded', '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}', 1,
    clock_timestamp() - interval '30 minutes');

insert into audit_entries
  (workspace_id, id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, detail)
select r.workspace_id, '01900000-0000-7000-8000-000000000501', r.tenant_id, r.completed_at, 'system', r.initiator_id,
  r.initiator_name, 'run.completed', 'run', r.id::text, r.id, 'succeeded', '{}'
from operation_runs r where r.outcome = 'succeeded';
