/** One lease of a worker process, from taking it to giving it up: heartbeat, claims, recovery, drain. */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { operationTypes } from '#domain/operations/catalog.ts'
import { type Claim, LeaseOver, ProtocolTooOld } from '#domain/operations/claim.ts'
import { claimRuns, type Claimed, type LanePlace } from '#domain/operations/claim-runs.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { endLease, endOtherLeases, type HeldClaim, renewLease, takeLease } from '#domain/operations/lease.ts'
import { listen } from '#domain/operations/listen.ts'
import { recoverLost, recoverRuns, releaseIdentities } from '#domain/operations/recover-runs.ts'
import { trackRun } from '#domain/operations/track-run.ts'
import { announceChange, channels } from '#domain/operations/wake.ts'
import { Bell } from '#entrypoints/worker/bell.ts'
import type { WorkerSettings } from '#entrypoints/worker/run-worker.ts'
import { Running } from '#entrypoints/worker/running.ts'
import { workOf } from '#entrypoints/worker/work-of.ts'
import type { Database } from '#foundation/db/database.ts'
import { reportLeaseLost, reportRedeliveryDropped } from '#foundation/observability/events.ts'
import { metrics } from '#foundation/observability/metrics.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import type { RunId, WorkerId } from '#foundation/kernel/ids.ts'

/** What the next lease of the process must know of this one. */
export interface LeaseEnd {
  readonly isDraining: boolean
}

interface Lease extends WorkerSettings {
  readonly db: Database
  readonly owner: WorkerId
  readonly running: Running
  /** Something may be claimable. */
  readonly claimBell: Bell
  /** Something may be to cancel. */
  readonly heartBell: Bell
  /** Aborted with an error when the lease cannot be relied on any longer. */
  readonly over: AbortController
  /** Aborted with the error when a newer program has migrated the database. */
  readonly outdated: AbortController
  /** Aborted when nothing new shall be begun. */
  readonly stop: AbortSignal
  /** As the last heartbeat said it. */
  isDraining: boolean
}

/**
 * Works under one lease, until the worker shall stop and has drained, or the lease cannot be relied on any longer.
 * Either way every run was stopped, and what is left of them is for other workers.
 * @throws ProtocolTooOld when a newer program has migrated the database; what was held then was given back
 */
export async function holdLease(settings: WorkerSettings, before: LeaseEnd): Promise<LeaseEnd> {
  const { database, log, leaseMs } = settings
  const takenAt = performance.now()
  failpoint('worker.lease_taking')
  const owner = await takeLease(database.db, leaseMs, before)
  failpoint('worker.lease_taken')
  const [over, outdated] = [new AbortController(), new AbortController()]
  const lease: Lease = {
    ...settings,
    db: database.db,
    owner,
    running: new Running(),
    claimBell: new Bell(),
    heartBell: new Bell(),
    over,
    outdated,
    log: log.child({ workerId: owner }),
    stop: AbortSignal.any([settings.signal, over.signal, outdated.signal]),
    isDraining: before.isDraining,
  }
  lease.log.info({ slots: lease.slots }, 'worker started')
  if (lease.solo) await endOtherLeases(lease.db, owner)
  await using _ears = listen({
    pool: database.pool,
    channels: [channels.ready, channels.cancel],
    onNews: bells(lease),
    log,
  })
  await workAndDrain(lease, takenAt)
  if (outdated.signal.aborted) throw outdated.signal.reason
  if (over.signal.aborted) reportLeaseLost(lease.log, over.signal.reason)
  else lease.log.info('worker stopped')
  return { isDraining: lease.isDraining }
}

function bells({ claimBell, heartBell }: Lease): Parameters<typeof listen>[0]['onNews'] {
  return (news) => {
    if (news?.channel !== channels.cancel) claimBell.ring()
    if (news?.channel !== channels.ready) heartBell.ring()
  }
}

async function workAndDrain(lease: Lease, takenAt: number): Promise<void> {
  const drained = new AbortController()
  const beating = beat(lease, takenAt, AbortSignal.any([drained.signal, lease.over.signal]))
  const recovering = recover(lease)
  lease.over.signal.addEventListener('abort', () => stopAll(lease), { once: true })
  const claiming = claimUntilStopped(lease)
  await aborted(lease.stop)
  // A claim that is under way could take what is given back now: it ends first, unless it takes long.
  await atMost(cleanUpMs, claiming)
  stopAll(lease)
  await claiming
  // Once more: it may have begun runs since.
  stopAll(lease)
  await atMost(lease.drainMs, lease.running.settled())
  // The lease is given back from here on: a heartbeat that finds it gone has lost nothing.
  drained.abort()
  await atMost(cleanUpMs, handBack(lease))
  // A statement that hangs on a dead connection must not hold up the next lease.
  await atMost(cleanUpMs, Promise.all([beating, recovering]))
}

const cleanUpMs = 1_000

function stopAll({ running, over }: Lease): void {
  running.stopAll(over.signal.aborted ? 'lease_lost' : 'shutdown')
}

/** What handlers did not finish in time goes back too: their claims end here, so they can change nothing any more. */
async function handBack(lease: Lease): Promise<void> {
  const { db, owner, running, log } = lease
  try {
    if (!lease.over.signal.aborted) {
      for (const claim of running.claims()) await endRun(db, claim, { kind: 'hand_back' }, lease.stop)
    }
    failpoint('worker.lease_ending')
    await endLease(db, owner)
    failpoint('worker.lease_ended')
  } catch (error) {
    log.warn({ err: error }, 'lease left to run out')
  }
}

