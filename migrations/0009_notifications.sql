-- Notifications: what an ended run tells people, in the product and outside.
--
-- What always holds: the transaction that ends a run leaves one row in the outbox; the transaction that removes that row
-- writes the notification and the deliveries. So a notification is there exactly once, whatever is killed when, and a
-- delivery, whose id the receiver sees with every try, is sent at least once.

-- In the product: one for the person who started the run. Leaving the workspace takes them along, as does the retention
-- of runs.
create table notifications (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  recipient_id uuid not null,
  event text not null,
  run_id uuid not null,
  -- Null: the run belongs to the workspace.
  tenant_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  read_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, recipient_id, event, run_id),
  foreign key (workspace_id, recipient_id) references workspace_members (workspace_id, user_id) on delete cascade,
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id) on delete cascade,
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);
create index notifications_newest on notifications (workspace_id, recipient_id, created_at desc, id desc);
create index notifications_unread on notifications (workspace_id, recipient_id) where read_at is null;
-- For the retention of runs.
create index notifications_by_run on notifications (workspace_id, run_id);

-- A receiver outside. What is secret of it stands in `sealed` only: AES-256-GCM ciphertext bound to this row.
create table notification_channels (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null check (kind in ('email', 'teams', 'webhook')),
  name text not null check (name <> ''),
  -- Host, port, addresses; no secrets.
  settings jsonb not null,
  sealed text,
  -- For a day after a rotation, a webhook is signed with the old secret too.
  secret_changed_at timestamptz not null default clock_timestamp(),
  -- Which ends of runs it is told.
  outcomes text[] not null
    check (cardinality(outcomes) > 0 and outcomes <@ '{succeeded,partially_succeeded,failed,blocked,cancelled}'),
  -- Runs of every tenant and of the workspace itself; else only those of the tenants listed for it.
  all_tenants boolean not null default true,
  -- Nothing is sent while it is set; what happens meanwhile waits.
  paused_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, name)
);

create table notification_channel_tenants (
  workspace_id uuid not null,
  channel_id uuid not null,
  tenant_id uuid not null,
  primary key (workspace_id, channel_id, tenant_id),
  foreign key (workspace_id, channel_id) references notification_channels (workspace_id, id) on delete cascade,
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);

-- What is to be sent, is being sent and was sent: queue and log in one.
create table deliveries (
  workspace_id uuid not null,
  -- The receiver sees it with every try, and knows by it what it has seen before.
  id uuid not null,
  channel_id uuid not null,
  event text not null,
  -- Null: a test.
  run_id uuid,
  -- waiting: not tried yet. failed: tried, and tried again. given_up: not tried again unless somebody asks.
  state text not null check (state in ('waiting', 'sending', 'delivered', 'failed', 'given_up')),
  -- The fence: grows with every claim, never shrinks. What was sent under an older one is not written.
  attempts integer not null default 0,
  max_attempts integer not null,
  -- Not before; while sending: when another process may take it over.
  next_attempt_at timestamptz,
  -- What the receiver said: status of HTTP or SMTP.
  last_status integer,
  -- Sanitized.
  last_error text,
  last_attempt_at timestamptz,
  delivered_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, channel_id, event, run_id),
  foreign key (workspace_id, channel_id) references notification_channels (workspace_id, id) on delete cascade,
  foreign key (workspace_id, run_id) references operation_runs (workspace_id, id) on delete cascade,
  check ((state in ('waiting', 'sending', 'failed')) = (next_attempt_at is not null)),
  check ((state = 'delivered') = (delivered_at is not null))
) with (fillfactor = 80);
-- Channels with something to send are found without passing what waits for the others; the first row is the next one.
create index deliveries_due on deliveries (workspace_id, channel_id, next_attempt_at, id) where next_attempt_at is not null;
create index deliveries_newest on deliveries (workspace_id, created_at desc, id desc);
create index deliveries_by_run on deliveries (workspace_id, run_id);
