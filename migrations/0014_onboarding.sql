-- Connecting a tenant over the HTTP API: admin consent that is asked for in a browser, and onboarding, which anybody
-- who may can go on with.

-- A consent somebody asked an administrator for: what its answer must fit to. Used once, for 15 minutes.
create table pending_consents (
  workspace_id uuid not null,
  state_hash bytea not null check (octet_length(state_hash) = 32),
  -- Of the cookie of the browser that asked.
  browser_hash bytea not null check (octet_length(browser_hash) = 32),
  -- Of the person who asked.
  session_id uuid not null,
  tenant_id uuid not null,
  purpose text not null check (purpose in ('reader', 'writer')),
  client_id uuid not null,
  entra_tenant_id uuid not null,
  return_to text not null,
  asked_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, state_hash),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id)
);
create index pending_consents_by_state on pending_consents (state_hash);
create index pending_consents_of_tenant on pending_consents (workspace_id, tenant_id);
select raise_wall('pending_consents');

-- When a browser came back from Microsoft Entra with the consent for this app. It goes with the credential; whether it
-- is true is what a verification finds out.
alter table credentials add column consented_at timestamptz;

-- A tenant on its way from a name to the first inventory. What is done is read from the tenant itself; what stands here
-- is what cannot be: that somebody began, what they skipped, and how it ended.
create table onboardings (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  skipped text[] not null default '{}' check (skipped <@ array['consent', 'first_sync']),
  begun_by text not null,
  begun_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ending text check (ending in ('finished', 'cancelled')),
  primary key (workspace_id, id),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  check ((ended_at is null) = (ending is null))
);
-- One at a time for a tenant: whoever begins again goes on with it.
create unique index onboardings_open on onboardings (workspace_id, tenant_id) where ended_at is null;
select raise_wall('onboardings');

grant select, insert, delete on pending_consents to tenantatlas_api, tenantatlas_worker;
grant select, insert, update on onboardings to tenantatlas_api, tenantatlas_worker;
grant select (consented_at), update (consented_at) on credentials to tenantatlas_api;
grant select on pending_consents to tenantatlas_door;

-- Where a consent with that state was asked for: the address it comes back to names no workspace.
create function find_consent(p_hash bytea) returns table (slug text, tenant_ref uuid) language sql stable as $$
  select w.slug, t.external_id from pending_consents c
  join workspaces w on w.id = c.workspace_id
  join tenants t on t.workspace_id = c.workspace_id and t.id = c.tenant_id
  where c.state_hash = p_hash
$$;

do $$
begin
  grant create on schema public to tenantatlas_door;
  alter function find_consent security definer;
  alter function find_consent set search_path = pg_catalog, public, pg_temp;
  revoke execute on function find_consent from public;
  grant execute on function find_consent to tenantatlas_api, tenantatlas_worker;
  alter function find_consent owner to tenantatlas_door;
  revoke create on schema public from tenantatlas_door;
end $$;
