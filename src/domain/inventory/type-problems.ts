/** What a read of a policy type that was not complete means for the run and its items. */
import type { Problem } from '#domain/inventory/observed-policy.ts'
import type { RunItem } from '#domain/operations/operation.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Completeness, GraphProblem } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

/** Why the list was not read whole; null when it was. */
export function listProblem(completeness: Completeness): Problem | null {
  switch (completeness.state) {
    case 'complete':
      return null
    case 'partial':
      return completeness.problems[0] ?? { reason: 'incomplete_read', message: 'Part of the list could not be read.' }
    case 'failed':
      return completeness.problem
  }
}

/** What stands for a type the tenant has no licence for: it holds no policies to observe. Null when it has one. */
export function notApplicableItem({ key, labelPlural }: PolicyContract, completeness: Completeness): RunItem | null {
  if (completeness.state !== 'failed' || completeness.problem.code !== 'graph_not_applicable') return null
  const { reason } = completeness.problem
  // One sentence for all types, so that the run says it once.
  const message = 'The tenant has no licence for it: Microsoft Graph calls the request not applicable.'
  return {
    key,
    label: labelPlural,
    outcome: 'skipped',
    counts: { total: 0, processed: 0, succeeded: 0, failed: 0, skipped: 0 },
    failure: { code: 'inventory.type_not_applicable', reason, message },
  }
}

/**
 * Ends the attempt for what says nothing about the thing that was asked for: the next request would end just the same,
 * so everything that is not done yet is left to do.
 * @throws Failure for a refused sign-in, throttling, and no answer at all
 */
export function refuseWhatStopsEverything({ code, reason, message, status, retryAfterMs }: GraphProblem): void {
  const isUnreachable = code === 'graph_unavailable' && status === undefined
  if (reason !== 'throttled' && reason !== 'authentication_failed' && !isUnreachable) return
  throw new Failure(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
