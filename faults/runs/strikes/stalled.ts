/** A worker lives and does nothing: frozen, its event loop blocked, or out of memory. */
import { fileURLToPath } from 'node:url'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'

/** The one that wakes finds its run done by another: it must change nothing any more. */
export async function frozen(play: Play, { requests }: BlowOf<'frozen'>): Promise<boolean> {
  const runId = await play.start({ attempts: { least: 2 } })
  await play.slowDown()
  const victim = await play.victim()
  const isMidRun = await play.untilMidRun(victim, runId, requests)
  const lease = await play.leaseOf(victim)
  victim.signal('SIGSTOP')
  const isHit = isMidRun && (await play.run(runId))?.outcome === 'pending'
  await play.graph([])
  await play.stage.resident.work()
  await play.untilEnded(runId)
  victim.signal('SIGCONT')
  await play.untilNewLease(victim, lease)
  return isHit
}

export async function blockedLoop(play: Play, { kill: { failpoint, at }, ms }: BlowOf<'blocked'>): Promise<boolean> {
  const outlastsLease = ms > play.stage.leaseMs
  const hasClaim = failpoint.startsWith('run.')
  const runId = await play.start({ attempts: { least: outlastsLease && hasClaim ? 2 : 1 } })
  const worker = await play.worker({ failpoint: `${failpoint}:block${ms}@${at}` })
  await play.until(async () => (await play.leaseOf(worker)) !== undefined, 'the worker took no lease')
  const lease = await play.leaseOf(worker)
  if (hasClaim) await play.untilMidRun(worker, runId, 0)
  if (outlastsLease) {
    await play.relieve(worker, runId)
    // However busy the machine is, it comes back to a run that is over.
    worker.signal('SIGSTOP')
  }
  await play.untilEnded(runId)
  worker.signal('SIGCONT')
  if (outlastsLease) {
    await play.untilNewLease(worker, lease)
    return true
  }
  const run = await play.run(runId)
  const lastedMs = (run?.completed_at?.getTime() ?? 0) - (run?.started_at?.getTime() ?? 0)
  return lastedMs >= ms
}

const eatMemory = fileURLToPath(new URL('../eat-memory.mjs', import.meta.url))

export async function outOfMemory(play: Play, { requests }: BlowOf<'out_of_memory'>): Promise<boolean> {
  const runId = await play.start({ attempts: { least: 2 } })
  await play.slowDown()
  const victim = await play.victim({ nodeArgs: ['--max-old-space-size=96', `--import=${eatMemory}`] })
  if (!(await play.untilMidRun(victim, runId, requests))) return false
  victim.signal('SIGUSR2')
  const isGone = await play.untilGone(victim, runId)
  await play.graph([])
  await play.relieve(victim, runId)
  return isGone && victim.wasAborted
}
