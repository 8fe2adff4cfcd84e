import { beforeAll, describe, expect, test } from 'vitest'
import { createCaptureBackupHandler } from '#domain/backups/capture-backup-handler.ts'
import { listPolicies } from '#domain/inventory/list-policies.ts'
import { attempt, fetchOnce, syncOnce, useSimulator, type SimulatedTenant } from '#domain/inventory/testing.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const database = useTestDatabase()
const simulator = useSimulator()

const collection = '/deviceManagement/configurationPolicies'
const pilot = { id: 'aaaaaaaa-0000-4000-8000-00000000000a', name: 'Pilot – Windows' }
const lost = { id: 'aaaaaaaa-0000-4000-8000-00000000000b', name: 'Kiosks' }
const toGroup = (groupId: string) => ({ target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId } })
const except = (groupId: string) => ({
  target: { '@odata.type': '#microsoft.graph.exclusionGroupAssignmentTarget', groupId },
})
const toEveryUser = { target: { '@odata.type': '#microsoft.graph.allLicensedUsersAssignmentTarget' } }

type Row = { readonly target: { readonly '@odata.type': string } }

interface Given {
  readonly tenant: SimulatedTenant
  readonly at: string
  /** Of settings catalog policies: the first to the pilot, the second to all users but the pilot, the third to both groups. */
  readonly ids: readonly [string, string, string]
  readonly backup: string
}
let given: Given
let token: string

beforeAll(async () => {
  const tenant = await simulator.givenTenant(database.db)
  for (const { id, name } of [pilot, lost])
    await simulator.control.change(tenant.id, [{ action: 'createGroup', id, displayName: name }])
  const [one, two, three] = await simulator.control.objectsOf(tenant.id, collection)
  const assign = async (policy: { id: string } | undefined, assignments: readonly Row[]) =>
    simulator.control.change(tenant.id, [
      { action: 'setAssignments', collection, id: policy?.id ?? '', assignments: [...assignments] },
    ])
  await assign(one, [toGroup(pilot.id)])
  await assign(two, [toEveryUser, except(pilot.id)])
  await assign(three, [toGroup(pilot.id), toGroup(lost.id)])
  await syncOnce(tenant)
  const backup = await captureOnce(tenant)
  await assign(one, [toGroup(pilot.id), toEveryUser])
  await simulator.control.change(tenant.id, [{ action: 'deleteGroup', id: lost.id }])
  await syncOnce(tenant)
  await fetchOnce(tenant, { kind: 'types', types: ['configurationPolicies'] })
  const { items } = await listPolicies(database.db, tenant.ctx, { types: ['configurationPolicies'], limit: 200 })
  const idOf = (graphId: string | undefined) => items.find((policy) => policy.graphId === graphId)?.id ?? ''
  given = {
    tenant,
    at: `/api/v1/workspaces/${slugOfTest(tenant.ctx)}/tenants/${tenant.ctx.tenantRef}`,
    ids: [idOf(one?.id), idOf(two?.id), idOf(three?.id)],
    backup,
  }
  token = (await givenPerson(database.db, { ctx: tenant.ctx, role: 'operator' })).token
})

async function captureOnce(tenant: SimulatedTenant): Promise<string> {
  const { db, ctx, graph } = tenant
  const handler = createCaptureBackupHandler({ db, graphFor: async () => graph })
  const input = { types: ['configurationPolicies'] } satisfies InputOf<'backup.capture'>
  await startRun(db, ctx, { type: 'backup.capture', input, trigger: 'user' })
  const run = await attempt(tenant, (handle) => handler(ctx, { ...handle, input }))
  return String(run.context['backupSetId'])
}

async function ask(method: string, path: string, body?: object, as = token) {
  return givenApp(database.api)(method, `${given.at}${path}`, { token: as, ...(body && { body }) })
}

