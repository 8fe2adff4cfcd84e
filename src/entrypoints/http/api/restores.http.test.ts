import { describe, expect, test } from 'vitest'
import { givenPolicies, the, useLab, withoutAssignments, type LabTenant } from '#domain/restore/testing.ts'
import { givenWorkspace } from '#foundation/db/factories.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { asId, newId } from '#foundation/kernel/ids.ts'
import type { RestoreRunId, RunId } from '#foundation/kernel/ids.ts'
import { restoreDetailDocument } from '#entrypoints/documents/restore-document.ts'
import { givenApp, givenPerson, slugOfTest } from '#entrypoints/http/api/api-testing.ts'

const lab = useLab()

/** A tenant whose policies lost their assignments after a backup. */
async function given({ count = 1 }: { count?: number } = {}) {
  const { db } = lab.database
  const tenant = await lab.tenant()
  const policies = await givenPolicies(lab, tenant, { count })
  const backup = await tenant.backup(['configurationPolicies'])
  await tenant.change(...withoutAssignments(policies))
  const manager = await givenPerson(db, { ctx: tenant.ctx, role: 'manager' })
  const workspace = `/api/v1/workspaces/${slugOfTest(tenant.ctx)}`
  const ask = async (method: string, path: string, { body, as = manager.token }: { body?: object; as?: string } = {}) =>
    givenApp(lab.database.api)(method, `${workspace}${path}`, { token: as, ...(body && { body }) })
  return { tenant, policies, backup, ask, plans: `/tenants/${tenant.ctx.tenantRef}/restores` }
}

type Ask = Awaited<ReturnType<typeof given>>['ask']

async function planned(tenant: LabTenant, ask: Ask, [path, body]: [string, object]): Promise<string> {
  const answer = await ask('POST', path, { body })
  expect(answer).toMatchObject({ status: 202, body: { disposition: 'created', retryAt: null } })
  const { restore, run } = answer.body as { restore: string; run: string }
  await tenant.ended(asId<RunId>(run))
  return restore
}

async function planHashOf(tenant: LabTenant, restore: string): Promise<string> {
  return the((await tenant.show(asId<RestoreRunId>(restore))).planHash)
}

