import { describe, expect, test } from 'vitest'
import { changeMember, removeMember } from '#domain/access/members/change-member.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { approveRestore } from '#domain/restore/approve-restore.ts'
import { confirmRestore } from '#domain/restore/confirm-restore.ts'
import { listRestores } from '#domain/restore/list-restores.ts'
import { showRestore } from '#domain/restore/show-restore.ts'
import { approveAs, givenColleague, givenPlanOf } from '#domain/restore/testing-approval.ts'
import type { Colleague, GivenPlan } from '#domain/restore/testing-approval.ts'
import { changeRestoreLimit } from '#domain/workspaces/restore-limit.ts'
import { showWorkspace } from '#domain/workspaces/change-workspace.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { untilOneWaits } from '#foundation/db/lock-waits-testing.ts'
import type { Tx } from '#foundation/db/database.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { actingAs, givenContext, workspaceOf } from '#foundation/kernel/context-testing.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { newId } from '#foundation/kernel/ids.ts'

const database = useTestDatabase()
const required = { reason: 'second_person_required' }

/** A plan of so many writes, by default one more than one person may; `ctx` is the owner's, who confirms. */
async function given({ writes = 26 }: { writes?: number } = {}) {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  return { ctx, plan: await givenPlanOf(database, ctx, writes), colleague: await givenColleague(database.db, ctx) }
}

function confirm(ctx: TenantContext, { id, planHash }: GivenPlan) {
  return confirmRestore(database.db, ctx, { restoreRunId: id, planHash, tenantName: ctx.tenantName })
}

const approve = (colleague: Colleague, plan: GivenPlan) => approveAs(database.db, colleague, plan)

const approvalOf = async (ctx: TenantContext, { id }: GivenPlan) =>
  (await showRestore(database.db, ctx, { restoreRunId: id })).approval

const limitTo = (ctx: TenantContext, limit: number | null) => changeRestoreLimit(database.db, workspaceOf(ctx), limit)

const entriesOf = (ctx: TenantContext, action: string) =>
  database.owner
    .selectFrom('audit_entries')
    .select(['actor_id', 'subject_id', 'detail'])
    .where('workspace_id', '=', ctx.workspaceId)
    .where('action', '=', action)
    .execute()

