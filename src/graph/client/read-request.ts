/**
 * One read, with everything that may be done about its failures: pacing before, a pause when Graph asks for one, another
 * token once, and at most four attempts within the tenant's retry budget. The only place that sends a read again.
 */
import { randomUUID } from 'node:crypto'
import type { AdmittedRequest, Admission } from '#graph/client/egress-gate.ts'
import type { GraphProblem, Read } from '#graph/client/graph-client.ts'
import type { BulkReadOperation, ReadOperation } from '#graph/client/operations.ts'
import { operationFields } from '#graph/client/operations.ts'
import { longestWaitMs, PacerBlocked } from '#graph/client/pacer.ts'
import {
  badResponse,
  problem,
  problemOfAnswer,
  problemOfNoAnswer,
  read,
  requestRefused,
  unread,
} from '#graph/client/problems.ts'
import type { RequestContext } from '#graph/client/request-context.ts'
import { backoffMs } from '#graph/client/retry-after.ts'
import type { RetryBudget } from '#graph/client/retry-budget.ts'
import type { TokenSource } from '#graph/client/token-source.ts'
import type { Answer, NoAnswer } from '#graph/client/transport.ts'
import { sendRequest } from '#graph/client/transport.ts'

/** Sends reads; resolves to the parsed body or to why there is none. Rejects only when the signal aborts. */
export interface ReadSender {
  send(operation: ReadOperation | BulkReadOperation, signal: AbortSignal): Promise<Read<unknown>>
  sendNext(link: string, operation: ReadOperation, signal: AbortSignal): Promise<Read<unknown>>
  /** A part of a batch was told to slow down: that holds for the whole tenant, from now for `retryAfterMs`. */
  pauseFor(retryAfterMs: number | undefined, attempt: number): Promise<void>
  /** Whether failed parts of a batch may be sent again. */
  mayRetry(requests: number): boolean
}

const maxAttempts = 4

export function createReadSender(context: RequestContext, tokens: TokenSource, budget: RetryBudget): ReadSender {
  const { gate, statistics } = context
  const run = (admission: Admission, operation: ReadOperation | BulkReadOperation, signal: AbortSignal) =>
    admission.state === 'refused'
      ? Promise.resolve(unread(requestRefused(operation, admission.why)))
      : attemptRead(context, tokens, budget, admission.request, signal)
  return {
    send: (operation, signal) => run(gate.admit(operation), operation, signal),
    sendNext: (link, operation, signal) => run(gate.admitNext(link, operation), operation, signal),
    async pauseFor(retryAfterMs, attempt) {
      const delayMs = retryAfterMs ?? backoffMs(attempt, context.random())
      statistics.throttled()
      context.log.warn({ operation: 'batch', attempt, retryAfterMs: delayMs }, 'graph throttled')
      await context.pacer.block('any', delayMs)
    },
    mayRetry(requests) {
      const may = budget.spend(requests)
      if (may) statistics.retried()
      return may
    },
  }
}

async function attemptRead(
  context: RequestContext,
  tokens: TokenSource,
  budget: RetryBudget,
  request: AdmittedRequest,
  signal: AbortSignal,
): Promise<Read<unknown>> {
  budget.earn(request.cost)
  let token: string | undefined
  for (let attempt = 1; ; attempt += 1) {
    const paced = await waitForTurn(context, request, signal)
    if (paced !== undefined) return unread(paced)
    const got: Read<string> = token === undefined ? await tokens.get(signal) : read(token)
    if (got.state === 'unread') return got

    const clientRequestId = randomUUID()
    context.statistics.sent('read')
    const answer = await sendRequest(request, context.graphOrigin, {
      token: got.value,
      headers: { 'client-request-id': clientRequestId, 'return-client-request-id': 'true' },
      timeouts: context.timeouts,
      ownConnection: false,
      signal,
    })
    context.statistics.answered('read', answer)
    const verdict = judge(answer, request, clientRequestId, context)
    if (verdict.state === 'read') return verdict

    const next = await nextAttempt(context, { verdict, attempt, budget, request, signal })
    if (next === 'give_up') return unread(verdict.problem)
    if (next === 'renew') {
      const renewed = await tokens.renew(got.value, signal)
      if (renewed.state === 'unread') return renewed
      token = renewed.value
    }
    context.statistics.retried()
  }
}

