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

function codeOf(status: number, message: string): ProblemCode {
  if (notApplicable.test(message)) return 'graph_not_applicable'
  switch (status) {
    case 401:
      return 'graph_unauthorized'
    case 403:
      return 'graph_forbidden'
    case 404:
    case 410:
      return 'graph_not_found'
    case 409:
    case 412:
    case 423:
      return 'graph_conflict'
    case 429:
      return 'graph_throttled'
    default:
      if (status >= 500 || status === 408) return 'graph_unavailable'
      // A redirect is never followed, so there is no answer to the question.
      return status < 400 ? 'graph_bad_response' : 'graph_refused'
  }
}

function sentenceFor(code: ProblemCode, status: number, operation: GraphOperation, error: ErrorBody): string {
  const doing = describeOperation(operation)
  const answered = `Microsoft Graph answered ${status}${error.code === undefined ? '' : ` (${error.code})`} to ${doing}`
  switch (code) {
    case 'graph_not_applicable':
      return `This tenant has no licence for ${doing}: Microsoft Graph calls the request not applicable.`
    case 'graph_unauthorized':
      return `${answered}: the access token was refused. Check the app registration of the connection.`
    case 'graph_forbidden':
      return `${answered}: grant the application permission ${permissionsFor(operation).join(' and ')} and give admin consent.`
    case 'graph_not_found':
      return `${answered}: the object does not exist (any more).`
    case 'graph_throttled':
      return `Microsoft Graph asked to slow down while ${doing}.`
    case 'graph_refused':
    case 'graph_conflict':
      return `${answered}: ${withoutServiceNoise(error.message)}`
    default:
      return `${answered}.`
  }
}

/** Intune appends operation ids and an internal address to its sentence (protocol/errors.json, intuneNote). */
function withoutServiceNoise(message: string): string {
  return message.split(/ - (?:Operation|Activity) ID/)[0] ?? ''
}