describe('GET policies/{policy}/assignments', () => {
  test('shows each assignment in words and as it is', async () => {
    expect(await ask('GET', `/policies/${given.ids[1]}/assignments`)).toMatchObject({
      status: 200,
      body: {
        policy: { id: given.ids[1], type: 'configurationPolicies' },
        freshness: { state: 'read', problem: null },
        hash: expect.stringMatching(/^[\da-f]{64}$/) as string,
        assignments: expect.arrayContaining([
          expect.objectContaining({ words: 'All users', target: { kind: 'allUsers' }, group: null, source: 'direct' }),
          expect.objectContaining({ target: { kind: 'exclusion', groupId: pilot.id } }),
        ]) as unknown,
      },
    })
  })

  test('is not for a member of another workspace', async () => {
    const stranger = await givenPerson(database.db, { ctx: await givenWorkspace(database.db), role: 'owner' })
    for (const path of [`/policies/${given.ids[0]}/assignments`, `/groups/${pilot.id}/explanation`])
      expect(await ask('GET', path, undefined, stranger.token)).toMatchObject({ status: 404 })
    expect(await ask('POST', '/assignments/fetch', {}, stranger.token)).toMatchObject({ status: 404 })
  })
})

describe('GET policies/{policy}/explanation', () => {
  test('says who gets it', async () => {
    const { status, body } = await ask('GET', `/policies/${given.ids[1]}/explanation`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      sentences: ['All licensed users.', `Never members of "${pilot.name}": an exclusion wins over every inclusion.`],
      includes: [{ words: 'All users' }],
      excludes: [{ group: { id: pilot.id, name: pilot.name, isOrphaned: false } }],
    })
  })

  test('does not know a policy that is not there', async () => {
    expect(await ask('GET', `/policies/${newId()}/explanation`)).toMatchObject({ status: 404 })
  })
})

describe('GET groups/{group}/explanation', () => {
  test('goes through the policies that name the group, page by page', async () => {
    const whole = await ask('GET', `/groups/${pilot.id}/explanation`)
    expect(whole).toMatchObject({ status: 200, body: { group: { id: pilot.id, name: pilot.name }, nextCursor: null } })
    const seen = { includedBy: [] as string[], excludedBy: [] as string[] }
    for (let cursor = ''; ;) {
      const { body } = await ask('GET', `/groups/${pilot.id}/explanation?limit=1${cursor}`)
      const page = body as Record<'includedBy' | 'excludedBy', { policy: { id: string } }[]> & { nextCursor: string }
      seen.includedBy.push(...page.includedBy.map(({ policy }) => policy.id))
      seen.excludedBy.push(...page.excludedBy.map(({ policy }) => policy.id))
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(seen.includedBy.toSorted()).toEqual([given.ids[0], given.ids[2]].toSorted())
    expect(seen.excludedBy).toEqual([given.ids[1]])
  })

  test('takes a name, too', async () => {
    const byName = await ask('GET', `/groups/${encodeURIComponent(pilot.name.toUpperCase())}/explanation`)
    expect(byName).toMatchObject({ status: 200, body: { group: { id: pilot.id } } })
    const slashed = 'Pilot / Berlin'
    const rename = (name: string) =>
      database.owner.updateTable('directory_groups').set({ name }).where('group_id', '=', pilot.id).execute()
    await rename(slashed)
    expect(await ask('GET', `/groups/${encodeURIComponent(slashed)}/explanation`)).toMatchObject({
      status: 200,
      body: { group: { id: pilot.id, name: slashed } },
    })
    await rename(pilot.name)
    expect(await ask('GET', `/groups/${encodeURIComponent(`${pilot.name.slice(0, -1)}x`)}/explanation`)).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining(pilot.name) },
    })
  })

  test('does not know a group that no assignment names', async () => {
    expect(await ask('GET', `/groups/${newId()}/explanation`)).toMatchObject({ status: 404 })
    expect(await ask('GET', `/groups/${pilot.id}/explanation?cursor=W10`)).toMatchObject({ status: 400 })
  })
})

