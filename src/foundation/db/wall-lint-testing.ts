import type pg from 'pg'

/*
 * Test only: reads from the catalogue of a migrated database whether the wall between workspaces has a hole. Each rule is
 * a query for what breaks it; an empty answer is a whole wall.
 */

/** Unique keys without a workspace that are meant so; none is. */
const looseKeys: readonly string[] = []

/** Foreign keys out of a workspace's table that do not carry the workspace: to what is of no workspace. */
const looseReferences: readonly string[] = [
  'invitations_accepted_by_fkey',
  'invitations_invited_by_fkey',
  'workspace_members_user_id_fkey',
]

const appRoles = `('tenantatlas_api', 'tenantatlas_worker')`
const ourRoles = `('tenantatlas_api', 'tenantatlas_worker', 'tenantatlas_door')`
const here = `'public'::regnamespace`

const scoped = `(
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
  where c.relnamespace = ${here} and c.relkind in ('r', 'p')
)`

export const wallRules = {
  'a table without forced row-level security': `
    select s.relname from ${scoped} s where not (s.relrowsecurity and s.relforcerowsecurity)`,

  'a table whose rows an app role sees by another rule than its workspace': `
    select s.relname from ${scoped} s cross join unnest(array${appRoles.replace('(', '[').replace(')', ']')}) r (role)
    where not exists (
      select from pg_policies p
      where p.schemaname = 'public' and p.tablename = s.relname and r.role = any (p.roles) and p.permissive = 'PERMISSIVE'
        and p.cmd = 'ALL' and p.qual = '(workspace_id = app_workspace())' and p.with_check = '(workspace_id = app_workspace())'
    )`,

  'a policy besides the two of each table, and the one that confines it to tenants': `
    select p.tablename || '.' || p.policyname from pg_policies p
    where p.schemaname = 'public' and not (
      p.policyname = 'in_its_workspace' and p.roles @> array${appRoles.replace('(', '[').replace(')', ']')}::name[]
        and cardinality(p.roles) = 2
      or p.policyname = 'through_the_door' and p.roles = array['tenantatlas_door']::name[]
      or p.policyname = 'of_open_tenants' and p.permissive = 'RESTRICTIVE' and p.cmd = 'ALL')`,

  'a table of tenants that a narrowed member sees whole': `
    select s.relname from ${scoped} s
    join pg_attribute a on a.attrelid = s.oid and not a.attisdropped
      and (a.attname = 'tenant_id' or s.relname = 'tenants' and a.attname = 'id')
    where s.relname <> 'tenant_members' and not exists (
      select from pg_policies p
      where p.schemaname = 'public' and p.tablename = s.relname and p.policyname = 'of_open_tenants'
        and p.roles @> array${appRoles.replace('(', '[').replace(')', ']')}::name[]
        and p.qual = p.with_check and p.qual like '%(' || a.attname || ' = ANY (%app_tenants()%')`,

  'a view that looks with its owner’s eyes': `
    select c.relname from pg_class c
    where c.relnamespace = ${here} and c.relkind = 'v'
      and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)`,

  'a materialized view': `select c.relname from pg_class c where c.relnamespace = ${here} and c.relkind = 'm'`,

  'a unique key without its workspace': `
    select i.indexrelid::regclass::text from pg_index i join ${scoped} s on s.oid = i.indrelid
    where i.indisunique and not exists (
      select from pg_attribute a
      where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and a.attname = 'workspace_id'
    ) and i.indexrelid::regclass::text <> all ('{${looseKeys.join(',')}}')`,

  'a foreign key that does not carry its workspace': `
    select k.conname from pg_constraint k join ${scoped} s on s.oid = k.conrelid
    where k.contype = 'f' and k.conname <> all ('{${looseReferences.join(',')}}') and not exists (
      select from unnest(k.conkey, k.confkey) as pair (mine, theirs)
      join pg_attribute m on m.attrelid = k.conrelid and m.attnum = pair.mine and m.attname = 'workspace_id'
      join pg_attribute t on t.attrelid = k.confrelid and t.attnum = pair.theirs
        and t.attname = case when k.confrelid = 'workspaces'::regclass then 'id' else 'workspace_id' end
    )`,

  'a definer function that is not the door’s, or is open to all, or looks names up where its caller says': `
    select p.proname from pg_proc p
    where p.pronamespace = ${here} and p.prosecdef and (
      p.proowner <> 'tenantatlas_door'::regrole
      or not coalesce('search_path=pg_catalog, public, pg_temp' = any (p.proconfig), false)
      or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x where x.grantee = 0))`,

  'a function of the door that does not act as the door': `
    select p.proname from pg_proc p
    where p.pronamespace = ${here} and p.proowner = 'tenantatlas_door'::regrole and not p.prosecdef`,

  'an app role that may more than an app role': `
    select r.rolname from pg_roles r
    where r.rolname in ${ourRoles}
      and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolcanlogin
        or has_schema_privilege(r.oid, 'public', 'create')
        or exists (select from pg_auth_members m where m.member = r.oid))`,

  'a relation that an app role owns': `
    select c.relname from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm') and c.relowner in (select r.oid from pg_roles r where r.rolname in ${ourRoles})
    union all
    select p.proname from pg_proc p where p.proowner in (select r.oid from pg_roles r where r.rolname in ${appRoles})`,

  'a table that an app role may truncate, refer to or put triggers on': `
    select c.relname || ' to ' || r.rolname from pg_class c cross join pg_roles r
    where c.relnamespace = ${here} and c.relkind in ('r', 'p') and r.rolname in ${ourRoles}
      and has_table_privilege(r.oid, c.oid, 'truncate, references, trigger')`,

  'an audit log that an app role may change': `
    select 'update by ' || r.rolname from pg_roles r
    where r.rolname in ${ourRoles} and has_any_column_privilege(r.oid, 'audit_entries', 'update')
    union all
    select 'delete by ' || r.rolname from pg_roles r
    where r.rolname in ('tenantatlas_api', 'tenantatlas_door') and has_table_privilege(r.oid, 'audit_entries', 'delete')
    union all
    select 'insert by ' || r.rolname from pg_roles r
    where r.rolname in ${appRoles} and has_any_column_privilege(r.oid, 'audit_entries', 'insert')
    union all
    select 'chain_audit by ' || r.rolname from pg_roles r cross join pg_proc p
    where r.rolname in ${appRoles} and p.proname = 'chain_audit' and has_function_privilege(r.oid, p.oid, 'execute')`,

  'a head or a checkpoint of the audit log that an app role may change': `
    select 'head by ' || r.rolname from pg_roles r
    where r.rolname in ${appRoles} and (
      has_any_column_privilege(r.oid, 'audit_heads', 'insert') or has_table_privilege(r.oid, 'audit_heads', 'delete')
      or has_column_privilege(r.oid, 'audit_heads', 'seq', 'update')
      or has_column_privilege(r.oid, 'audit_heads', 'hash', 'update'))
    union all
    select 'anchor by ' || r.rolname from pg_roles r
    where r.rolname = 'tenantatlas_api' and has_any_column_privilege(r.oid, 'audit_heads', 'update')
    union all
    select 'checkpoint by ' || r.rolname from pg_roles r
    where r.rolname in ${ourRoles} and (
      has_any_column_privilege(r.oid, 'audit_checkpoints', 'update')
      or has_table_privilege(r.oid, 'audit_checkpoints', 'delete'))`,

  'something that everybody may do': `
    select c.relname from pg_class c cross join aclexplode(c.relacl) x
    where c.relnamespace = ${here} and x.grantee = 0`,
} satisfies Record<string, string>

export type WallRule = keyof typeof wallRules

/** What breaks which rule; an empty object when nothing does. */
export async function holesInTheWall(db: Pick<pg.Pool, 'query'>): Promise<Partial<Record<WallRule, string[]>>> {
  const holes: Partial<Record<WallRule, string[]>> = {}
  for (const [rule, query] of Object.entries(wallRules)) {
    const { rows } = await db.query<{ relname: string }>(
      `select distinct f.relname from (${query}) f (relname) order by 1`,
    )
    // `wallRules` has these keys.
    if (rows.length > 0) holes[rule as WallRule] = rows.map((row) => row.relname)
  }
  return holes
}
