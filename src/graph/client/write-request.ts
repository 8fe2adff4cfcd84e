/**
 * Writes, each sent at most once and never again by this layer. Between "refused" and "accepted" stands "unknown": the
 * request may have reached Graph and nobody can say what became of it, so the caller reads back before anything else.
 */
import { isUuid } from '#foundation/kernel/ids.ts'
import type { Restorability } from '#graph/contracts/capabilities.ts'
import { capabilitiesOf } from '#graph/contracts/capabilities.ts'
import type { AdmittedRequest } from '#graph/client/egress-gate.ts'
import type { GraphProblem, GraphWriter, Read, WritePermit, WriteResult } from '#graph/client/graph-client.ts'
import type { WriteOperation } from '#graph/client/operations.ts'
import { describeOperation, operationFields } from '#graph/client/operations.ts'
import { PacerBlocked } from '#graph/client/pacer.ts'
import { errorBody } from '#graph/client/responses.ts'
import { problem, problemOfAnswer, problemOfNoAnswer, requestRefused, unread } from '#graph/client/problems.ts'
import type { RequestContext } from '#graph/client/request-context.ts'
import { backoffMs } from '#graph/client/retry-after.ts'
import type { TokenSource } from '#graph/client/token-source.ts'
import { readRoles } from '#graph/client/token-source.ts'
import type { Answer } from '#graph/client/transport.ts'
import { sendRequest } from '#graph/client/transport.ts'

export function createWriter(context: RequestContext, tokens: TokenSource | undefined): GraphWriter {
  const write = (operation: WriteOperation, permit: WritePermit) => writeOnce(context, tokens, operation, permit)
  return {
    grantedPermissions: async ({ signal }) => (tokens === undefined ? unread(noWriter) : readRoles(tokens, signal)),
    replaceAssignments: (contract, id, assignments, permit) =>
      write({ kind: 'replaceAssignments', contract, id, assignments }, permit),
    addAssignment: (contract, id, assignment, permit) =>
      write({ kind: 'addAssignment', contract, id, assignment }, permit),
    removeAssignment: (contract, id, assignmentId, permit) =>
      write({ kind: 'removeAssignment', contract, id, assignmentId }, permit),
  }
}

async function writeOnce(
  context: RequestContext,
  tokens: TokenSource | undefined,
  operation: WriteOperation,
  permit: WritePermit,
): Promise<WriteResult> {
  const why = whyNot(operation, permit)
  if (why !== undefined) return refused(requestRefused(operation, why))
  if (tokens === undefined) return refused(noWriter)
  const admission = context.gate.admit(operation)
  if (admission.state === 'refused') return refused(requestRefused(operation, admission.why))

  using turn = await waitForTurn(context, tokens, operation, permit.signal)
  if (turn.state === 'unread') return refused(turn.problem)
  await permit.beforeSend?.()
  if (permit.signal.aborted) return refused(cancelledProblem(operation))
  // Awaited here: the slot is held until the answer was read.
  return await send(context, tokens, admission.request, operation, permit, turn.value)
}

/** The tenant's write slot, held until disposed, and a token; or why the write cannot be sent now. */
async function waitForTurn(
  { pacer, statistics }: RequestContext,
  tokens: TokenSource,
  operation: WriteOperation,
  signal: AbortSignal,
): Promise<Read<string> & Disposable> {
  let slot: Disposable = { [Symbol.dispose]: () => undefined }
  const turn = (result: Read<string>) => ({ ...result, [Symbol.dispose]: () => slot[Symbol.dispose]() })
  try {
    slot = await pacer.writeSlot(signal)
    statistics.waited(await pacer.take('write', 1, signal))
    return turn(await tokens.get(signal))
  } catch (error) {
    if (error instanceof PacerBlocked) return turn(unread(pausedProblem(error.retryAfterMs)))
    if (signal.aborted) return turn(unread(cancelledProblem(operation)))
    slot[Symbol.dispose]()
    throw error
  }
}

async function send(
  context: RequestContext,
  tokens: TokenSource,
  request: AdmittedRequest,
  operation: WriteOperation,
  permit: WritePermit,
  token: string,
): Promise<WriteResult> {
  const { clientRequestId, restoreRunId, runId } = permit
  const fields = { ...operationFields(operation), restoreRunId, runId, clientRequestId }
  context.log.info(fields, 'graph write sent')
  context.statistics.sent('write')
  let answer
  try {
    answer = await sendRequest(request, context.graphOrigin, {
      token,
      headers: {
        'client-request-id': clientRequestId,
        'return-client-request-id': 'true',
        'x-msft-approval-justification': encodeJustification(permit.justification),
      },
      timeouts: context.timeouts,
      ownConnection: true,
      signal: permit.signal,
    })
  } catch (error) {
    if (!permit.signal.aborted) throw error
    answer = { state: 'no_answer', sent: 'maybe', code: 'aborted' } as const
  }
  context.statistics.answered('write', answer)
  if (answer.state === 'no_answer') {
    const found = problemOfNoAnswer(answer, operation, clientRequestId)
    if (answer.sent === 'no') return refused(found)
    context.log.warn({ ...fields, cause: answer.code }, 'graph write unanswered')
    return { state: 'unknown', problem: unknownProblem(operation, answer.code, clientRequestId) }
  }
  const result = settleAnswer(answer, operation, clientRequestId, context.clock.now())
  context.log.info({ ...fields, status: answer.status, result: result.state }, 'graph write answered')
  await heed(context, tokens, answer.status, result, { token, signal: permit.signal })
  return result
}