describe('GET policies/{policy}/assignments/diff', () => {
  test.each(['', 'named'])('compares with the latest backup, or the one that is %s', async (named) => {
    const query = named === '' ? '' : `?backup=${given.backup}`
    expect(await ask('GET', `/policies/${given.ids[0]}/assignments/diff${query}`)).toMatchObject({
      status: 200,
      body: { unchanged: 1, lines: [{ kind: 'added', text: 'All users' }] },
    })
  })

  test('compares with another policy', async () => {
    expect(await ask('GET', `/policies/${given.ids[0]}/assignments/diff?with=${given.ids[1]}`)).toMatchObject({
      status: 200,
      body: {
        unchanged: 1,
        lines: [
          { kind: 'added', text: `${pilot.name} (group)` },
          { kind: 'removed', text: `${pilot.name} (excluded group)` },
        ],
      },
    })
  })

  test('compares with one thing', async () => {
    const query = `?with=${given.ids[1]}&backup=${given.backup}`
    expect(await ask('GET', `/policies/${given.ids[0]}/assignments/diff${query}`)).toMatchObject({
      status: 400,
      body: { reason: 'invalid_input' },
    })
  })
})

describe('GET orphaned-assignments', () => {
  test('lists what names a deleted group, page by page', async () => {
    const { status, body } = await ask('GET', '/orphaned-assignments?limit=200')
    expect(status).toBe(200)
    const { items: all } = body as { items: { policy: { id: string }; words: string; lost: { id: string } }[] }
    expect(all.filter((orphan) => orphan.lost.id === lost.id)).toMatchObject([
      {
        policy: { id: given.ids[2] },
        words: `${lost.name} (deleted) (group)`,
        lost: { kind: 'group', name: lost.name },
      },
    ])
    const seen: unknown[] = []
    for (let cursor = ''; ;) {
      const page = (await ask('GET', `/orphaned-assignments?limit=1${cursor}`)).body as {
        items: unknown[]
        nextCursor: string | null
      }
      seen.push(...page.items)
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual(all)
  })
})

describe('POST assignments/fetch', () => {
  test('starts a run of policies, and refuses one that is not there', async () => {
    const policies = [given.ids[0]]
    expect(await ask('POST', '/assignments/fetch', { policies })).toMatchObject({
      status: 202,
      body: { disposition: 'created' },
    })
    expect(await ask('POST', '/assignments/fetch', { policies: [newId()] })).toMatchObject({ status: 404 })
    expect(await ask('POST', '/assignments/fetch', { policies, types: ['mobileApps'] })).toMatchObject({ status: 400 })
  })

  test('waits for the cooldown, unless somebody who may says why not', async () => {
    const types = ['configurationPolicies']
    const cooling = await ask('POST', '/assignments/fetch', { types })
    expect(cooling).toMatchObject({ status: 200, body: { disposition: 'cooling_down' } })
    expect((cooling.body as { retryAt: string }).retryAt > new Date().toISOString()).toBe(true)
    const override = { types, override: { reason: 'after the rollout' } }
    expect(await ask('POST', '/assignments/fetch', override)).toMatchObject({
      status: 403,
      body: { reason: 'not_allowed' },
    })
    const manager = await givenPerson(database.db, { ctx: given.tenant.ctx, role: 'manager' })
    expect(await ask('POST', '/assignments/fetch', { types, override: {} }, manager.token)).toMatchObject({
      status: 400,
    })
    expect(await ask('POST', '/assignments/fetch', override, manager.token)).toMatchObject({
      status: 202,
      body: { disposition: 'created' },
    })
  })

  test('is not for who only looks', async () => {
    const reader = await givenPerson(database.db, { ctx: given.tenant.ctx, role: 'readonly' })
    expect(await ask('POST', '/assignments/fetch', {}, reader.token)).toMatchObject({ status: 403 })
  })
})
