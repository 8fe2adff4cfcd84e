/** One request that changes a tenant: intent first, then the lease, then the bytes, once; then the answer is kept. */
import { randomUUID } from 'node:crypto'
import { hashAssignments } from '#domain/assignments/hash-assignments.ts'
import { toGraphAssignments } from '#domain/assignments/to-graph-assignments.ts'
import { fenced, pass } from '#domain/restore/execution.ts'
import type { Execution } from '#domain/restore/execution.ts'
import type { TargetStep } from '#domain/restore/per-target.ts'
import { insertIntent, setAnswer, unsend } from '#domain/restore/write-ledger.store.ts'
import type { AssignmentsWithHash, OpenItem } from '#domain/restore/write-ledger.store.ts'
import type { GraphProblem, GraphWriter, WritePermit, WriteResult } from '#graph/client/graph-client.ts'
import { contractOf } from '#graph/contracts/registry.ts'

/** What one request does: put the whole desired set, add one target, or remove the row with that id. */
export type Write =
  | { readonly kind: 'replace' }
  | (TargetStep & { readonly kind: 'add' })
  | (TargetStep & { readonly kind: 'remove'; readonly rowId: string })

/** An item whose live set was read: from here on it is the one an undo brings back. */
export interface BegunItem extends OpenItem {
  readonly before: AssignmentsWithHash
}

export type Sent =
  | { readonly answer: 'accepted' | 'unknown' }
  | { readonly answer: 'refused'; readonly problem: GraphProblem }
  | { readonly answer: 'approval_required'; readonly problem: GraphProblem; readonly approvalCode: string | undefined }

/**
 * Sends one request for an item; once more when the access token was refused, which applied nothing and makes the next
 * request ask for a new one. Throws, with nothing sent, when the claim does not hold any more or the run stops.
 */
export async function sendWrite(execution: Execution, item: BegunItem, write: Write): Promise<Sent> {
  const sent = await sendOnce(execution, item, write)
  const isStaleToken = sent.answer === 'refused' && sent.problem.code === 'graph_unauthorized'
  return isStaleToken ? sendOnce(execution, item, write) : sent
}

async function sendOnce(execution: Execution, item: BegunItem, write: Write): Promise<Sent> {
  const { ctx, graph, signal } = execution
  const clientRequestId = randomUUID()
  const result = await request(graph.writer, item, write, permitFor(execution, item, { write, clientRequestId }))
  pass('restore.answered')
  // Cut short by ourselves, so it says nothing of Graph: it is left as a process that was killed here leaves it.
  if (result.state === 'unknown') signal.throwIfAborted()
  const graphRequestId = requestIdOf(result)
  await fenced(execution, (tx) => setAnswer(tx, ctx, { clientRequestId, answer: result.state, graphRequestId }))
  pass('restore.answer_kept')
  if (result.state === 'refused' && signal.aborted) {
    await fenced(execution, (tx) => unsend(tx, ctx, item.id))
    signal.throwIfAborted()
  }
  return sentOf(result)
}

function permitFor(
  execution: Execution,
  item: BegunItem,
  { write, clientRequestId }: { readonly write: Write; readonly clientRequestId: string },
): WritePermit {
  const { ctx, run, signal, timing } = execution
  const intent = {
    itemId: item.id,
    before: item.before,
    clientRequestId,
    kind: write.kind,
    assignmentHash: write.kind === 'replace' ? null : hashAssignments([write.assignment]),
    runId: run.runId,
    fence: run.attempt,
  }
  return {
    restoreRunId: item.restoreRunId,
    runId: run.runId,
    clientRequestId,
    justification: `TenantAtlas restore ${item.restoreRunId}: confirmed plan, policy ${item.graphId}`,
    signal,
    beforeSend: async () => {
      pass('restore.intent_committing')
      await fenced(execution, (tx) => insertIntent(tx, ctx, intent))
      pass('restore.intent_committed')
      await run.assertLease(timing.startWithinMs)
      pass('restore.sending')
    },
  }
}

async function request(writer: GraphWriter, item: BegunItem, write: Write, permit: WritePermit): Promise<WriteResult> {
  const contract = contractOf(item.type)
  switch (write.kind) {
    case 'replace':
      return writer.replaceAssignments(
        contract,
        item.graphId,
        toGraphAssignments(contract, item.desired.assignments),
        permit,
      )
    case 'add': {
      const [row] = toGraphAssignments(contract, [write.assignment])
      if (row === undefined) throw new TypeError('an assignment of a policy set was to be added')
      return writer.addAssignment(contract, item.graphId, row, permit)
    }
    case 'remove':
      return writer.removeAssignment(contract, item.graphId, write.rowId, permit)
  }
}

function requestIdOf(result: WriteResult): string | null {
  return (result.state === 'accepted' ? result.requestId : result.problem.requestId) ?? null
}

function sentOf(result: WriteResult): Sent {
  switch (result.state) {
    case 'accepted':
    case 'unknown':
      return { answer: result.state }
    case 'refused':
      return { answer: 'refused', problem: result.problem }
    case 'approval_required':
      return { answer: 'approval_required', problem: result.problem, approvalCode: result.approvalCode }
  }
}
