import { describe, expect, test } from 'vitest'
import { cancelRun } from '#domain/operations/cancel-run.ts'
import type { Claim } from '#domain/operations/claim.ts'
import { StaleClaim } from '#domain/operations/claim.ts'
import { ensureRun, startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { claimAll, givenClaim } from '#domain/operations/operations-testing.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { listRunItems } from '#domain/operations/list-run-items.ts'
import type { RunAbort, RunHandle, RunItem } from '#domain/operations/operation.ts'
import { recoverRuns } from '#domain/operations/recover-runs.ts'
import { trackRun, type Work } from '#domain/operations/track-run.ts'
import { givenTenant, givenWorkspace } from '#foundation/db/factories.ts'
import { useTestDatabase } from '#foundation/db/testing.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { forgeries } from '#foundation/kernel/context-testing.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { createLog } from '#foundation/observability/log.ts'

const database = useTestDatabase()
const log = createLog({ level: 'silent', pretty: false })
const capture = { type: 'backup.capture', input: {}, trigger: 'user' } as const
const never = new AbortController().signal

async function givenRun(): Promise<{ ctx: TenantContext; claim: Claim }> {
  const ctx = await givenTenant(database.db, await givenWorkspace(database.db))
  await startRun(database.db, ctx, capture)
  return { ctx, claim: await givenClaim(database.db, ctx) }
}

function track(claim: Claim, work: Work, signal: AbortSignal = never) {
  return trackRun({ db: database.db, log, signal, leaseSignal: never }, claim, work)
}

/** A handler that records these items and returns. */
function recording(...items: RunItem[]): Work {
  return async (run) => {
    await run.items.record(items)
    return {}
  }
}

function item(key: string, outcome: RunItem['outcome'], more: Partial<RunItem> = {}): RunItem {
  const failure = {
    code: 'backup.read_failed',
    reason: 'dependency_unreachable',
    message: `${key} could not be read`,
  } as const
  return { key, outcome, ...(outcome === 'failed' && { failure }), ...more }
}

async function auditOf(ctx: TenantContext, claim: Claim) {
  const entries = database.owner.selectFrom('audit_entries').selectAll()
  return entries.where('workspace_id', '=', ctx.workspaceId).where('run_id', '=', claim.runId).execute()
}

/** The worker that holds the claim is declared lost and its runs are recovered. */
async function loseWorker(claim: Claim): Promise<void> {
  await endLease(database.db, claim.owner)
  await recoverRuns({ db: database.db, log }, never)
}

describe('trackRun()', () => {
  test('ends a run with outcome, counts, failures and one audit entry', async () => {
    const { ctx, claim } = await givenRun()
    const end = await track(
      claim,
      recording(item('a', 'succeeded', { counts: { created: 1 } }), item('b', 'failed', { label: 'Wi-Fi' })),
    )
    expect(end).toEqual({ state: 'ended', outcome: 'partially_succeeded' })
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({
      status: 'completed',
      outcome: 'partially_succeeded',
      counts: { total: 2, processed: 2, succeeded: 1, failed: 1, skipped: 0, created: 1 },
      failures: [
        {
          code: 'backup.read_failed',
          reason: 'dependency_unreachable',
          message: 'b could not be read',
          count: 1,
          sample: 'Wi-Fi',
        },
      ],
      attempts: 1,
    })
    expect(await auditOf(ctx, claim)).toMatchObject([
      { action: 'run.completed', outcome: 'partially_succeeded', actor_name: 'Ada Moreau', tenant_id: ctx.tenantId },
    ])
  })

  test.each(Object.entries(forgeries))('writes nothing under a claim with %s for a scope', async (_words, forge) => {
    const { ctx, claim } = await givenRun()
    const forged = { ...claim, ctx: forge(claim.ctx) as TenantContext }
    await expect(track(forged, recording(item('a', 'succeeded')))).rejects.toThrow(TypeError)
    expect((await listRunItems(database.db, ctx, claim.runId)).items).toEqual([])
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({ status: 'running', outcome: 'pending' })
  })

  test.each([
    ['everything succeeded', [item('a', 'succeeded'), item('b', 'skipped')], 'succeeded'],
    ['there was nothing to do', [], 'succeeded'],
    ['something failed', [item('a', 'skipped'), item('b', 'failed')], 'partially_succeeded'],
    ['nothing but failures', [item('a', 'failed'), item('b', 'failed')], 'failed'],
  ] as const)('computes the outcome from the items: %s', async (_, items, outcome) => {
    const { claim } = await givenRun()
    expect(await track(claim, recording(...items))).toEqual({ state: 'ended', outcome })
  })

  test('lets a handler make the outcome worse, never better', async () => {
    const worse = await givenRun()
    const unread = async (run: RunHandle<unknown>) => {
      await run.items.record([item('a', 'succeeded')])
      return { atBest: 'partially_succeeded' as const, context: { backup_set_id: 'x' } }
    }
    expect(await track(worse.claim, unread)).toEqual({ state: 'ended', outcome: 'partially_succeeded' })
    expect((await getRun(database.db, worse.ctx, worse.claim.runId)).context).toEqual({ backup_set_id: 'x' })
    const failed = await givenRun()
    const notBetter = async (run: RunHandle<unknown>) => {
      await run.items.record([item('a', 'failed')])
      return { atBest: 'partially_succeeded' as const }
    }
    expect(await track(failed.claim, notBetter)).toEqual({ state: 'ended', outcome: 'failed' })
  })

  test('does not call a run that left planned items a success', async () => {
    const { claim } = await givenRun()
    const end = await track(claim, async (run) => {
      await run.items.plan([{ key: 'a' }, { key: 'b' }])
      await run.items.record([item('a', 'succeeded')])
      return {}
    })
    expect(end).toEqual({ state: 'ended', outcome: 'partially_succeeded' })
  })

  test('overwrites counts across attempts: nothing is added up', async () => {
    const { ctx, claim } = await givenRun()
    const firstAttempt = await track(claim, async (run) => {
      await run.items.plan([{ key: 'a' }, { key: 'b' }, { key: 'c' }])
      await run.items.record([item('a', 'succeeded'), item('b', 'failed')])
      throw new Failure('dependency_unreachable', 'Graph went away.')
    })
    expect(firstAttempt).toEqual({ state: 'released', kind: 'retry' })
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({
      status: 'queued',
      counts: {},
      lastFailure: { reason: 'dependency_unreachable', message: 'Graph went away.' },
    })
    await database.owner
      .updateTable('live_runs')
      .set({ run_at: new Date(0) })
      .where('run_id', '=', claim.runId)
      .execute()
    const second = await givenClaim(database.db, ctx)
    expect(second.attempt).toBe(2)
    const end = await track(second, async (run) => {
      const finished = await run.items.finished()
      expect([...finished.keys()].toSorted()).toEqual(['a', 'b'])
      await run.items.plan([{ key: 'a' }, { key: 'b' }, { key: 'c' }])
      await run.items.record([item('a', 'succeeded'), item('b', 'succeeded'), item('c', 'succeeded')])
      return {}
    })
    expect(end).toEqual({ state: 'ended', outcome: 'succeeded' })
    const run = await getRun(database.db, ctx, claim.runId)
    expect(run).toMatchObject({
      attempts: 2,
      counts: { total: 3, processed: 3, succeeded: 3, failed: 0 },
      failures: [],
    })
    expect(await auditOf(ctx, claim)).toHaveLength(1)
  })

  test('a redelivered run does nothing: its claim does not hold any more', async () => {
    const { ctx, claim } = await givenRun()
    await track(claim, recording(item('a', 'succeeded')))
    const before = await getRun(database.db, ctx, claim.runId)
    let effect: unknown
    const redelivered = await track(claim, async (run) => {
      effect = await run.items.record([item('a', 'failed')])
      return {}
    })
    expect(redelivered).toEqual({ state: 'stale' })
    expect(effect).toBeUndefined()
    expect(await getRun(database.db, ctx, claim.runId)).toEqual(before)
    expect(await auditOf(ctx, claim)).toHaveLength(1)
  })

  test('a stale claim changes nothing while the next attempt runs', async () => {
    const { ctx, claim: stale } = await givenRun()
    await loseWorker(stale)
    const current = await givenClaim(database.db, ctx)
    await track(current, async (run) => {
      await run.items.record([item('a', 'succeeded')])
      const zombie = await track(stale, async (late) => {
        await expect(late.items.record([item('a', 'failed')])).rejects.toThrow(StaleClaim)
        await expect(late.items.plan([{ key: 'z' }])).rejects.toThrow(StaleClaim)
        await expect(late.assertLease(0)).rejects.toThrow(StaleClaim)
        const fenced = inWorkspace(database.db, ctx, async (tx) => {
          await late.items.recordIn(tx, [item('a', 'failed')])
        })
        await expect(fenced).rejects.toThrow(StaleClaim)
        await expect(inWorkspace(database.db, ctx, (tx) => late.assertFence(tx))).rejects.toThrow(StaleClaim)
        return {}
      })
      expect(zombie).toEqual({ state: 'stale' })
      return {}
    })
    expect(await getRun(database.db, ctx, stale.runId)).toMatchObject({
      outcome: 'succeeded',
      attempts: 2,
      counts: { total: 1 },
    })
    const { items } = await listRunItems(database.db, ctx, stale.runId)
    expect(items).toMatchObject([{ key: 'a', outcome: 'succeeded', attempt: 2 }])
  })

  test('rolls back what a handler did in a transaction whose fence does not hold', async () => {
    const { ctx, claim: stale } = await givenRun()
    await loseWorker(stale)
    const end = await track(stale, async (late) => {
      await inWorkspace(database.db, ctx, async (tx) => {
        await tx.updateTable('tenants').set({ name: 'changed by a zombie' }).where('id', '=', ctx.tenantId).execute()
        await late.assertFence(tx)
      })
      return {}
    })
    expect(end).toEqual({ state: 'stale' })
    const tenant = await database.owner
      .selectFrom('tenants')
      .select('name')
      .where('id', '=', ctx.tenantId)
      .executeTakeFirstOrThrow()
    expect(tenant.name).toBe(ctx.tenantName)
  })

  test('ends a run whose worker was lost in every attempt as failed, with run.worker_lost and the counts so far', async () => {
    const { ctx, claim } = await givenRun()
    for (let attempt = 1; attempt <= claim.maxAttempts; attempt += 1) {
      const now = attempt === 1 ? claim : await givenClaim(database.db, ctx)
      expect(now.attempt).toBe(attempt)
      await track(now, async (run) => {
        await run.items.record([item('a', 'succeeded')])
        throw new StaleClaim(now)
      })
      await loseWorker(now)
    }
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({
      status: 'completed',
      outcome: 'failed',
      attempts: claim.maxAttempts,
      counts: { total: 1, succeeded: 1 },
      failures: [{ code: 'run.worker_lost', reason: 'worker_lost' }],
    })
    expect(await auditOf(ctx, claim)).toHaveLength(1)
  })

  test('waits for Retry-After without using up an attempt, and keeps the lane waiting', async () => {
    const { ctx, claim } = await givenRun()
    const throttled = await track(claim, async () => {
      throw new Failure('throttled', 'Graph asks to wait.', { retryAfterMs: 3_600_000 })
    })
    expect(throttled).toEqual({ state: 'released', kind: 'throttled' })
    const run = await getRun(database.db, ctx, claim.runId)
    expect(run).toMatchObject({ status: 'queued', throttles: 1, lastFailure: { reason: 'throttled' } })
    expect((run.retryAt?.getTime() ?? 0) - run.createdAt.getTime()).toBeGreaterThan(3_590_000)
    await startRun(database.db, ctx, { type: 'inventory.sync', input: {}, trigger: 'user' })
    const owner = await takeLease(database.db, 60_000)
    const claims = await claimAll(database.db, owner)
    expect(claims.filter((one) => one.lane === ctx.tenantId)).toEqual([])
  })

  test('is blocked when a person has to act and nothing was done; failed when something was', async () => {
    const blocked = await givenRun()
    const denied = async () => {
      throw new Failure('permission_denied', 'Grant DeviceManagementConfiguration.Read.All.')
    }
    expect(await track(blocked.claim, denied)).toEqual({ state: 'ended', outcome: 'blocked' })
    const failed = await givenRun()
    const halfWay = await track(failed.claim, async (run) => {
      await run.items.record([item('a', 'succeeded')])
      return denied()
    })
    expect(halfWay).toEqual({ state: 'ended', outcome: 'failed' })
  })

  test('keeps at most 50 failure lines, alike ones in one, without secrets', async () => {
    const { ctx, claim } = await givenRun()
    const alike = Array.from({ length: 30 }, (_, n) => ({
      ...item(`same ${n}`, 'failed', { label: `policy ${n}` }),
      failure: {
        code: 'backup.read_failed',
        reason: 'throttled' as const,
        message: 'asked to wait by admin@contoso.com',
      },
    }))
    const different = Array.from({ length: 80 }, (_, n) => item(`other ${n}`, 'failed'))
    await track(claim, async (run) => {
      await run.items.record([...alike, ...different])
      const own = {
        code: 'backup.partial',
        reason: 'incomplete_read',
        message: 'secret=abcdef123456',
        count: 1,
      } as const
      return { failures: [own] }
    })
    const { failures } = await getRun(database.db, ctx, claim.runId)
    expect(failures).toHaveLength(50)
    expect(failures[0]).toMatchObject({ code: 'backup.partial', message: 'secret=[secret]' })
    expect(failures[1]).toMatchObject({ reason: 'throttled', count: 30, message: 'asked to wait by [e-mail]' })
  })

  test('refuses a count the catalogue does not list', async () => {
    const { claim } = await givenRun()
    let refusal: unknown
    await track(claim, async (run) => {
      await run.items
        .record([item('a', 'succeeded', { counts: { unheard_of: 1 } })])
        .catch((error: unknown) => (refusal = error))
      return {}
    })
    expect(String(refusal)).toContain('unheard_of')
  })

  test.each([
    ['keeps a cancelled run that left items as cancelled', ['a'], 'cancelled'],
    ['lets a cancel that came too late change nothing', ['a', 'b'], 'succeeded'],
  ])('%s', async (_, done, outcome) => {
    const { claim } = await givenRun()
    const stop = new AbortController()
    const work: Work = async (run) => {
      await run.items.plan([{ key: 'a' }, { key: 'b' }])
      stop.abort('cancelled' satisfies RunAbort)
      await run.items.record(done.map((key) => item(key, 'succeeded')))
      return {}
    }
    expect(await track(claim, work, stop.signal)).toEqual({ state: 'ended', outcome })
  })

  test('says cancelled of a run that was interrupted, whatever it had recorded by then', async () => {
    const { claim } = await givenRun()
    const stop = new AbortController()
    const work: Work = async (run) => {
      await run.items.record([item('a', 'succeeded')])
      stop.abort('cancelled' satisfies RunAbort)
      run.signal.throwIfAborted()
      return {}
    }
    expect(await track(claim, work, stop.signal)).toEqual({ state: 'ended', outcome: 'cancelled' })
  })

  test('says cancelled of a run that was cancelled while it waited to go on', async () => {
    const { ctx, claim } = await givenRun()
    const work: Work = async (run) => {
      await run.items.record([item('a', 'succeeded')])
      throw new Failure('dependency_unreachable', 'Graph went away.')
    }
    expect(await track(claim, work)).toMatchObject({ state: 'released' })
    expect(await cancelRun(database.db, ctx, claim.runId)).toBe('cancelled')
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({
      outcome: 'cancelled',
      counts: { succeeded: 1 },
    })
  })

  test('ends a run that somebody cancelled instead of trying it again', async () => {
    const { ctx, claim } = await givenRun()
    const failing = async () => {
      expect(await cancelRun(database.db, ctx, claim.runId)).toBe('requested')
      throw new Failure('dependency_unreachable', 'Graph went away.')
    }
    expect(await track(claim, failing)).toEqual({ state: 'ended', outcome: 'cancelled' })
  })

  test('ends a run that somebody cancelled when its worker is lost', async () => {
    const { ctx, claim } = await givenRun()
    await cancelRun(database.db, ctx, claim.runId)
    await loseWorker(claim)
    expect(await getRun(database.db, ctx, claim.runId)).toMatchObject({ status: 'completed', outcome: 'cancelled' })
  })

  test('gives the run back on shutdown, keeping its place and its tries', async () => {
    const { ctx, claim } = await givenRun()
    const stop = new AbortController()
    const work: Work = async (run) => {
      await run.items.plan([{ key: 'a' }, { key: 'b' }])
      await run.items.record([item('a', 'succeeded')])
      stop.abort('shutdown' satisfies RunAbort)
      run.signal.throwIfAborted()
      return {}
    }
    expect(await track(claim, work, stop.signal)).toEqual({ state: 'released', kind: 'hand_back' })
    const next = await givenClaim(database.db, ctx)
    expect(next).toMatchObject({ attempt: 2, handBacks: 1 })
    expect(await track(next, recording(item('b', 'succeeded')))).toEqual({ state: 'ended', outcome: 'succeeded' })
  })

  test('keeps progress in the live row', async () => {
    const { ctx, claim } = await givenRun()
    await track(claim, async (run) => {
      run.progress({ processed: 3, total: 10, step: 'compliance policies' })
      await expect
        .poll(async () => (await getRun(database.db, ctx, claim.runId)).progress)
        .toEqual({ processed: 3, total: 10, step: 'compliance policies' })
      return {}
    })
    expect((await getRun(database.db, ctx, claim.runId)).progress).toBeNull()
  })
})

test('ensureRun() from inside a handler starts another operation of the same tenant', async () => {
  const { ctx, claim } = await givenRun()
  await track(claim, async (run) => {
    await inWorkspace(database.db, ctx, async (tx) => {
      await run.items.recordIn(tx, [item('a', 'succeeded')])
      await ensureRun(tx, ctx, { type: 'inventory.sync', input: {}, trigger: 'system' })
    })
    return {}
  })
  expect(await givenClaim(database.db, ctx)).toMatchObject({ type: 'inventory.sync', priority: 'scheduled' })
})
