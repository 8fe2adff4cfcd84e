-- Who may come in: people, their sessions and keys, what they may open, and how they are invited.
--
-- People, sessions and local accounts belong to no workspace; membership, keys and invitations do. A person is known by
-- issuer, Entra tenant and object id, never by an e-mail address. Of every token only the SHA-256 is stored.

alter table users
  add column issuer text,
  add column entra_tenant_id uuid,
  add column entra_object_id uuid,
  add column disabled_at timestamptz,
  add column signed_in_at timestamptz,
  add constraint users_identity_whole check (num_nonnulls(issuer, entra_tenant_id, entra_object_id) in (0, 3)),
  add constraint users_identity_unique unique (issuer, entra_tenant_id, entra_object_id);

alter table workspaces add column archived_at timestamptz;

-- For when the Entra tenant cannot be reached: a password and a second factor of our own.
create table local_accounts (
  user_id uuid primary key references users (id) on delete cascade,
  login_name text not null unique check (login_name = lower(login_name) and login_name ~ '^[a-z0-9][a-z0-9._@-]{1,62}$'),
  -- argon2id in its PHC form.
  password_hash text not null,
  password_changed_at timestamptz not null default clock_timestamp(),
  -- Sealed with the sign-in key of the hosts that serve.
  totp_sealed text not null,
  -- The last 30-second step a code was taken for: a code opens once.
  totp_last_step bigint not null default 0,
  failures integer not null default 0 check (failures >= 0),
  locked_until timestamptz,
  created_at timestamptz not null default clock_timestamp()
);

-- How long an account is locked after so many failures: twice as long for each further p_after of them, a quarter of a day at most.
create function lock_time(p_failures integer, p_after integer, p_minutes integer) returns interval
language sql immutable parallel safe as
$$ select least(make_interval(mins => p_minutes) * power(2, least(10, (p_failures - p_after) / p_after)), interval '6 hours') $$;

create table recovery_codes (
  user_id uuid not null references local_accounts (user_id) on delete cascade,
  code_hash bytea not null check (octet_length(code_hash) = 32),
  used_at timestamptz,
  primary key (user_id, code_hash)
);

create table sessions (
  id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  user_id uuid not null references users (id) on delete cascade,
  method text not null check (method in ('entra', 'local', 'console')),
  created_at timestamptz not null default clock_timestamp(),
  -- When the person last proved who they are: asked for before high-impact acts.
  authenticated_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_of_user on sessions (user_id) where ended_at is null;
create index sessions_by_end on sessions (expires_at);

-- A sign-in under way at Entra: what its answer must fit to. Used once.
create table pending_sign_ins (
  state_hash bytea primary key check (octet_length(state_hash) = 32),
  -- Of the cookie of the browser that began it.
  browser_hash bytea not null check (octet_length(browser_hash) = 32),
  nonce text not null,
  code_verifier text not null,
  return_to text not null,
  purpose text not null check (purpose in ('sign_in', 'step_up', 'invitation')),
  detail jsonb not null default '{}',
  max_age_seconds integer,
  started_at timestamptz not null default clock_timestamp()
);

-- A program on somebody's machine that waits for them to sign in with a browser.
create table device_sign_ins (
  device_hash bytea primary key check (octet_length(device_hash) = 32),
  user_code text not null unique,
  client_name text not null,
  user_id uuid references users (id) on delete cascade,
  denied boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  taken_at timestamptz
);

-- One-time links: that make the first owner of a fresh installation, or an operator of the platform.
create table setup_links (
  purpose text not null default 'owner' check (purpose in ('owner', 'operator')),
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- `version` grows with every change of what the member may do: a request that began before stops at its next transaction.
alter table workspace_members
  add column all_tenants boolean not null default true,
  add column version integer not null default 1,
  -- Of an operator of the platform who broke the glass: the membership ends by itself.
  add column expires_at timestamptz;

-- Narrows a member to this role in one tenant; a member without `all_tenants` sees only tenants with a row.
create table tenant_members (
  workspace_id uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  role text not null check (role in ('owner', 'manager', 'operator', 'readonly')),
  primary key (workspace_id, user_id, tenant_id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, user_id) references workspace_members (workspace_id, user_id) on delete cascade
);
-- Not confined to tenants: whoever may see a member sees what the member is narrowed to.
select raise_wall('tenant_members');

create table invitations (
  workspace_id uuid not null references workspaces (id),
  id uuid not null,
  kind text not null check (kind in ('entra', 'local')),
  -- As the inviter calls them; never compared with anything.
  name text not null check (name <> ''),
  role text not null check (role in ('owner', 'manager', 'operator', 'readonly')),
  all_tenants boolean not null default true,
  tenant_ids uuid[] not null default '{}',
  -- Entra only: who may accept. Without an object id anybody of that Entra tenant who has the link.
  entra_tenant_id uuid,
  entra_object_id uuid,
  token_hash bytea not null check (octet_length(token_hash) = 32),
  invited_by uuid not null references users (id),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  accepted_by uuid references users (id),
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, token_hash),
  check ((kind = 'entra') = (entra_tenant_id is not null)),
  check (entra_object_id is null or entra_tenant_id is not null)
);
select raise_wall('invitations');

-- A key acts for the member who made it, with no more than that member may and no more than the key names.
create table api_keys (
  workspace_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  name text not null check (name <> '' and length(name) <= 100),
  key_hash bytea not null check (octet_length(key_hash) = 32),
  -- The last four characters, to tell keys apart.
  ending text not null check (length(ending) = 4),
  capabilities text[] not null check (cardinality(capabilities) > 0),
  -- Null: all the member may open.
  tenant_ids uuid[],
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null check (expires_at <= created_at + interval '366 days'),
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, key_hash),
  foreign key (workspace_id, user_id) references workspace_members (workspace_id, user_id) on delete cascade
);
create unique index api_keys_named on api_keys (workspace_id, user_id, name) where revoked_at is null;
select raise_wall('api_keys');

