-- People of all workspaces, for platform operators: who there is, and disabling somebody's account (docs/access.md).

grant select (user_id) on local_accounts to tenantatlas_door;
-- To lock rows of members: nothing of them is changed here.
grant update (version) on workspace_members to tenantatlas_door;
grant update (disabled_at) on users to tenantatlas_door;

-- So many people by name, after a place in that order. Guests are no people of their own: they are operators.
create function people_after(p_search text, p_name text, p_id uuid, p_limit integer) returns table (
  user_id uuid, name text, sort_name text, sign_in text, workspaces bigint, created_at timestamptz, signed_in_at timestamptz,
  disabled_at timestamptz
) language sql stable as $$
  select u.id, u.display_name, lower(u.display_name),
    case when u.issuer is not null then 'entra' when l.user_id is not null then 'local' else 'none' end,
    (select count(*) from workspace_members m where m.user_id = u.id), u.created_at, u.signed_in_at, u.disabled_at
  from users u left join local_accounts l on l.user_id = u.id
  where not exists (select from workspace_members m where m.user_id = u.id and m.expires_at is not null)
    and (p_search is null or position(lower(p_search) in lower(u.display_name)) > 0)
    and (p_name is null or (lower(u.display_name), u.id) > (p_name, p_id))
  order by lower(u.display_name), u.id limit p_limit
$$;

-- The short names of living workspaces that nobody else owns whose account is not disabled. Locks the members of all
-- workspaces the person owns, workspace by workspace, until the transaction ends: owners change one after the other.
create function solely_owned_by(p_user uuid) returns setof text language plpgsql as $$
begin
  perform 1 from workspace_members m
  where m.workspace_id in (select o.workspace_id from workspace_members o where o.user_id = p_user and o.role = 'owner')
  order by m.workspace_id, m.user_id for update;
  return query
    select w.slug from workspaces w join workspace_members o on o.workspace_id = w.id
    where o.user_id = p_user and o.role = 'owner' and w.archived_at is null and not exists (
      select from workspace_members m join users u on u.id = m.user_id and u.disabled_at is null
      where m.workspace_id = w.id and m.role = 'owner' and m.user_id <> p_user)
    order by w.slug;
end $$;

-- Disables an account, or enables it again, and writes one entry into the audit log of every workspace of that person: both
-- or neither. Locks the heads of these logs, by workspace, so it comes last in its transaction.
create function set_person_disabled(p_user uuid, p_disabled boolean, p_operator uuid, p_reason text, p_request text)
returns void language plpgsql as $$
declare
  v_operator text;
  v_workspace uuid;
begin
  select a.display_name into v_operator from platform_accounts a where a.id = p_operator and a.disabled_at is null;
  if not found then
    raise exception 'people are disabled by operators' using errcode = '42501';
  end if;
  update users u set disabled_at = case when p_disabled then clock_timestamp() end
  where u.id = p_user and (u.disabled_at is not null) <> p_disabled;
  if not found then
    return;
  end if;
  for v_workspace in select m.workspace_id from workspace_members m where m.user_id = p_user order by 1 loop
    perform chain_audit(v_workspace, null, array[row(gen_random_uuid(), null, 'operator', p_operator, v_operator,
      case when p_disabled then 'person.disable' else 'person.enable' end, 'user', p_user::text, null, 'succeeded', null,
      null, p_request, jsonb_build_object('reason', p_reason))::new_audit_entry]);
  end loop;
end $$;

grant select (id, display_name, disabled_at) on platform_accounts to tenantatlas_door;

do $$
declare
  v_name text;
begin
  grant create on schema public to tenantatlas_door;
  foreach v_name in array array['people_after', 'solely_owned_by', 'set_person_disabled'] loop
    execute format('alter function %I security definer', v_name);
    execute format('alter function %I set search_path = pg_catalog, public, pg_temp', v_name);
    execute format('revoke execute on function %I from public', v_name);
    execute format('grant execute on function %I to tenantatlas_api, tenantatlas_worker', v_name);
    execute format('alter function %I owner to tenantatlas_door', v_name);
  end loop;
  revoke create on schema public from tenantatlas_door;
end $$;
