/** What an answer of Graph, or the lack of one, means for the product: one code, one reason, one helpful sentence. */
import { sanitizeMessage } from '#foundation/kernel/sanitize.ts'
import type { Reason } from '#foundation/kernel/reasons.ts'
import type { GraphProblem, Read } from '#graph/client/graph-client.ts'
import type { GraphOperation } from '#graph/client/operations.ts'
import { describeOperation, permissionsFor } from '#graph/client/operations.ts'
import { errorBody } from '#graph/client/responses.ts'
import { retryAfterMs } from '#graph/client/retry-after.ts'
import type { Answer, NoAnswer } from '#graph/client/transport.ts'

type ProblemCode = GraphProblem['code']

const reasonOf = {
  graph_throttled: 'throttled',
  graph_unauthorized: 'authentication_failed',
  graph_forbidden: 'permission_denied',
  graph_not_found: 'not_found',
  graph_conflict: 'conflict',
  graph_unavailable: 'dependency_unreachable',
  graph_bad_response: 'incomplete_read',
  graph_refused: 'invalid_state',
  graph_approval_required: 'approval_required',
  graph_write_unknown: 'write_unknown',
  graph_not_applicable: 'not_applicable',
} as const satisfies Record<ProblemCode, Reason>

export type ProblemIds = Pick<GraphProblem, 'status' | 'graphCode' | 'requestId' | 'clientRequestId' | 'retryAfterMs'>

/** Absent ids are left out, not undefined. */
export function problem(
  code: ProblemCode,
  message: string,
  ids: { readonly [K in keyof ProblemIds]: ProblemIds[K] | undefined } & { readonly reason?: Reason } = {},
): GraphProblem {
  const { reason = reasonOf[code], ...rest } = ids
  const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as ProblemIds
  return { code, reason, message: sanitizeMessage(message), ...known }
}

export function unread(found: GraphProblem): { readonly state: 'unread'; readonly problem: GraphProblem } {
  return { state: 'unread', problem: found }
}

export function read<T>(value: T): Extract<Read<T>, { state: 'read' }> {
  return { state: 'read', value }
}

/** The part of an answer that a batch part has too. */
export type AnswerHead = Pick<Answer, 'status' | 'headers' | 'body'>

/** Why an answer with a status of 300 and above is not what was asked for. */
export function problemOfAnswer(
  answer: AnswerHead,
  operation: GraphOperation,
  context: { readonly clientRequestId: string | undefined; readonly nowMs: number },
): GraphProblem {
  const { status, headers } = answer
  const error = errorBody(answer.body)
  const code = codeOf(status, error.message)
  return problem(code, sentenceFor(code, status, operation, error), {
    status,
    graphCode: error.code,
    requestId: headers.get('request-id') ?? error.requestId,
    clientRequestId: context.clientRequestId,
    retryAfterMs: retryAfterMs(headers, context.nowMs),
  })
}

export function problemOfNoAnswer(failure: NoAnswer, operation: GraphOperation, clientRequestId: string): GraphProblem {
  const message = `Microsoft Graph could not be reached for ${describeOperation(operation)} (${failure.code}).`
  return problem('graph_unavailable', message, { clientRequestId })
}

/** A 2xx whose body is not what it must be. */
export function badResponse(operation: GraphOperation, what: string, ids: ProblemIds = {}): GraphProblem {
  return problem('graph_bad_response', `Microsoft Graph answered ${describeOperation(operation)} with ${what}.`, ids)
}

export function requestRefused(operation: GraphOperation, why: string): GraphProblem {
  return problem('graph_refused', `The request for ${describeOperation(operation)} was not sent: ${why}.`, {
    reason: 'unsupported',
  })
}

export interface ErrorBody {
  readonly code: string | undefined
  readonly message: string
  readonly requestId: string | undefined
}

// A tenant without an Intune licence says so in words only (CIPP, New-GraphBulkRequest.ps1).
const notApplicable = /request not applicable to target tenant/i

const codeOfStatus: Readonly<Record<number, ProblemCode>> = {
  401: 'graph_unauthorized',
  403: 'graph_forbidden',
  404: 'graph_not_found',
  408: 'graph_unavailable',
  409: 'graph_conflict',
  410: 'graph_not_found',
  412: 'graph_conflict',
  423: 'graph_conflict',
  429: 'graph_throttled',
}

function codeOf(status: number, message: string): ProblemCode {
  if (notApplicable.test(message)) return 'graph_not_applicable'
  if (status >= 500) return 'graph_unavailable'
  // A redirect is never followed, so there is no answer to the question.
  return codeOfStatus[status] ?? (status < 400 ? 'graph_bad_response' : 'graph_refused')
}

function sentenceFor(code: ProblemCode, status: number, operation: GraphOperation, error: ErrorBody): string {
  const doing = describeOperation(operation)
  if (code === 'graph_throttled') return `Microsoft Graph asked to slow down while ${doing}.`
  if (code === 'graph_not_applicable') return `This tenant has no licence for ${doing}, says Microsoft Graph.`
  const graphCode = error.code === undefined ? '' : ` (${error.code})`
  return `Microsoft Graph answered ${status}${graphCode} to ${doing}${advice[code]?.(operation, error.message) ?? '.'}`
}

/** How the sentence about a refusal ends: what to do, or what Graph said. */
const advice: { readonly [Code in ProblemCode]?: (operation: GraphOperation, message: string) => string } = {
  graph_unauthorized: () => ': the access token was refused. Check the app registration of the connection.',
  graph_forbidden: (operation) =>
    `: grant the application permission ${permissionsFor(operation).join(' and ')} and give admin consent.`,
  graph_not_found: () => ': the object does not exist (any more).',
  graph_refused: (_, message) => `: ${withoutServiceNoise(message)}`,
  graph_conflict: (_, message) => `: ${withoutServiceNoise(message)}`,
}

/** Intune appends operation ids and an internal address to its sentence (protocol/errors.json, intuneNote). */
function withoutServiceNoise(message: string): string {
  return message.split(/ - (?:Operation|Activity) ID/)[0] ?? ''
}
