import { describe, expect, test } from 'vitest'
import { unboundAccesses } from '#foundation/db/distribution-testing.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'

/*
 * The schema can be distributed by workspace (docs/scaling.md) as long as every key of a workspace's table begins with
 * the workspace, and every statement of the hot path names it. Both are read from the migrated database.
 */

const database = useTestDatabase()

/** Tables without a workspace, and where they are when the rest is distributed. */
const globalTables: Readonly<Record<string, string>> = {
  device_sign_ins: 'a program that waits for a person, who may belong to several workspaces: a reference table',
  encryption_keys: 'public keys that every workspace seals with: a reference table',
  local_accounts: 'of people: a reference table',
  pending_sign_ins: 'of people who are not signed in yet: a reference table',
  platform_accounts: 'of the platform, not of a workspace: local',
  platform_events: 'of the platform, not of a workspace: local',
  platform_recovery_codes: 'of the platform, not of a workspace: local',
  platform_sessions: 'of the platform, not of a workspace: local',
  recovery_codes: 'of people: a reference table',
  schema_migrations: 'what the program did to the schema: local',
  sessions: 'of people, who may belong to several workspaces: a reference table',
  setup_links: 'made before there is a workspace: a reference table',
  users: 'people belong to several workspaces: a reference table',
  workers: 'a process works for all workspaces: a reference table',
  workspaces: 'the root of every key: a reference table',
}

/** Foreign keys out of a workspace, each to a reference table. */
const foreignKeysOut: Readonly<Record<string, string>> = {
  invitations_accepted_by_fkey: 'who accepted is a user, and users are a reference table',
  invitations_invited_by_fkey: 'who invited is a user, and users are a reference table',
  workspace_members_user_id_fkey: 'a member is a user, and users are a reference table',
}

/** Functions that look across workspaces on purpose, what they touch so, and why that is right. */
const acrossWorkspaces: Readonly<Record<string, { readonly touches: readonly string[]; readonly why: string }>> = {
  find_invitation: {
    touches: ['invitations as i'],
    why: 'whoever opens a link does not know the workspace: one read along an index of hashes',
  },
  people_after: {
    touches: ['workspace_members as m', 'workspace_members as m'],
    why: 'people are of no workspace: operators page through them, and see of their workspaces how many',
  },
  solely_owned_by: {
    touches: ['workspace_members as m', 'workspace_members as o'],
    why: 'an account is disabled in all workspaces of its person at once, by hand and seldom',
  },
  set_person_disabled: {
    touches: ['workspace_members as m'],
    why: 'the same: one entry in the audit log of each of them',
  },
  waiting_lanes: {
    touches: ['live_runs as l', 'live_runs as l'],
    why: 'the candidate scan: the first of the two steps of a claim, locks nothing',
  },
  release_cooled: {
    touches: ['operation_runs as o'],
    why: 'whose cooldown is over: a read that locks nothing; each is released in its workspace',
  },
  renew_lease: { touches: ['live_runs as l'], why: 'all that one process holds, one read at each heartbeat' },
  lost_claims: {
    touches: ['live_runs as l'],
    why: 'all that lost workers held, one read; each is settled in its workspace',
  },
  queue_figures: {
    touches: ['live_runs as l', 'lane_controls as k', 'type_controls as t', 'lane_controls as k', 'lane_controls as k'],
    why: 'figures of the platform: counts of what is active, once a scrape',
  },
  relay_figures: {
    touches: ['outbox as u', 'deliveries as v'],
    why: 'figures of the platform: counts of what is open',
  },
  runs_by_worker: { touches: ['live_runs as l'], why: 'a list of the workers, for people: one read of what is leased' },
  schedule_figures: { touches: ['schedules as s'], why: 'figures of the platform: counts, once a scrape' },
  workspaces_to_sign: {
    touches: ['audit_heads as h', 'audit_checkpoints as c'],
    why: 'the candidate scan of whoever signs: one row of each workspace; each head is signed in its own',
  },
  workspaces_with_due: {
    touches: ['schedules as s'],
    why: 'the candidate scan of the scheduler, along an index; each slot is decided in its workspace',
  },
  workspaces_with_news: {
    touches: ['outbox as o', 'outbox as o'],
    why: 'the candidate scan of the relay, from workspace to workspace; each is told in its own',
  },
}