describe('confirmRestore()', () => {
  test('lets one person have 25 policies written, and asks for a second one from 26 on', async () => {
    const { ctx, plan } = await given({ writes: 25 })
    expect(await showWorkspace(database.db, ctx)).toMatchObject({ restoreApprovalLimit: 25 })
    expect(await approvalOf(ctx, plan)).toEqual({ state: 'not_needed', limit: 25, approvals: [] })
    expect(await confirm(ctx, plan)).toMatchObject({ disposition: 'created' })
    const larger = await givenPlanOf(database, ctx, 26)
    expect(await approvalOf(ctx, larger)).toMatchObject({ state: 'needed' })
    await expect(confirm(ctx, larger)).rejects.toMatchObject(required)
    expect(await showRestore(database.db, ctx, { restoreRunId: larger.id })).toMatchObject({
      state: 'previewed',
      runId: null,
    })
  })

  test('executes once somebody else has approved, and says in the audit log who', async () => {
    const { ctx, plan, colleague } = await given()
    expect(await approve(colleague, plan)).toMatchObject({ state: 'previewed', approval: { state: 'given' } })
    const { runId } = await confirm(ctx, plan)
    expect(await getRun(database.db, ctx, runId)).toMatchObject({ status: 'queued' })
    const { userId, name } = colleague.person
    expect(await approvalOf(ctx, plan)).toMatchObject({
      state: 'given',
      approvals: [{ approverId: userId, approverName: name, reason: null, stands: true }],
    })
    expect(await entriesOf(ctx, 'restore.confirm')).toMatchObject([{ detail: { approvedBy: userId } }])
    expect(await entriesOf(ctx, 'restore.approve')).toMatchObject([
      { actor_id: userId, subject_id: plan.id, detail: { planHash: plan.planHash, writes: 26 } },
    ])
  })

  test('does not take the approval of whoever confirms, whoever planned it', async () => {
    const { ctx, plan, colleague } = await given()
    await approve(colleague, plan)
    await expect(confirm(colleague.ctx, plan)).rejects.toMatchObject(required)
    await approve(await givenColleague(database.db, ctx), plan)
    expect(await confirm(colleague.ctx, plan)).toMatchObject({ disposition: 'created' })
  })

  test('is not what the product itself does with a large plan', async () => {
    const { ctx, plan, colleague } = await given()
    await approve(colleague, plan)
    const product = actingAs(ctx, { kind: 'system', name: 'Scheduler' })
    await expect(confirm(product, plan)).rejects.toMatchObject(required)
  })

  test('does not take the approval of another plan', async () => {
    const { ctx, plan, colleague } = await given()
    await approve(colleague, plan)
    const again = await givenPlanOf(database, ctx, 26)
    await expect(confirm(ctx, again)).rejects.toMatchObject(required)
    await database.owner
      .updateTable('restore_runs')
      .set({ plan_hash: Buffer.alloc(32, 8) })
      .where('id', '=', plan.id)
      .execute()
    const changed = { ...plan, planHash: '08'.repeat(32) }
    expect(await approvalOf(ctx, plan)).toMatchObject({ state: 'needed', approvals: [{ stands: false }] })
    await expect(confirm(ctx, changed)).rejects.toMatchObject(required)
  })

  const ends: Readonly<Record<string, (ctx: TenantContext, colleague: Colleague) => Promise<unknown>>> = {
    'left the workspace': (ctx, { person }) => removeMember(database.db, ctx, person.userId),
    'left and came back': async (ctx, { person }) => {
      await removeMember(database.db, ctx, person.userId)
      const member = { workspace_id: ctx.workspaceId, user_id: person.userId, role: 'manager' }
      await database.owner.insertInto('workspace_members').values(member).execute()
    },
    'may less now': (ctx, { person }) =>
      changeMember(database.db, ctx, person.userId, { role: 'operator', allTenants: true, tenants: [] }),
    'is narrowed to another tenant': async (ctx, { person }) => {
      const { tenantId } = await givenTenant(database.db, givenContext(ctx.workspaceId))
      const tenants = [{ tenantId, role: 'manager' as const }]
      await changeMember(database.db, ctx, person.userId, { role: 'manager', allTenants: false, tenants })
    },
    'may less in this tenant': (ctx, { person }) => {
      const tenants = [{ tenantId: ctx.tenantId, role: 'operator' as const }]
      return changeMember(database.db, ctx, person.userId, { role: 'manager', allTenants: true, tenants })
    },
    'is disabled': (_, { person }) =>
      database.owner.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', person.userId).execute(),
    'is a guest whose time has come': (ctx, { person }) =>
      database.owner
        .updateTable('workspace_members')
        .set({ expires_at: new Date(Date.now() + 3_600_000) })
        .where('workspace_id', '=', ctx.workspaceId)
        .where('user_id', '=', person.userId)
        .execute(),
  }

  test.each(Object.entries(ends))('does not take the approval of somebody who %s', async (_, end) => {
    const { ctx, plan, colleague } = await given()
    await approve(colleague, plan)
    await end(ctx, colleague)
    expect(await approvalOf(ctx, plan)).toMatchObject({ state: 'needed', approvals: [{ stands: false }] })
    await expect(confirm(ctx, plan)).rejects.toMatchObject(required)
  })

  test('still takes it where somebody is narrowed to this very tenant', async () => {
    const { ctx, plan, colleague } = await given()
    await approve(colleague, plan)
    const tenants = [{ tenantId: ctx.tenantId, role: 'manager' as const }]
    await changeMember(database.db, ctx, colleague.person.userId, { role: 'manager', allTenants: false, tenants })
    expect(await confirm(ctx, plan)).toMatchObject({ disposition: 'created' })
  })

  const atOnce: Readonly<Record<string, (tx: Tx, userId: string) => Promise<unknown>>> = {
    removes: (tx, userId) => tx.deleteFrom('workspace_members').where('user_id', '=', userId).execute(),
    disables: (tx, userId) =>
      tx.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', userId).execute(),
  }

  test.each(Object.entries(atOnce))(
    'waits for who %s the approver at the same moment, and refuses then',
    async (_, end) => {
      const { ctx, plan, colleague } = await given()
      await approve(colleague, plan)
      await using another = database.openAnother({ poolSize: 1 })
      const confirmed = Promise.withResolvers<unknown>()
      await inWorkspace(another.db, ctx, async (tx) => {
        await end(tx, colleague.person.userId)
        confirm(ctx, plan).then(confirmed.resolve, confirmed.reject)
        await untilOneWaits(database.pool)
      })
      await expect(confirmed.promise).rejects.toMatchObject(required)
    },
  )

  test('waits for who lowers the limit at the same moment, and refuses then', async () => {
    const { ctx, plan } = await given({ writes: 3 })
    await using another = database.openAnother({ poolSize: 1 })
    const confirmed = Promise.withResolvers<unknown>()
    await inWorkspace(another.db, ctx, async (tx) => {
      await tx.updateTable('workspaces').set({ restore_approval_limit: 2 }).where('id', '=', ctx.workspaceId).execute()
      confirm(ctx, plan).then(confirmed.resolve, confirmed.reject)
      await untilOneWaits(database.pool)
    })
    await expect(confirmed.promise).rejects.toMatchObject(required)
  })

  test('and an approval at once come one after the other: never is it executed unapproved', async () => {
    const { ctx, plan, colleague } = await given()
    const confirmed = confirm(ctx, plan).catch((refusal: unknown) => refusal)
    await approve(colleague, plan)
    expect([expect.objectContaining({ disposition: 'created' }), expect.objectContaining(required)]).toContainEqual(
      await confirmed,
    )
    expect(await confirm(ctx, plan)).toMatchObject({ runId: expect.any(String) })
  })

  test('says what to do: ask somebody, or have somebody invited, or take smaller parts', async () => {
    const { ctx, plan } = await given()
    await expect(confirm(ctx, plan)).rejects.toThrow(
      /writes 26 policies; a plan of more than 25 .*`tenantatlas restore approve`.*at most 25 policies.*owner changes the limit/,
    )
    const alone = await givenTenant(database.db, await givenWorkspace(database.db))
    await expect(confirm(alone, await givenPlanOf(database, alone, 26))).rejects.toThrow(
      'Nobody else here may approve it: an owner invites a second owner or manager',
    )
  })
})

