import { beforeAll, describe, expect, test } from 'vitest'
import { diffBackup } from '#domain/backups/diff-backup.ts'
import { showBackup } from '#domain/backups/show-backup.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import { givenPolicies, the, useLab, withoutAssignments, type LabTenant } from '#domain/restore/testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'
import { backupDiffDocument } from '#entrypoints/documents/backup-diff-document.ts'
import { backupDetailDocument } from '#entrypoints/documents/backup-document.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const lab = useLab()

let tenant: LabTenant
let workspace: string
let ofTenant: string
let operator: string
/** The oldest first. */
const sets: BackupSetId[] = []

beforeAll(async () => {
  tenant = await lab.tenant()
  workspace = `/api/v1/workspaces/${slugOfTest(tenant.ctx)}`
  ofTenant = `${workspace}/tenants/${tenant.ctx.tenantRef}`
  operator = await tokenOf('operator')
  for (let count = 0; count < 3; count += 1) sets.push(await tenant.backup(['configurationPolicies']))
})

async function tokenOf(role: 'readonly' | 'operator' | 'manager'): Promise<string> {
  return (await givenPerson(lab.database.db, { ctx: tenant.ctx, role })).token
}

async function ask(method: string, path: string, { body, as = operator }: { body?: object; as?: string } = {}) {
  return givenApp(lab.database.api)(method, path, { token: as, ...(body && { body }) })
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

async function audited(id: string): Promise<string[]> {
  const rows = await inWorkspace(lab.database.db, tenant.ctx, (tx) =>
    tx.selectFrom('audit_entries').select('action').where('subject_id', '=', id).orderBy('at').execute(),
  )
  return rows.map(({ action }) => action)
}

describe('GET backups', () => {
  test('lists the newest first, page by page', async () => {
    const first = await ask('GET', `${ofTenant}/backups?limit=2`)
    expect(first).toMatchObject({ status: 200, body: { items: [{ id: sets[2] }, { id: sets[1], state: 'complete' }] } })
    const { nextCursor } = first.body as { nextCursor: string }
    expect(await ask('GET', `${ofTenant}/backups?limit=2&cursor=${nextCursor}`)).toMatchObject({
      status: 200,
      body: { items: [{ id: sets[0] }], nextCursor: null },
    })
    expect(await ask('GET', `${ofTenant}/backups?cursor=nonsense`)).toMatchObject({ status: 400 })
  })

  test('says whose they are, where the address does not', async () => {
    const whose = { id: tenant.ctx.tenantRef, name: tenant.ctx.tenantName }
    expect(await ask('GET', `${workspace}/backups/${sets[0]}`)).toMatchObject({ body: { tenant: whose } })
    const { body } = await ask('GET', `${ofTenant}/backups?limit=1`)
    expect(body).toMatchObject({ items: [{ tenant: whose }] })
  })
})

describe('GET backups, filtered', () => {
  test('finds the newest one can restore from, and the one of a run', async () => {
    const failed = newId<BackupSetId>()
    const { runId } = await startRun(lab.database.db, tenant.ctx, {
      type: 'connection.verify',
      input: {},
      trigger: 'user',
    })
    const { workspaceId: workspace_id, tenantId: tenant_id } = tenant.ctx
    const row = { workspace_id, tenant_id, id: failed, created_by: 'Ada Moreau', state: 'failed', run_id: runId }
    await lab.database.owner
      .insertInto('backup_sets')
      .values({ ...row, completed_at: new Date() })
      .execute()
    const listed = async (query: string) =>
      ((await ask('GET', `${ofTenant}/backups?${query}`)).body as { items: { id: string }[] }).items.map(({ id }) => id)
    expect(await listed('limit=1')).toEqual([failed])
    expect(await listed('state[]=complete&state[]=partial&limit=1')).toEqual([sets[2]])
    expect(await listed('state=failed')).toEqual([failed])
    expect(await listed(`run=${runId}`)).toEqual([failed])
    expect(await listed(`run=${newId()}`)).toEqual([])
    await lab.database.owner.deleteFrom('backup_sets').where('id', '=', failed).execute()
  })
})

describe('GET backups/{backup}/named-policy', () => {
  test('finds a policy of the set by name or Graph id, and says when it holds none', async () => {
    const [item] = await lab.database.owner
      .selectFrom('backup_items')
      .select(['name', 'graph_id'])
      .where('backup_set_id', '=', sets[0] ?? '')
      .where('type', '=', 'configurationPolicies')
      .limit(1)
      .execute()
    const path = `${workspace}/backups/${sets[0]}/named-policy?name=`
    for (const text of [item?.graph_id, item?.name])
      expect(await ask('GET', `${path}${encodeURIComponent(text ?? '')}`)).toMatchObject({
        status: 200,
        body: { type: 'configurationPolicies', graphId: item?.graph_id, name: item?.name },
      })
    expect(await ask('GET', `${path}nothing`)).toMatchObject({ status: 404, body: { reason: 'not_found' } })
  })
})

describe('POST backups', () => {
  test('backs up a tenant, with a note', async () => {
    const body = { note: 'before the rollout', types: ['windowsDriverUpdateProfiles'] }
    const started = await ask('POST', `${ofTenant}/backups`, { body })
    expect(started).toMatchObject({ status: 202, body: { disposition: 'created' } })
    const { run } = started.body as { run: string }
    await tenant.ended(asId<RunId>(run))
    const { body: listed } = await ask('GET', `${ofTenant}/backups?limit=1`)
    expect(listed).toMatchObject({ items: [{ runId: run, note: 'before the rollout' }] })
  })

  test('refuses a type there is not, and who only looks', async () => {
    expect(await ask('POST', `${ofTenant}/backups`, { body: { types: ['mobileApp'] } })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('mobileApps') as string },
    })
    expect(await ask('POST', `${ofTenant}/backups`, { body: { types: ['nothing like it'] } })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('See `tenantatlas policy types`') as string },
    })
    expect(await ask('POST', `${ofTenant}/backups`, { body: {}, as: await tokenOf('readonly') })).toMatchObject({
      status: 403,
    })
  })
})

