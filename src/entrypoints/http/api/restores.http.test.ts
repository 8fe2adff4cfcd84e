import { describe, expect, test } from 'vitest'
import { givenPolicies, the, useLab, withoutAssignments, type LabTenant } from '#domain/restore/testing.ts'
import { capabilitiesOfRole } from '#domain/access/capabilities.ts'
import { createApiKey } from '#domain/access/keys/create-api-key.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { changeRestoreLimit } from '#domain/workspaces/restore-limit.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { actingAs, givenContext, workspaceOf } from '#foundation/kernel/context-testing.ts'
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
      ['POST', `/restores/${restore}/approve`],
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

describe('POST restores/{restore}/approve', () => {
  /** A plan that nobody may apply alone. */
  async function givenLarge() {
    const { tenant, ask, plans } = await given()
    await changeRestoreLimit(lab.database.db, workspaceOf(tenant.ctx), 0)
    const restore = await planned(tenant, ask, [plans, {}])
    const reviewed = { planHash: await planHashOf(tenant, restore), reviewed: true }
    const apply = (as?: string) => {
      const body = { ...reviewed, confirm: tenant.ctx.tenantName }
      return ask('POST', `/restores/${restore}/apply`, { body, ...(as && { as }) })
    }
    const approve = (as: string, body: object = reviewed) => ask('POST', `/restores/${restore}/approve`, { body, as })
    return { tenant, ask, plans, restore, reviewed, apply, approve }
  }

  const manager = ({ ctx }: LabTenant) => givenPerson(lab.database.db, { ctx, role: 'manager' })
  const needed = { status: 409, body: { reason: 'second_person_required' } }

  test('lets somebody else apply the plan, and not whoever approved it', async () => {
    const { tenant, ask, plans, restore, reviewed, apply, approve } = await givenLarge()
    expect(await apply()).toMatchObject(needed)
    expect(await ask('GET', `/restores/${restore}`)).toMatchObject({
      body: { approval: { state: 'needed', limit: 0, given: [] } },
    })
    const other = await manager(tenant)
    const approved = await approve(other.token, { ...reviewed, reason: 'change 4711' })
    const approval = {
      state: 'given',
      limit: 0,
      given: [{ by: { id: other.userId }, reason: 'change 4711', stands: true }],
    }
    expect(approved).toMatchObject({ status: 200, body: { id: restore, state: 'previewed', approval } })
    expect(await ask('GET', plans)).toMatchObject({ body: { items: [{ id: restore, approval }] } })
    expect(await apply(other.token)).toMatchObject(needed)
    const { run } = (await apply()).body as { run: string }
    expect(await tenant.ended(asId<RunId>(run))).toMatchObject({ outcome: 'succeeded' })
    expect(await approve(other.token)).toMatchObject({ status: 409, body: { reason: 'invalid_state' } })
  })

  test('answers a request that is sent again as before', async () => {
    const { tenant, restore, reviewed } = await givenLarge()
    const { token } = await manager(tenant)
    const send = () =>
      givenApp(lab.database.api)('POST', `/api/v1/workspaces/${slugOfTest(tenant.ctx)}/restores/${restore}/approve`, {
        token,
        body: reviewed,
        headers: { 'idempotency-key': restore },
      })
    const [first, second] = [await send(), await send()]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body).toEqual(first.body)
  })

  test('is not for API keys, for the console, and for who may not', async () => {
    const { tenant, apply, approve } = await givenLarge()
    const { db } = lab.database
    const { userId } = await manager(tenant)
    const wish = { name: 'ci', capabilities: ['restore.approve'], days: 1 } as const
    const member = actingAs(tenant.ctx, { kind: 'user', userId, name: 'Marco Bianchi' })
    const { key } = await createApiKey(db, member, capabilitiesOfRole.manager, wish)
    const console = await openSession(db, { userId, method: 'console' })
    for (const as of [key, console.token, await role(tenant, 'operator'), await role(tenant, 'readonly')])
      expect(await approve(as)).toMatchObject({ status: 403, body: { reason: 'not_allowed' } })
    expect(await apply()).toMatchObject(needed)
    const device = await openSession(db, { userId, method: 'device' })
    expect(await approve(device.token)).toMatchObject({ status: 200 })
  })

  test('is not there for somebody of another tenant', async () => {
    const { tenant, approve } = await givenLarge()
    const { db, owner } = lab.database
    const { tenantId } = await givenTenant(db, givenContext(tenant.ctx.workspaceId))
    const { userId, token } = await givenPerson(db, { ctx: tenant.ctx, role: 'manager', allTenants: false })
    const place = { workspace_id: tenant.ctx.workspaceId, tenant_id: tenantId, user_id: userId, role: 'manager' }
    await owner.insertInto('tenant_members').values(place).execute()
    expect(await approve(token)).toMatchObject({ status: 404 })
  })

  test('is of the plan that was reviewed, by whoever has just proved who they are', async () => {
    const { tenant, reviewed, approve } = await givenLarge()
    const { token, userId } = await manager(tenant)
    expect(await approve(token, { ...reviewed, planHash: '0'.repeat(64) })).toMatchObject({ status: 409 })
    expect(await approve(token, { ...reviewed, reviewed: false })).toMatchObject({ status: 400 })
    expect(await approve(token, { reviewed: true })).toMatchObject({ status: 400 })
    await lab.database.db
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 10 * 60_000) })
      .where('user_id', '=', userId)
      .execute()
    expect(await approve(token)).toMatchObject({ status: 401, body: { reason: 'step_up_required' } })
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