/** Waits for the budget of the tenant; a problem when the pause is longer than anybody should wait in place. */
async function waitForTurn(
  { pacer, statistics }: RequestContext,
  request: AdmittedRequest,
  signal: AbortSignal,
): Promise<GraphProblem | undefined> {
  try {
    statistics.waited(await pacer.take('any', request.cost, signal))
    return undefined
  } catch (error) {
    if (!(error instanceof PacerBlocked)) throw error
    return problem('graph_throttled', 'Microsoft Graph asked this tenant for a longer pause.', {
      retryAfterMs: error.retryAfterMs,
    })
  }
}

type Verdict =
  | Extract<Read<unknown>, { state: 'read' }>
  | { readonly state: 'unread'; readonly problem: GraphProblem; readonly isTransient: boolean }

function judge(
  answer: Answer | NoAnswer,
  request: AdmittedRequest,
  clientRequestId: string,
  context: RequestContext,
): Verdict {
  const { operation } = request
  if (answer.state === 'no_answer') {
    return { state: 'unread', problem: problemOfNoAnswer(answer, operation, clientRequestId), isTransient: true }
  }
  const { status, headers } = answer
  if (status < 200 || status >= 300) {
    const found = problemOfAnswer(answer, operation, { clientRequestId, nowMs: context.clock.now() })
    return { state: 'unread', problem: found, isTransient: found.code === 'graph_unavailable' && status !== 501 }
  }
  if (answer.body !== undefined) return read(answer.body)
  const what = answer.bodyProblem === 'too_large' ? 'more than may be read at once' : 'something that is not JSON'
  const found = badResponse(operation, what, {
    status,
    clientRequestId,
    ...(headers.has('request-id') && { requestId: headers.get('request-id') ?? '' }),
  })
  return { state: 'unread', problem: found, isTransient: false }
}

type Next = 'give_up' | 'again' | 'renew'

interface Attempt {
  readonly verdict: Extract<Verdict, { state: 'unread' }>
  readonly attempt: number
  readonly budget: RetryBudget
  readonly request: AdmittedRequest
  readonly signal: AbortSignal
}

/** Decides, and waits where waiting is the answer. */
async function nextAttempt(
  context: RequestContext,
  { verdict, attempt, budget, request, signal }: Attempt,
): Promise<Next> {
  const { problem: found, isTransient } = verdict
  if (found.code === 'graph_unauthorized') return attempt < maxAttempts ? 'renew' : 'give_up'
  const isThrottled = found.code === 'graph_throttled'
  if (!isThrottled && !isTransient) return 'give_up'

  const delayMs = found.retryAfterMs ?? backoffMs(attempt, context.random())
  const goesOn = attempt < maxAttempts && delayMs <= longestWaitMs && budget.spend(request.cost)
  logFailure(context, verdict, { attempt, retryAfterMs: delayMs, goesOn, ...operationFields(request.operation) })
  // The pacer does the waiting Graph asks for, so that every request of this tenant waits and not only this one.
  if (isThrottled || found.retryAfterMs !== undefined) await context.pacer.block('any', delayMs)
  else if (goesOn) await context.clock.sleep(delayMs, signal)
  return goesOn ? 'again' : 'give_up'
}

function logFailure(
  context: RequestContext,
  { problem: found }: Attempt['verdict'],
  fields: Readonly<Record<string, unknown>>,
) {
  const { code, status, clientRequestId } = found
  if (code === 'graph_throttled') context.statistics.throttled()
  context.log.warn(
    { ...fields, status, clientRequestId },
    code === 'graph_throttled' ? 'graph throttled' : 'graph request failed',
  )
}
