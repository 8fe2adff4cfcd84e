-- Envelope encryption (docs/adr/0009-envelope-encryption.md): every secret has a data key of its own, wrapped with a public
-- key. Who only seals reads that from here and cannot open anything; the private keys lie in files of hosts that work.

-- One key pair of the installation. Of no workspace.
create table encryption_keys (
  version integer primary key check (version > 0),
  public_key text not null unique,
  created_at timestamptz not null default clock_timestamp(),
  -- Null: made, and waiting until every host has its private half. The newest that is active and not retired seals.
  activated_at timestamptz,
  -- Nothing is wrapped with it any more and its private half was destroyed.
  retired_at timestamptz,
  check (retired_at is null or activated_at is not null)
);
grant select on encryption_keys to tenantatlas_api, tenantatlas_worker;
grant insert, update (activated_at, retired_at) on encryption_keys to tenantatlas_worker;

-- `sealed` is ciphertext under a data key of this row, and `wrapped_key` that key under the key pair `key_version`. Text
-- that begins with v1 was sealed before, under the one key there was; `tenantatlas key rewrap` seals it anew.
alter table credentials
  alter column sealed drop not null,
  add column wrapped_key text,
  add column key_version integer,
  drop constraint credentials_kind_check,
  -- Federated: the platform the workers run on proves who they are, and nothing secret is stored.
  add constraint credentials_kind_check check (kind in ('secret', 'certificate', 'federated')),
  add constraint credentials_sealed_check check ((kind = 'federated') = (sealed is null)),
  add constraint credentials_wrapped_check check (
    (wrapped_key is null) = (key_version is null) and (key_version is null) = (sealed is null or sealed like 'v1.%')
  );

-- A secret of a channel. A rotation adds one; the one before it signs too for a day.
create table channel_secrets (
  workspace_id uuid not null,
  id uuid not null,
  channel_id uuid not null,
  sealed text not null,
  wrapped_key text,
  key_version integer,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, channel_id) references notification_channels (workspace_id, id) on delete cascade,
  check ((wrapped_key is null) = (key_version is null) and (key_version is null) = (sealed like 'v1.%'))
);
create index channel_secrets_newest on channel_secrets (workspace_id, channel_id, created_at desc, id desc);
select raise_wall('channel_secrets');

grant insert on channel_secrets to tenantatlas_door;
set local role tenantatlas_door;
insert into channel_secrets (workspace_id, id, channel_id, sealed, created_at)
select c.workspace_id, c.id, c.id, c.sealed, c.secret_changed_at from notification_channels c where c.sealed is not null;
reset role;
revoke insert on channel_secrets from tenantatlas_door;
alter table notification_channels drop column sealed, drop column secret_changed_at;

-- Commands and the page put secrets in and never see one, sealed or not.
revoke select, update on credentials from tenantatlas_api;
grant select (workspace_id, id, tenant_id, connection_id, purpose, kind, client_id, key_version, thumbprint, expires_at,
  created_at) on credentials to tenantatlas_api;
grant insert, delete, select (workspace_id, id, channel_id, key_version, created_at) on channel_secrets to tenantatlas_api;
grant select, insert, update, delete on channel_secrets to tenantatlas_worker;

-- A test of a channel waits with the other deliveries, before all of them: it is due since 1970. It goes to a paused
-- channel, too.
grant create on schema public to tenantatlas_door;
set local role tenantatlas_door;
create or replace function due_channels(p_busy uuid[], p_limit integer)
returns table (workspace_id uuid, channel_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with recursive queue as (
    (select d.workspace_id, d.channel_id from deliveries d where d.next_attempt_at is not null
     order by d.workspace_id, d.channel_id limit 1)
    union all
    select n.workspace_id, n.channel_id from queue q cross join lateral (
      select d.workspace_id, d.channel_id from deliveries d
      where d.next_attempt_at is not null and (d.workspace_id, d.channel_id) > (q.workspace_id, q.channel_id)
      order by d.workspace_id, d.channel_id limit 1
    ) n
  )
  select q.workspace_id, q.channel_id
  from queue q
  join notification_channels c on c.workspace_id = q.workspace_id and c.id = q.channel_id
  cross join lateral (
    select d.next_attempt_at from deliveries d
    where d.workspace_id = q.workspace_id and d.channel_id = q.channel_id and d.next_attempt_at is not null
    order by d.next_attempt_at, d.id limit 1
  ) head
  where (c.paused_at is null or head.next_attempt_at = 'epoch')
    and head.next_attempt_at <= clock_timestamp() and q.channel_id <> all (p_busy)
  order by head.next_attempt_at limit p_limit
$$;
reset role;
revoke create on schema public from tenantatlas_door;