/** Tables and views with a workspace in each row. */
async function scopedRelations(): Promise<Set<string>> {
  const { rows } = await database.pool.query<{ relname: string }>(`
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')`)
  return new Set(rows.map((row) => row.relname))
}

async function tablesWithoutWorkspace(): Promise<string[]> {
  const { rows } = await database.pool.query<{ relname: string }>(`
    select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull
      ) order by 1`)
  return rows.map((row) => row.relname)
}

/** Keys of workspaces' tables that do not begin with the workspace, on either side. */
async function looseKeys(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(`
    with scoped as (
      select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    ), first_column as (
      select i.indexrelid::regclass::text as name, i.indrelid as relation, i.indkey[0] as attribute
      from pg_index i where i.indisunique
      union all
      select k.conname, k.conrelid, k.conkey[1] from pg_constraint k where k.contype = 'f'
    )
    select f.name from first_column f join scoped s on s.oid = f.relation
    left join pg_attribute a on a.attrelid = f.relation and a.attnum = f.attribute
    where a.attname is distinct from 'workspace_id'
    union
    select k.conname from pg_constraint k join scoped s on s.oid = k.conrelid
    join pg_attribute a on a.attrelid = k.confrelid and a.attnum = k.confkey[1]
    where k.contype = 'f' and a.attname <> 'workspace_id' and k.confrelid <> 'workspaces'::regclass
    order by 1`)
  return rows.map((row) => row.name)
}

async function unboundByFunction(): Promise<Record<string, readonly string[]>> {
  const scoped = await scopedRelations()
  const { rows } = await database.pool.query<{ proname: string; prosrc: string }>(
    `select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace order by proname`,
  )
  const found = rows.map(({ proname, prosrc }) => [proname, unboundAccesses(prosrc, scoped)] as const)
  return Object.fromEntries(found.filter(([, accesses]) => accesses.length > 0))
}

describe('the schema, distributed by workspace:', () => {
  test('every table but the global ones carries its workspace', async () => {
    expect(await tablesWithoutWorkspace()).toEqual(Object.keys(globalTables))
  })

  test('every primary, unique and foreign key begins with the workspace', async () => {
    expect(await looseKeys()).toEqual(Object.keys(foreignKeysOut))
  })

  test('every statement of every function names the workspace of what it touches', async () => {
    const expected = Object.entries(acrossWorkspaces).map(([name, { touches }]) => [name, touches])
    expect(await unboundByFunction()).toEqual(Object.fromEntries(expected))
  })

  test('planted violations of each kind are found', async () => {
    await database.pool.query(`
      create table planted (
        workspace_id uuid not null references workspaces (id), id uuid unique, user_id uuid constraint planted_user references users (id),
        primary key (id, workspace_id), unique (workspace_id, user_id)
      );
      create unique index planted_lower on planted (lower(id::text));
      create table planted_global (id uuid primary key);
      create function planted_everywhere(p_run uuid) returns void language plpgsql as
        'begin update live_runs l set leased = false where l.run_id = p_run; end'`)
    expect(await tablesWithoutWorkspace()).toContain('planted_global')
    expect(await looseKeys()).toEqual(
      expect.arrayContaining(['planted_pkey', 'planted_id_key', 'planted_lower', 'planted_user']),
    )
    expect(await looseKeys()).not.toContain('planted_workspace_id_user_id_key')
    expect(await unboundByFunction()).toMatchObject({ planted_everywhere: ['live_runs as l'] })
  })
})