/** What the answer means for the next write. It must not cost the caller this one's answer, so a failure is only logged. */
async function heed(
  context: RequestContext,
  tokens: TokenSource,
  status: number,
  result: WriteResult,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    if (status === 401) await tokens.renew(token, signal)
    if (status === 429) await pauseWrites(context, result)
  } catch (error) {
    context.log.warn({ err: error, status }, 'graph answer not heeded')
  }
}

/** What an answer to a write says about whether it was applied. */
export function settleAnswer(
  answer: Answer,
  operation: WriteOperation,
  clientRequestId: string,
  nowMs: number,
): WriteResult {
  const { status, headers } = answer
  const requestId = headers.get('request-id') ?? undefined
  if (status >= 200 && status < 300) return { state: 'accepted', status, requestId }
  const found = problemOfAnswer(answer, operation, { clientRequestId, nowMs })
  const approval = approvalOf(answer)
  if (approval !== undefined)
    return { state: 'approval_required', approvalCode: approval.code, problem: approvalProblem(found) }
  // A server error, a timeout of a proxy, or a redirect: somebody may have applied it before that.
  const isClear = status >= 400 && status < 500 && status !== 408
  if (isClear) return refused(found)
  return {
    state: 'unknown',
    problem: { ...unknownProblem(operation, String(status), clientRequestId), ...idsOf(found) },
  }
}

const approvalHeader = 'x-msft-approval-code'
const approvalMessage =
  /x-msft-approval-(?:code|justification)|approval required|active approval request already exists/i

/**
 * Multi Admin Approval, recognised by header or message: its status is 400, 403 or 412, by source
 * (protocol/multi-admin-approval.json).
 */
function approvalOf(answer: Answer): { readonly code: string | undefined } | undefined {
  const { message, code } = errorBody(answer.body)
  const header = answer.headers.get(approvalHeader) ?? undefined
  if (header === undefined && code !== 'ApprovalRequired' && !approvalMessage.test(message)) return undefined
  return { code: header ?? /x-msft-approval-code:\s*([0-9a-f-]{36})/i.exec(message)?.[1] }
}

const longestJustification = 1_024

/** Base64 of at most 1,024 bytes, cut between characters. */
export function encodeJustification(text: string): string {
  let cut = text
  while (Buffer.byteLength(cut) > longestJustification) cut = cut.slice(0, -1)
  return Buffer.from(cut.toWellFormed()).subarray(0, longestJustification).toString('base64')
}

const needed = {
  replaceAssignments: 'full',
  addAssignment: 'perTarget',
  removeAssignment: 'perTarget',
} as const satisfies Record<WriteOperation['kind'], Restorability>

function whyNot(operation: WriteOperation, permit: WritePermit): string | undefined {
  if (![permit.restoreRunId, permit.runId, permit.clientRequestId].every(isUuid))
    return 'it has no valid permit of a restore run'
  const { canRestore } = capabilitiesOf(operation.contract)
  return canRestore === needed[operation.kind] ? undefined : 'the policy type cannot be written like this'
}

async function pauseWrites({ pacer, statistics, random }: RequestContext, result: WriteResult): Promise<void> {
  const retryAfterMs = result.state === 'refused' ? result.problem.retryAfterMs : undefined
  statistics.throttled()
  await pacer.block('write', retryAfterMs ?? backoffMs(1, random()))
}

function refused(found: GraphProblem): WriteResult {
  return { state: 'refused', problem: found }
}

function idsOf({ status, graphCode, requestId, retryAfterMs }: GraphProblem) {
  return {
    ...(status !== undefined && { status }),
    ...(graphCode !== undefined && { graphCode }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

function unknownProblem(operation: WriteOperation, code: string, clientRequestId: string): GraphProblem {
  const message = `Whether Microsoft Graph applied ${describeOperation(operation)} is unknown (${code}).`
  return problem('graph_write_unknown', message, { clientRequestId })
}

function approvalProblem(found: GraphProblem): GraphProblem {
  const message = 'This tenant wants a second administrator to approve the change (Multi Admin Approval).'
  return { ...problem('graph_approval_required', message), ...idsOf(found) }
}

const noWriter = problem(
  'graph_refused',
  'This connection has no writer app registration, so nothing can be written.',
  {
    reason: 'missing_configuration',
  },
)

function pausedProblem(retryAfterMs: number): GraphProblem {
  return problem('graph_throttled', 'Microsoft Graph asked this tenant for a longer pause.', { retryAfterMs })
}

function cancelledProblem(operation: WriteOperation): GraphProblem {
  return problem(
    'graph_refused',
    `The request for ${describeOperation(operation)} was not sent: it was cancelled before.`,
    {
      reason: 'cancelled',
    },
  )
}
