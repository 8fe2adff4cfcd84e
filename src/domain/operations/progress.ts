import { sql } from 'kysely'
import type { ClaimKey } from '#domain/operations/claim.ts'
import type { RunProgress } from '#domain/operations/operation.ts'
import { announceChange } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'

const pauseMs = 1_000

/**
 * Keeps the latest progress of a claimed run in its live row: the first report at once, then at most one a second.
 * Progress is for display, so a write that fails is not an error: the next one brings a newer value.
 */
export function keepProgress(db: Database, claim: ClaimKey): { report(progress: RunProgress): void } & Disposable {
  let latest: RunProgress | undefined
  let pause: NodeJS.Timeout | undefined

  function report(progress: RunProgress): void {
    latest = progress
    if (pause === undefined) write()
  }

  function write(): void {
    if (latest === undefined) return
    writeProgress(db, claim, latest).catch(() => undefined)
    latest = undefined
    pause = setTimeout(() => {
      pause = undefined
      write()
    }, pauseMs)
  }

  return { report, [Symbol.dispose]: () => clearTimeout(pause) }
}

async function writeProgress(db: Database, claim: ClaimKey, progress: RunProgress): Promise<void> {
  failpoint('run.progress_writing')
  const update = sql`
    update live_runs set progress = ${JSON.stringify(progress)}
    where workspace_id = ${claim.ctx.workspaceId} and run_id = ${claim.runId} and leased
      and attempt = ${claim.attempt} and lease_owner = ${claim.owner}`
  await inWorkspace(db, claim.ctx, (tx) => update.execute(tx))
  failpoint('run.progress_written')
  announceChange(db, claim)
}
