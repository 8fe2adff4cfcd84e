/**
 * Signs the audit log: every process that works also signs, any number at once. A look costs one statement over the heads
 * of the chains.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { signHeads } from '#domain/audit/sign-heads.ts'
import { patienceAfter } from '#entrypoints/worker/patience.ts'
import type { Signer } from '#foundation/crypto/sign.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface CheckpointOptions {
  readonly db: Database
  readonly signer: Signer
  readonly log: Log
  /** Aborted: the head that is being signed is the last; resolves at once after it. */
  readonly signal: AbortSignal
  /** How often to look for what is to be signed; default 60 s. */
  readonly pollMs?: number
}

/** Signs until `signal` is aborted, through every loss of the database. */
export async function runCheckpoints({ pollMs = 60_000, ...deps }: CheckpointOptions): Promise<void> {
  const { log, signal } = deps
  const givesUp = patienceAfter(signal)
  const look = async () => {
    try {
      await signHeads(deps)
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'signing the audit log failed')
    }
  }
  while (!signal.aborted) {
    await Promise.race([look(), givesUp])
    await pause(pollMs, undefined, { signal }).catch(() => undefined)
  }
}
