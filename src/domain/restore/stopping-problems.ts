import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphProblem, GraphReader } from '#graph/client/graph-client.ts'

type Problem = Pick<GraphProblem, 'reason' | 'message'> & { readonly retryAfterMs?: number | undefined }

/** Whether a problem is about the tenant or the service and not about one policy: the run waits or stops. */
export function stopsTheRun({ reason }: Problem): boolean {
  return reason === 'authentication_failed' || reason === 'throttled' || reason === 'dependency_unreachable'
}

/**
 * The same for a read that failed: when the tenant itself answers, the trouble is with this policy, and one broken
 * policy does not hold up the others.
 */
export async function stopsReading(reader: GraphReader, problem: Problem, signal: AbortSignal): Promise<boolean> {
  if (problem.reason !== 'dependency_unreachable') return stopsTheRun(problem)
  return (await reader.readOrganization({ signal })).state === 'unread'
}

export function failureOf({ reason, message, retryAfterMs }: Problem): Failure {
  return new Failure(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
