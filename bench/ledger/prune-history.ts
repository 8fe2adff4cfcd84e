import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startRun } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import { createPruneHistoryHandler } from '#domain/retention/prune-history-handler.ts'
import { workspaceOf } from '#foundation/kernel/context-testing.ts'
import { createSigner } from '#foundation/crypto/sign.ts'
import { tenantOf, type Ledger } from './ledger-stage.ts'
import type { Pruning } from './retention.ts'

/** The run that the schedule of every workspace starts each night, with what is kept by default. */
export function nightlyPruning(ledger: Ledger): Pruning {
  const { db } = ledger.database
  const keys = mkdtempSync(join(tmpdir(), 'tenantatlas-bench-'))
  const signer = createSigner({ keyFile: join(keys, 'audit.key'), publicKeyFile: join(keys, 'audit.pub') })
  const ctx = workspaceOf(tenantOf(ledger, 0))
  return {
    handlers: { 'retention.prune': createPruneHistoryHandler({ db, signer }) },
    async run() {
      const { runId } = await startRun(db, ctx, { type: 'retention.prune', input: {}, trigger: 'schedule' })
      for (;;) {
        const { status, outcome } = await getRun(db, ctx, runId)
        if (outcome === 'succeeded') return
        if (status === 'completed') throw new Error(`retention ${outcome}`)
        await pause(250)
      }
    },
  }
}