describe('GET backups/{backup}', () => {
  const none = { status: 404, body: { detail: 'There is no backup set with that id that you may open.' } }

  test('shows a set as the command line prints it', async () => {
    const [backupSetId] = sets
    const view = await showBackup(lab.database.db, tenant.ctx, { backupSetId: the(backupSetId) })
    const { status, body } = await ask('GET', `${workspace}/backups/${backupSetId}`)
    expect({ status, body }).toEqual({ status: 200, body: asJson(backupDetailDocument(tenant.ctx, view)) })
  })

  test('does not know those of others', async () => {
    const owner = await givenPerson(lab.database.db, { ctx: await givenWorkspace(lab.database.db), role: 'owner' })
    const path = `${workspace}/backups/${sets[0]}`
    for (const [method, where] of [
      ['GET', path],
      ['GET', `${path}/diff`],
      ['POST', `${path}/verify`],
      ['PUT', `${path}/pin`],
      ['GET', `${ofTenant}/backups`],
    ] as const)
      expect(await ask(method, where, { as: owner.token })).toMatchObject({ status: 404 })
    expect(await ask('GET', `${workspace}/backups/${newId()}`)).toMatchObject(none)
  })

  test('does not show those of a tenant the member may not open', async () => {
    const narrow = await givenPerson(lab.database.db, { ctx: tenant.ctx, role: 'owner', allTenants: false })
    expect(await ask('GET', `${workspace}/backups/${sets[0]}`, { as: narrow.token })).toMatchObject(none)
  })
})