async function claimUntilStopped(lease: Lease): Promise<void> {
  let after: LanePlace | null = null
  while (!lease.stop.aborted) {
    try {
      const { claims, redelivered } = await claimFree(lease, after)
      for (const claim of claims) begin(lease, claim)
      for (const runId of redelivered) leaveRedelivered(lease, runId)
      const last = claims.at(-1)
      if (last !== undefined) after = { workspaceId: last.ctx.workspaceId, lane: last.lane }
    } catch (error) {
      if (error instanceof LeaseOver) lease.over.abort(error)
      else if (error instanceof ProtocolTooOld) lease.outdated.abort(error)
      else lease.log.warn({ err: error }, 'claiming runs failed')
    }
    await lease.claimBell.wait(lease.pollMs, lease.stop)
  }
}

async function claimFree(
  { db, owner, running, slots, interactiveSlots }: Lease,
  after: LanePlace | null,
): Promise<Claimed> {
  const free = slots - running.size
  if (free === 0) return { claims: [], redelivered: [] }
  const freeForScheduled = Math.max(0, slots - interactiveSlots - running.scheduled)
  running.isClaiming = true
  const askedAt = performance.now()
  failpoint('run.claiming')
  try {
    const claimed = await claimRuns(db, { owner, types: operationTypes, free, freeForScheduled, after })
    metrics().claimed(claimed.claims.length, performance.now() - askedAt)
    return claimed
  } finally {
    running.isClaiming = false
  }
}

/** Its place in the queue is free: something else may be claimable now. */
function leaveRedelivered({ log, claimBell }: Lease, runId: RunId): void {
  reportRedeliveryDropped(log, { runId })
  claimBell.ring()
}

function begin(lease: Lease, claim: Claim): void {
  const { db, handlers, log, running, over, claimBell } = lease
  announceChange(db, claim)
  running.add(claim, async (signal) => {
    try {
      await trackRun({ db, log, signal, leaseSignal: over.signal }, claim, workOf(handlers, claim))
    } catch (error) {
      // Still leased to us, with nobody at work: the next heartbeat finds it.
      log.error({ err: error, runId: claim.runId }, 'the end of a run could not be written')
    } finally {
      claimBell.ring()
    }
  })
}

async function recover(lease: Lease): Promise<void> {
  while (!lease.stop.aborted) {
    await recoverRuns(lease, lease.stop).catch((error: unknown) => lease.log.warn({ err: error }, 'recovery failed'))
    await releaseIdentities(lease.db, lease.stop).catch((error: unknown) =>
      lease.log.warn({ err: error }, 'releasing identities failed'),
    )
    await pause(lease.heartbeatMs, undefined, { signal: lease.stop }).catch(() => undefined)
  }
}

/**
 * Renews the lease until `end`. Without a renewal for two thirds of the lease it is given up: whoever waits for its end
 * must find nobody at work.
 */
async function beat(lease: Lease, takenAt: number, end: AbortSignal): Promise<void> {
  const patienceMs = (lease.leaseMs * 2) / 3
  const giveUp = () => {
    lease.over.abort(new LeaseOver(lease.owner))
    // Nobody answered on them for that long: the next lease must not wait for them.
    lease.database.cut()
  }
  // At once, when the answer took longer than that.
  const patienceLeftMs = (since: number) => Math.max(1, patienceMs - (performance.now() - since))
  let fence = setTimeout(giveUp, patienceLeftMs(takenAt))
  const renewed = (sentAt: number) => {
    clearTimeout(fence)
    fence = setTimeout(giveUp, patienceLeftMs(sentAt))
  }
  while (!end.aborted) {
    try {
      // A connection of its own: busy handlers cannot make the heartbeat wait.
      await lease.db.connection().execute((line) => beatOn(line, lease, { renewed, end }))
    } catch (error) {
      if (end.aborted) break
      if (error instanceof LeaseOver) lease.over.abort(error)
      else lease.log.warn({ err: error }, 'heartbeat failed')
      await lease.heartBell.wait(lease.heartbeatMs / 5, end)
    }
  }
  clearTimeout(fence)
}

interface BeatLine {
  readonly renewed: (sentAt: number) => void
  readonly end: AbortSignal
}

async function beatOn(line: Database, lease: Lease, { renewed, end }: BeatLine): Promise<void> {
  const { running, owner, leaseMs } = lease
  while (!end.aborted) {
    failpoint('worker.heartbeat')
    const asked = running.claims()
    const wasClaiming = running.isClaiming
    const sentAt = performance.now()
    const { held, isDraining } = await renewLease(line, owner, leaseMs)
    failpoint('worker.lease_renewed')
    renewed(sentAt)
    if (lease.isDraining !== isDraining) sayDraining(lease, isDraining)
    running.compare(asked, held)
    if (!wasClaiming && !running.isClaiming) await settleUnknown(lease, held)
    await lease.heartBell.wait(lease.heartbeatMs, end)
  }
}

function sayDraining(lease: Lease, isDraining: boolean): void {
  lease.isDraining = isDraining
  lease.log.info(isDraining ? 'worker drains: it takes no more runs' : 'worker takes runs again')
  if (!isDraining) lease.claimBell.ring()
}

/**
 * Claims the database holds for us and nobody here works on: the answer of a claim was lost, or the end of a run could
 * not be written. They are settled like those of a lost worker.
 */
async function settleUnknown(lease: Lease, held: readonly HeldClaim[]): Promise<void> {
  for (const claim of held.filter((one) => !lease.running.has(one)))
    await recoverLost(lease, { ...claim, workerGone: true }, lease.stop)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, pause(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
  timer.abort()
}
