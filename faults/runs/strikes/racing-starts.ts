/**
 * 32 callers start one operation again and again until they are told that it cools down; whoever created its run ends it
 * at once. A start that looks first and inserts then finds its run active, and the cooldown not there yet.
 */
import { claimRuns } from '#domain/operations/claim-runs.ts'
import { endRun } from '#domain/operations/end-run.ts'
import { startRun } from '#domain/operations/ensure-run.ts'
import type { RunStart } from '#domain/operations/ensure-run.ts'
import { endLease, takeLease } from '#domain/operations/lease.ts'
import { openDatabase } from '#foundation/db/database.ts'
import type { Database } from '#foundation/db/database.ts'
import type { WorkerId } from '#foundation/kernel/ids.ts'
import { createLog } from '#foundation/observability/log.ts'
import type { BlowOf } from '../blow.ts'
import type { Play } from '../play.ts'
import { sceneTypes } from '../scene.ts'
import type { SceneType } from '../scene.ts'

const callerCount = 32
const log = createLog({ level: 'silent', pretty: false })

export async function racingStarts(play: Play, { operations }: BlowOf<'racing_starts'>): Promise<boolean> {
  await using stack = new AsyncDisposableStack()
  // A database each: the starts of one share their statements.
  const callers = Array.from({ length: callerCount }, () =>
    stack.use(
      openDatabase({ url: play.stage.url, role: 'worker', poolSize: 1, applicationName: 'fault matrix caller', log }),
    ),
  )
  const owner = await takeLease(play.stage.database.db, 3_600_000)
  let calls = 0
  for (let number = 1; number <= operations; number += 1) {
    const race = { play, owner, name: `operation ${number}`, types: typesOf(number) }
    calls += (await Promise.all(callers.map(({ db }) => untilItCools(db, race)))).reduce((sum, one) => sum + one, 0)
  }
  await endLease(play.stage.database.db, owner)
  return calls > operations * callerCount
}

interface Race {
  readonly play: Play
  /** Who has claimed what is ended. */
  readonly owner: WorkerId
  readonly name: string
  readonly types: readonly SceneType[]
}

/** Another operation for each number: the types by its bits. */
function typesOf(number: number): readonly SceneType[] {
  return sceneTypes.filter((_, bit) => (number >> bit) % 2 === 1)
}

async function untilItCools(db: Database, { play, owner, name, types }: Race): Promise<number> {
  const what = { kind: 'types' as const, types: [...types] }
  const start: RunStart<'assignments.fetch'> = { type: 'assignments.fetch', input: { what }, trigger: 'user' }
  for (let calls = 1; ; calls += 1) {
    const ensured = await startRun(db, play.ctx, start)
    play.answered(name, ensured)
    if (ensured.disposition === 'cooldown') return calls
    if (ensured.disposition === 'created') await endAtOnce(db, play, owner)
  }
}

async function endAtOnce(db: Database, play: Play, owner: WorkerId): Promise<void> {
  const order = { owner, types: ['assignments.fetch'], free: 1, freeForScheduled: 1, after: null }
  for (const claim of (await claimRuns(db, order)).claims) {
    play.expect({ id: claim.runId, outcomes: ['succeeded'], attempts: { least: 1, most: 1 } })
    await endRun(db, claim, { kind: 'finish', verdict: 'returned', result: {} }, AbortSignal.abort())
  }
}