describe('GET backups/{backup}/diff', () => {
  test('goes through the differences, page by page, as the command line counts them', async () => {
    const other = await lab.tenant()
    const changed = await givenPolicies(lab, other, { count: 3 })
    const backupSetId = await other.backup(['configurationPolicies'])
    await other.change(...withoutAssignments(changed), {
      action: 'createObject',
      collection: the(changed[0]).collection,
      properties: { name: 'Fresh' },
    })
    const { runId } = await startRun(lab.database.db, other.ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
    await other.ended(runId)
    const whole = backupDiffDocument(await diffBackup(lab.database.db, other.ctx, { backupSetId }))
    expect(whole.differences.map(({ state }) => state)).toEqual(['changed', 'changed', 'changed', 'new'])
    expect(whole.compared - whole.unchanged).toBe(3)
    const { token } = await givenPerson(lab.database.db, { ctx: other.ctx, role: 'readonly' })
    const path = `/api/v1/workspaces/${slugOfTest(other.ctx)}/backups/${backupSetId}/diff`
    const seen = { differences: [] as unknown[], compared: 0, unchanged: 0 }
    for (let cursor = ''; ;) {
      const { status, body } = await ask('GET', `${path}?limit=2${cursor}`, { as: token })
      expect(status).toBe(200)
      const page = body as typeof seen & { nextCursor: string | null }
      expect(page.differences.length).toBeLessThanOrEqual(2)
      seen.differences.push(...page.differences)
      seen.compared += page.compared
      seen.unchanged += page.unchanged
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    const { differences, compared, unchanged } = whole
    expect(seen).toEqual(asJson({ differences, compared, unchanged }))
    expect(await ask('GET', `${path}?cursor=W10`, { as: token })).toMatchObject({ status: 400 })
  })
})

describe('POST backups/{backup}/verify', () => {
  test('hashes a set again', async () => {
    const started = await ask('POST', `${workspace}/backups/${sets[0]}/verify`)
    expect(started).toMatchObject({ status: 202, body: { disposition: 'created' } })
    await tenant.ended(asId<RunId>((started.body as { run: string }).run))
    expect(await ask('GET', `${workspace}/backups/${sets[0]}`)).toMatchObject({
      body: { verification: { damagedItems: 0 } },
    })
  })
})

describe('PUT and DELETE backups/{backup}/pin', () => {
  test('pin and unpin a set, each with one audit entry', async () => {
    const path = `${workspace}/backups/${sets[1]}/pin`
    for (const method of ['PUT', 'PUT'])
      expect(await ask(method, path)).toMatchObject({
        status: 200,
        body: { id: sets[1], pinned: { at: expect.any(String) as string } },
      })
    expect(await ask('DELETE', path)).toMatchObject({ status: 200, body: { pinned: null } })
    expect(await audited(the(sets[1]))).toEqual(['backup.pin', 'backup.unpin'])
  })

  test('are not for who only looks', async () => {
    const as = await tokenOf('readonly')
    for (const method of ['PUT', 'DELETE'])
      expect(await ask(method, `${workspace}/backups/${sets[1]}/pin`, { as })).toMatchObject({ status: 403 })
  })

  test('are refused where the tenant is archived', async () => {
    const other = await lab.tenant()
    const backup = await other.backup(['windowsDriverUpdateProfiles'])
    const { token } = await givenPerson(lab.database.db, { ctx: other.ctx, role: 'owner' })
    const at = `/api/v1/workspaces/${slugOfTest(other.ctx)}`
    const body = { confirm: other.ctx.tenantName }
    expect(await ask('POST', `${at}/tenants/${other.ctx.tenantRef}/archive`, { as: token, body })).toMatchObject({
      status: 200,
    })
    expect(await ask('GET', `${at}/backups/${backup}`, { as: token })).toMatchObject({ status: 200 })
    expect(await ask('PUT', `${at}/backups/${backup}/pin`, { as: token })).toMatchObject({
      status: 409,
      body: { reason: 'invalid_state' },
    })
  })
})

describe('pruning', () => {
  test('is shown, page by page, and then done', async () => {
    const other = await lab.tenant()
    const made: string[] = []
    for (let count = 0; count < 3; count += 1) made.unshift(await other.backup(['windowsDriverUpdateProfiles']))
    const { token: as } = await givenPerson(lab.database.db, { ctx: other.ctx, role: 'manager' })
    const path = `/api/v1/workspaces/${slugOfTest(other.ctx)}/tenants/${other.ctx.tenantRef}/pruning`
    const first = await ask('GET', `${path}?keepLast=1&limit=2`, { as })
    expect(first).toMatchObject({
      status: 200,
      body: {
        items: [
          { id: made[0], isRemoved: false, keptBecause: 'newest' },
          { id: made[1], isRemoved: true, keptBecause: null },
        ],
        removed: 2,
      },
    })
    const { nextCursor } = first.body as { nextCursor: string }
    expect(await ask('GET', `${path}?keepLast=1&limit=2&cursor=${nextCursor}`, { as })).toMatchObject({
      body: { items: [{ id: made[2], isRemoved: true }], nextCursor: null },
    })
    expect(await ask('POST', path, { as, body: { keepLast: 1 } })).toMatchObject({ status: 400 })
    const started = await ask('POST', path, { as, body: { keepLast: 1, reviewed: true } })
    expect(started).toMatchObject({ status: 202 })
    await other.ended(asId<RunId>((started.body as { run: string }).run))
    const at = path.replace(/\/pruning$/, '/backups')
    expect(await ask('GET', at, { as })).toMatchObject({ body: { items: [{ id: made[0] }], nextCursor: null } })
  })

  test('needs a rule, and a manager', async () => {
    expect(await ask('GET', `${ofTenant}/pruning`)).toMatchObject({ body: { reason: 'missing_configuration' } })
    expect(await ask('GET', `${ofTenant}/pruning?keepLast=0`)).toMatchObject({ status: 400 })
    expect(await ask('POST', `${ofTenant}/pruning`, { body: { keepLast: 1, reviewed: true } })).toMatchObject({
      status: 403,
    })
  })
})
