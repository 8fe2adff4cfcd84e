/** What is live of one policy now, and again and again until it shows what was written. */
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import { contentKey } from '#domain/assignments/assignment-key.ts'
import type { Assignment, AssignmentSet } from '#domain/assignments/assignment.ts'
import { pass } from '#domain/restore/execution.ts'
import type { Execution } from '#domain/restore/execution.ts'
import { settleDelayMs } from '#domain/restore/restore-timing.ts'
import type { PolicyRef } from '#domain/restore/restore-run.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphObject, GraphProblem } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

export type Seen =
  | {
      readonly state: 'read'
      readonly set: AssignmentSet
      /** The id Graph gave the row of an assignment: what a DELETE names. */
      readonly rowId: (assignment: Assignment) => string | undefined
    }
  | { readonly state: 'missing'; readonly problem: GraphProblem }
  | { readonly state: 'unread'; readonly problem: GraphProblem }

/** What is live now. */
export async function readNow({ graph, signal }: Execution, { type, graphId }: PolicyRef): Promise<Seen> {
  const contract = contractOf(type)
  const read = (await graph.reader.readAssignments(contract, [graphId], { signal })).get(graphId)
  if (read === undefined) return { state: 'unread', problem: leftOut }
  if (read.state === 'read') return seenOf(contract, read.value)
  return { state: read.problem.code === 'graph_not_found' ? 'missing' : 'unread', problem: read.problem }
}

const leftOut: GraphProblem = {
  code: 'graph_bad_response',
  reason: 'incomplete_read',
  message: 'Microsoft Graph left the policy out of its answer.',
}

function seenOf(contract: PolicyContract, raw: readonly GraphObject[]): Seen {
  try {
    const { set } = normalizeAssignments(contract, raw)
    return { state: 'read', set, rowId: (assignment) => rowIdOf(contract, raw, assignment) }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { reason, message } = error
    return { state: 'unread', problem: { code: 'graph_bad_response', reason, message } }
  }
}

function rowIdOf(contract: PolicyContract, raw: readonly GraphObject[], assignment: Assignment): string | undefined {
  const key = contentKey(assignment)
  const row = raw.find((candidate) => {
    const [only] = normalizeAssignments(contract, [candidate]).set.assignments
    return only !== undefined && contentKey(only) === key
  })
  return typeof row?.['id'] === 'string' ? row['id'] : undefined
}

export interface Expectation {
  readonly shows: (live: AssignmentSet) => boolean
  /** What Graph said: without an answer, the request may still be on its way, and live is watched so much longer. */
  readonly answer: 'accepted' | 'unknown'
}

/** Reads until live is what was written, or it had time enough to be; answers what was seen last. */
export async function readBack(execution: Execution, policy: PolicyRef, expected: Expectation): Promise<Seen> {
  const { clock, signal, timing } = execution
  const patienceMs =
    expected.answer === 'accepted' ? timing.readBackMs : Math.max(timing.readBackMs, settleDelayMs(timing))
  const until = clock.now() + patienceMs
  for (let pauseMs = timing.firstPollMs; ; pauseMs = Math.min(pauseMs * 2, timing.longestPollMs)) {
    const seen = await readNow(execution, policy)
    pass('restore.read_back')
    const isThere = seen.state === 'read' && expected.shows(seen.set)
    const leftMs = until - clock.now()
    if (isThere || seen.state === 'missing' || leftMs <= 0) return seen
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
  }
}