-- What a request with an Idempotency-Key was answered, so that the same one sent again does nothing twice.
create table idempotency_keys (
  workspace_id uuid not null references workspaces (id),
  actor_id uuid not null,
  key text not null check (length(key) between 1 and 200),
  request_hash bytea not null check (octet_length(request_hash) = 32),
  -- Null while the first one is under way, or when what became of it is not known.
  status integer,
  response jsonb,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, actor_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (workspace_id, created_at);
select raise_wall('idempotency_keys');

grant select, insert, update, delete on local_accounts, recovery_codes, pending_sign_ins, device_sign_ins to tenantatlas_api;
grant select, insert, update on setup_links to tenantatlas_api;
grant select, insert, update, delete on sessions to tenantatlas_api;
grant select, insert, update, delete on tenant_members, invitations, api_keys, idempotency_keys to tenantatlas_api;
-- `up` and `seed` work under the worker's role: they make people and setup links.
grant select, insert, update, delete on local_accounts, recovery_codes, pending_sign_ins, device_sign_ins, sessions, setup_links
to tenantatlas_worker;
grant select, insert, update, delete on tenant_members, invitations, api_keys, idempotency_keys to tenantatlas_worker;
grant select on workspace_members, tenant_members, users, api_keys, invitations to tenantatlas_door;
grant select, update (used_at) on api_keys to tenantatlas_door;

-- The workspaces a person belongs to. Asked for the person who is signed in, and for nobody else.
create function memberships_of(p_user uuid)
returns table (workspace_id uuid, name text, slug text, role text, all_tenants boolean, version integer, archived_at timestamptz)
language sql stable as $$
  select w.id, w.name, w.slug, m.role, m.all_tenants, m.version, w.archived_at
  from workspace_members m join workspaces w on w.id = m.workspace_id
  where m.user_id = p_user and (m.expires_at is null or m.expires_at > clock_timestamp())
  order by lower(w.name), w.id
$$;

-- Whose key it is. Says nothing of one that is revoked, has expired or whose member is disabled.
create function find_api_key(p_hash bytea)
returns table (workspace_id uuid, id uuid, user_id uuid, name text, display_name text, capabilities text[], tenant_ids uuid[])
language sql volatile as $$
  with found as (
    select k.workspace_id, k.id, k.user_id, k.name, u.display_name, k.capabilities, k.tenant_ids, k.used_at
    from api_keys k join users u on u.id = k.user_id and u.disabled_at is null
    where k.key_hash = p_hash and k.revoked_at is null and k.expires_at > clock_timestamp()
  ), used as (
    update api_keys k set used_at = clock_timestamp() from found f
    where k.workspace_id = f.workspace_id and k.id = f.id
      and (f.used_at is null or f.used_at < clock_timestamp() - interval '1 minute')
  )
  select f.workspace_id, f.id, f.user_id, f.name, f.display_name, f.capabilities, f.tenant_ids from found f
$$;
create index api_keys_by_hash on api_keys (key_hash);

-- Which workspace invites with that link.
create function find_invitation(p_hash bytea) returns table (workspace_id uuid, id uuid) language sql stable as $$
  select i.workspace_id, i.id from invitations i
  where i.token_hash = p_hash and i.accepted_at is null and i.withdrawn_at is null and i.expires_at > clock_timestamp()
$$;
create index invitations_by_token on invitations (token_hash);

-- Raises unless what let a request in still does: the session lives, the member is the same, the key is not revoked.
-- Goes with the BEGIN of every transaction of a request, so that nothing is read or done after an access ended.
create function require_admission(p_user uuid, p_version integer, p_session uuid, p_key uuid) returns void
language plpgsql stable set search_path = pg_catalog, public as $$
begin
  if not exists (
    select from workspace_members m join users u on u.id = m.user_id and u.disabled_at is null
    where m.workspace_id = app_workspace() and m.user_id = p_user and m.version = p_version
      and (m.expires_at is null or m.expires_at > clock_timestamp())
  ) or (p_session is not null and not exists (
    select from sessions s
    where s.id = p_session and s.user_id = p_user and s.ended_at is null and s.expires_at > clock_timestamp()
  )) or (p_key is not null and not exists (
    select from api_keys k
    where k.workspace_id = app_workspace() and k.id = p_key and k.revoked_at is null and k.expires_at > clock_timestamp()
  )) then
    raise exception 'the access this request came with has ended' using errcode = 'TA401';
  end if;
end $$;

do $$
declare
  v_name text;
begin
  grant create on schema public to tenantatlas_door;
  foreach v_name in array array['memberships_of', 'find_api_key', 'find_invitation'] loop
    execute format('alter function %I security definer', v_name);
    execute format('alter function %I set search_path = pg_catalog, public, pg_temp', v_name);
    execute format('revoke execute on function %I from public', v_name);
    execute format('grant execute on function %I to tenantatlas_api, tenantatlas_worker', v_name);
    execute format('alter function %I owner to tenantatlas_door', v_name);
  end loop;
  revoke create on schema public from tenantatlas_door;
end $$;

-- The tenants a transaction is confined to: those its member may open. Not set: all of the workspace.
create function app_tenants() returns uuid[] language sql stable parallel safe as
$$ select nullif(current_setting('app.tenants', true), '')::uuid[] $$;

-- Confines every table of tenants; what belongs to the workspace itself (no tenant) stays visible.
create function confine_to_tenants(p_table regclass, p_column name) returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
  execute format('create policy of_open_tenants on %1$s as restrictive to tenantatlas_api, tenantatlas_worker
    using ((select app_tenants()) is null or %2$I is null or %2$I = any ((select app_tenants())::uuid[]))
    with check ((select app_tenants()) is null or %2$I is null or %2$I = any ((select app_tenants())::uuid[]))',
    p_table, p_column);
end $$;
revoke execute on function confine_to_tenants from public;

select confine_to_tenants('tenants', 'id');
select confine_to_tenants(c.oid::regclass, 'tenant_id')
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
join pg_attribute w on w.attrelid = c.oid and w.attname = 'workspace_id' and not w.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'tenant_members';

-- Every later table with a tenant is confined with its wall.
create or replace function raise_wall(p_table regclass) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format('create policy in_its_workspace on %s to tenantatlas_api, tenantatlas_worker
    using (workspace_id = app_workspace()) with check (workspace_id = app_workspace())', p_table);
  execute format('create policy through_the_door on %s to tenantatlas_door using (true) with check (true)', p_table);
  if exists (select from pg_attribute a where a.attrelid = p_table and a.attname = 'tenant_id' and not a.attisdropped) then
    perform confine_to_tenants(p_table, 'tenant_id');
  end if;
end $$;