async function role(tenant: LabTenant, name: 'readonly' | 'operator'): Promise<string> {
  return (await givenPerson(lab.database.db, { ctx: tenant.ctx, role: name })).token
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('the way of a restore', () => {
  test('goes from the plan over its review to the tenant, and back', async () => {
    const { tenant, policies, ask, plans } = await given()
    const hashOf = async () => (await tenant.truth()).get(`configurationPolicies/${the(policies[0]).graphId}`)?.hash
    const wrecked = await hashOf()
    const restore = await planned(tenant, ask, [plans, {}])
    const shown = await ask('GET', `/restores/${restore}`)
    expect(shown).toMatchObject({
      status: 200,
      body: {
        state: 'previewed',
        counts: { byPlan: { write: 1, no_change: 0, skip: 0 } },
        items: [{ graphId: policies[0]?.graphId, plan: 'write', state: 'planned', diff: [{ kind: 'added' }] }],
        nextCursor: null,
      },
    })
    expect(await hashOf()).toBe(wrecked)

    const body = { planHash: await planHashOf(tenant, restore), confirm: tenant.ctx.tenantName, reviewed: true }
    const applied = await ask('POST', `/restores/${restore}/apply`, { body })
    expect(applied).toMatchObject({ status: 202, body: { disposition: 'created' } })
    const { run } = applied.body as { run: string }
    expect(await tenant.ended(asId<RunId>(run))).toMatchObject({ outcome: 'succeeded', trigger: 'user' })
    expect(await hashOf()).toBe(policies[0]?.hash)
    expect(await ask('POST', `/restores/${restore}/apply`, { body })).toMatchObject({
      status: 200,
      body: { run, disposition: 'active' },
    })
    expect(await confirmations(tenant, restore)).toBe(1)

    const undo = await planned(tenant, ask, [`/restores/${restore}/undo`, {}])
    const back = { ...body, planHash: await planHashOf(tenant, undo) }
    const undone = await ask('POST', `/restores/${undo}/apply`, { body: back })
    await tenant.ended(asId<RunId>((undone.body as { run: string }).run))
    expect(await hashOf()).toBe(wrecked)
    expect(await ask('GET', `/restores/${undo}`)).toMatchObject({ body: { state: 'completed', undoOf: restore } })
  })
})

async function confirmations(tenant: LabTenant, restore: string): Promise<number> {
  const rows = await inWorkspace(lab.database.db, tenant.ctx, (tx) =>
    tx
      .selectFrom('audit_entries')
      .select('id')
      .where('action', '=', 'restore.confirm')
      .where('subject_id', '=', restore)
      .execute(),
  )
  return rows.length
}

describe('POST restores', () => {
  test('plans some policies of a backup, in a mode', async () => {
    const { tenant, policies, backup, ask, plans } = await given({ count: 2 })
    const wanted = [{ type: 'configurationPolicies', graphId: the(policies[1]).graphId }]
    const restore = await planned(tenant, ask, [plans, { backup, mode: 'merge', policies: wanted }])
    expect(await ask('GET', `/restores/${restore}`)).toMatchObject({
      body: { mode: 'merge', backupSetId: backup, items: [{ graphId: policies[1]?.graphId }] },
    })
  })

  test('refuses what the backup does not hold, and more than one way to say what is wanted', async () => {
    const { backup, ask, plans } = await given()
    const stranger = [{ type: 'configurationPolicies', graphId: newId() }]
    const types = ['configurationPolicies']
    expect(await ask('POST', plans, { body: { backup, policies: stranger } })).toMatchObject({ status: 404 })
    expect(await ask('POST', plans, { body: { backup: newId() } })).toMatchObject({ status: 404 })
    expect(await ask('POST', plans, { body: { policies: stranger, types } })).toMatchObject({ status: 400 })
    expect(await ask('POST', plans, { body: { types: ['settings'] } })).toMatchObject({ status: 400 })
  })

  test('is not for who only looks', async () => {
    const { tenant, ask, plans } = await given()
    expect(await ask('POST', plans, { body: {}, as: await role(tenant, 'readonly') })).toMatchObject({ status: 403 })
  })
})

describe('GET restores', () => {
  test('lists the newest first, page by page, and shows each item once', async () => {
    const { tenant, backup, ask, plans } = await given({ count: 3 })
    const first = await planned(tenant, ask, [plans, { backup }])
    const second = await planned(tenant, ask, [plans, { types: ['configurationPolicies'] }])
    const page = await ask('GET', `${plans}?limit=1`)
    const whose = { id: tenant.ctx.tenantRef, name: tenant.ctx.tenantName }
    expect(page).toMatchObject({ status: 200, body: { items: [{ id: second, tenant: whose }] } })
    const { nextCursor } = page.body as { nextCursor: string }
    expect(await ask('GET', `${plans}?limit=1&cursor=${nextCursor}`)).toMatchObject({
      body: { items: [{ id: first }], nextCursor: null },
    })
    expect(await ask('GET', `${plans}?cursor=nonsense`)).toMatchObject({ status: 400 })

    const whole = asJson(restoreDetailDocument(tenant.ctx, await tenant.show(asId<RestoreRunId>(first)))) as {
      items: unknown[]
    }
    const items: unknown[] = []
    for (let cursor = ''; ;) {
      const { body } = await ask('GET', `/restores/${first}?limit=2&plan=write${cursor}`)
      const { items: some, nextCursor: next, ...rest } = body as typeof whole & { nextCursor: string | null }
      expect({ ...rest, items: whole.items }).toEqual(whole)
      items.push(...some)
      if (next === null) break
      cursor = `&cursor=${next}`
    }
    expect(items).toEqual(whole.items)
    expect(items).toHaveLength(3)
    expect(await ask('GET', `/restores/${first}?cursor=W10`)).toMatchObject({ status: 400 })
  })

  test('shows nothing to a member of another workspace', async () => {
    const { tenant, ask, plans } = await given()
    const restore = await planned(tenant, ask, [plans, {}])
    const { db } = lab.database
    const { token: as } = await givenPerson(db, { ctx: await givenWorkspace(db), role: 'owner' })
    for (const [method, path] of [
      ['GET', plans],
      ['POST', plans],
      ['GET', `/restores/${restore}`],
      ['POST', `/restores/${restore}/apply`],
      ['POST', `/restores/${restore}/undo`],
    ] as const)
      expect(await ask(method, path, { as })).toMatchObject({ status: 404 })
  })
})

describe('POST restores/{restore}/apply', () => {
  test('writes nothing without the plan, the name and the review', async () => {
    const { tenant, ask, plans } = await given()
    const restore = await planned(tenant, ask, [plans, {}])
    const right = { planHash: await planHashOf(tenant, restore), confirm: tenant.ctx.tenantName, reviewed: true }
    for (const [wrong, status] of [
      [{ ...right, planHash: '0'.repeat(64) }, 409],
      [{ ...right, confirm: tenant.ctx.tenantName.toUpperCase() }, 400],
      [{ ...right, reviewed: false }, 400],
    ] as const)
      expect(await ask('POST', `/restores/${restore}/apply`, { body: wrong })).toMatchObject({ status })
    expect(await tenant.writes()).toEqual([])
  })

  test('is not for operators, who may plan', async () => {
    const { tenant, ask, plans } = await given()
    const restore = await planned(tenant, ask, [plans, {}])
    const body = { planHash: await planHashOf(tenant, restore), confirm: tenant.ctx.tenantName, reviewed: true }
    const as = await role(tenant, 'operator')
    expect(await ask('POST', `/restores/${restore}/apply`, { body, as })).toMatchObject({ status: 403 })
  })

  test('asks for a fresh proof of who the person is', async () => {
    const { tenant, ask, plans } = await given()
    const restore = await planned(tenant, ask, [plans, {}])
    const { token: as, userId } = await givenPerson(lab.database.db, { ctx: tenant.ctx, role: 'manager' })
    await lab.database.db
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 10 * 60_000) })
      .where('user_id', '=', userId)
      .execute()
    const body = { planHash: await planHashOf(tenant, restore), confirm: tenant.ctx.tenantName, reviewed: true }
    expect(await ask('POST', `/restores/${restore}/apply`, { body, as })).toMatchObject({
      status: 401,
      body: { reason: 'step_up_required' },
    })
  })
})

describe('POST restores/{restore}/undo', () => {
  test('refuses what was not applied', async () => {
    const { tenant, ask, plans } = await given()
    const restore = await planned(tenant, ask, [plans, {}])
    expect(await ask('POST', `/restores/${restore}/undo`)).toMatchObject({
      status: 409,
      body: { reason: 'invalid_state' },
    })
  })
})
