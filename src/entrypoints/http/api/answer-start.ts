import type { EnsuredRun } from '#domain/operations/operation.ts'
import type { Started } from '#contract/api/schemas.ts'

/** What a start answers: 202 for a run it created, 200 for the one that holds the identity. */
export function answerStart(ensured: EnsuredRun): Started {
  const { runId: run, disposition } = ensured
  if (disposition === 'created') return { status: 202, body: { run, disposition, retryAt: null } }
  if (disposition === 'active') return { status: 200, body: { run, disposition, retryAt: null } }
  return { status: 200, body: { run, disposition: 'cooling_down', retryAt: ensured.retryAt.toISOString() } }
}
