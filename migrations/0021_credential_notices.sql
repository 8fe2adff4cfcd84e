-- Credentials that end soon, and what is told of them.
--
-- What always holds: the transaction that writes down at a credential which threshold was told writes the notice, its
-- notifications and its deliveries. So each threshold of a credential is told once, whatever is killed when, and a
-- credential that was replaced begins anew, with its row.

-- How many days before its end was told last; 0: that it has ended. Null: nothing yet.
alter table credentials add column told_within_days integer check (told_within_days >= 0);
-- What may have something to tell: never those of which everything was told.
create index credentials_by_end on credentials (expires_at) where told_within_days is distinct from 0;
create index credentials_by_end_here on credentials (workspace_id, expires_at) where told_within_days is distinct from 0;

-- The nearest of these thresholds (days before the end) that has passed; 0 is the end itself. Null: none yet.
create function passed_threshold(p_expires_at timestamptz, p_days integer[]) returns integer
language sql stable parallel safe as
$$ select min(d) from unnest(p_days) d where p_expires_at <= statement_timestamp() + make_interval(hours => 24 * d) $$;

-- What was told of a credential, as it was then.
create table credential_notices (
  workspace_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  -- Null: replaced or removed since, so there is nothing to be told any more.
  credential_id uuid,
  purpose text not null check (purpose in ('reader', 'writer')),
  kind text not null check (kind in ('secret', 'certificate')),
  client_id uuid not null,
  expires_at timestamptz not null,
  within_days integer not null check (within_days >= 0),
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, credential_id, within_days),
  foreign key (workspace_id, tenant_id) references tenants (workspace_id, id),
  foreign key (workspace_id, credential_id) references credentials (workspace_id, id) on delete set null (credential_id)
);
-- For retention.
create index credential_notices_by_age on credential_notices (workspace_id, created_at);
select raise_wall('credential_notices');
grant select on credential_notices to tenantatlas_api;
grant select, insert, update, delete on credential_notices to tenantatlas_worker;

-- A notification is of the end of a run or of a credential; so is a delivery, unless it is a test.
alter table notifications
  alter column run_id drop not null,
  add column credential_notice_id uuid,
  add constraint notifications_one_subject check (num_nonnulls(run_id, credential_notice_id) = 1),
  add constraint notifications_of_notice unique (workspace_id, recipient_id, credential_notice_id),
  add constraint notifications_credential_notice_fkey foreign key (workspace_id, credential_notice_id)
    references credential_notices (workspace_id, id) on delete cascade;
create index notifications_by_notice on notifications (workspace_id, credential_notice_id)
  where credential_notice_id is not null;
alter table deliveries
  add column credential_notice_id uuid,
  add constraint deliveries_one_subject check (num_nonnulls(run_id, credential_notice_id) <= 1),
  add constraint deliveries_of_notice unique (workspace_id, channel_id, credential_notice_id),
  add constraint deliveries_credential_notice_fkey foreign key (workspace_id, credential_notice_id)
    references credential_notices (workspace_id, id) on delete cascade;
create index deliveries_by_notice on deliveries (workspace_id, credential_notice_id)
  where credential_notice_id is not null;

-- What a channel is told of. `outcomes` narrows the ends of runs further.
alter table notification_channels add column events text[] not null
  default '{run.completed,credential.expiring,credential.expired}'
  check (cardinality(events) > 0 and events <@ '{run.completed,credential.expiring,credential.expired}');

grant select (workspace_id, tenant_id, expires_at, told_within_days) on credentials to tenantatlas_door;

-- Workspaces with a credential of which something is to be told. Takes no lock. Nothing is told of what is archived.
create function workspaces_with_ending_credentials(p_days integer[], p_limit integer) returns table (workspace_id uuid)
language sql stable as $$
  select c.workspace_id from credentials c
  join tenants t on t.workspace_id = c.workspace_id and t.id = c.tenant_id
  join workspaces w on w.id = c.workspace_id
  where c.told_within_days is distinct from 0
    and c.expires_at <= statement_timestamp()
      + make_interval(hours => 24 * (select max(d) from unnest(p_days) d))
    and passed_threshold(c.expires_at, p_days) < coalesce(c.told_within_days, 2147483647)
    and t.archived_at is null and w.archived_at is null
  group by c.workspace_id order by min(c.expires_at) limit p_limit
$$;

-- How many credentials of all workspaces are past which threshold, each counted at the nearest one; not of what is archived.
create function credential_figures(p_days integer[]) returns table (within_days integer, credentials bigint)
language sql stable as $$
  select d.within_days, count(c.workspace_id)
  from unnest(p_days) d (within_days)
  left join (
    select e.workspace_id, passed_threshold(e.expires_at, p_days) as passed from credentials e
    join tenants t on t.workspace_id = e.workspace_id and t.id = e.tenant_id
    join workspaces w on w.id = e.workspace_id
    where t.archived_at is null and w.archived_at is null
  ) c on c.passed = d.within_days
  group by d.within_days
$$;

do $$
begin
  grant create on schema public to tenantatlas_door;
  alter function workspaces_with_ending_credentials security definer;
  alter function workspaces_with_ending_credentials set search_path = pg_catalog, public, pg_temp;
  revoke execute on function workspaces_with_ending_credentials from public;
  grant execute on function workspaces_with_ending_credentials to tenantatlas_worker;
  alter function workspaces_with_ending_credentials owner to tenantatlas_door;
  alter function credential_figures security definer;
  alter function credential_figures set search_path = pg_catalog, public, pg_temp;
  revoke execute on function credential_figures from public;
  grant execute on function credential_figures to tenantatlas_api, tenantatlas_worker;
  alter function credential_figures owner to tenantatlas_door;
  revoke create on schema public from tenantatlas_door;
end $$;