describe('approveRestore()', () => {
  test('keeps the first approval of a person, with its reason, and writes one entry', async () => {
    const { ctx, plan, colleague } = await given()
    const give = (reason?: string) =>
      approveRestore(database.db, colleague.ctx, colleague.person, {
        restoreRunId: plan.id,
        planHash: plan.planHash.toUpperCase(),
        reason,
      })
    await Promise.all([give('change 4711'), give('change 4711')])
    await give('another reason')
    expect((await approvalOf(ctx, plan)).approvals).toMatchObject([{ reason: 'change 4711' }])
    expect(await entriesOf(ctx, 'restore.approve')).toHaveLength(1)
  })

  test('is of the plan that stands, while it stands', async () => {
    const { ctx, plan, colleague } = await given({ writes: 1 })
    await expect(approve(colleague, { ...plan, planHash: 'f'.repeat(64) })).rejects.toMatchObject({
      reason: 'conflict',
    })
    await confirm(ctx, plan)
    await expect(approve(colleague, plan)).rejects.toMatchObject({ reason: 'invalid_state' })
    expect(await entriesOf(ctx, 'restore.approve')).toEqual([])
  })

  test('does not know the plan of another tenant, or of another workspace', async () => {
    const { ctx, plan } = await given()
    const other = await givenTenant(database.db, givenContext(ctx.workspaceId))
    const foreign = await givenTenant(database.db, await givenWorkspace(database.db))
    for (const place of [other, foreign]) {
      const stranger = await givenColleague(database.db, place)
      await expect(approve(stranger, plan)).rejects.toMatchObject({ reason: 'not_found' })
    }
    const nothing = { ...plan, id: newId<GivenPlan['id']>() }
    await expect(approve(await givenColleague(database.db, ctx), nothing)).rejects.toMatchObject({
      reason: 'not_found',
    })
  })

  test('is not for the console, for guests, and for who may not', async () => {
    const { ctx, plan } = await given()
    const guest = await givenColleague(database.db, ctx, { role: 'owner' })
    await database.owner
      .updateTable('workspace_members')
      .set({ expires_at: new Date(Date.now() + 3_600_000) })
      .where('user_id', '=', guest.person.userId)
      .execute()
    const refused = [
      await givenColleague(database.db, ctx, { role: 'owner', method: 'console' }),
      await givenColleague(database.db, ctx, { role: 'operator' }),
      guest,
    ]
    for (const colleague of refused)
      await expect(approve(colleague, plan)).rejects.toMatchObject({ reason: 'not_allowed' })
    expect((await approvalOf(ctx, plan)).approvals).toEqual([])
  })
})

describe('changeRestoreLimit()', () => {
  test.each([
    [0, 1, 'needed'],
    [1, 1, 'not_needed'],
    [null, 500, 'not_needed'],
  ] as const)('to %s makes a plan of %s writes one whose second person is %s', async (limit, writes, state) => {
    const { ctx, plan } = await given({ writes })
    await limitTo(ctx, limit)
    expect(await approvalOf(ctx, plan)).toMatchObject({ state, limit })
    const outcome = await confirm(ctx, plan).catch(({ reason }: { reason: string }) => reason)
    expect(outcome === required.reason).toBe(state === 'needed')
    expect(await entriesOf(ctx, 'workspace.restore_limit')).toMatchObject([{ detail: { from: 25, to: limit } }])
  })

  test('is of one workspace', async () => {
    const [{ ctx }, other] = [await given(), await given()]
    await limitTo(ctx, null)
    expect(await approvalOf(other.ctx, other.plan)).toMatchObject({ limit: 25 })
  })
})

describe('listRestores()', () => {
  test('says of each whether it needs a second person', async () => {
    const { ctx, plan, colleague } = await given()
    const small = await givenPlanOf(database, ctx, 1)
    const states = async () => {
      const { items } = await listRestores(database.db, ctx)
      return new Map(items.map(({ id, approval }) => [id, approval.state]))
    }
    expect(await states()).toEqual(
      new Map([
        [small.id, 'not_needed'],
        [plan.id, 'needed'],
      ]),
    )
    await approve(colleague, plan)
    expect((await states()).get(plan.id)).toBe('given')
  })
})
