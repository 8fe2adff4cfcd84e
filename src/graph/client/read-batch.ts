/**
 * Many reads in few requests. A batch answers its parts in any order, may leave one out, send one twice, or refuse one
 * in a 200: parts are matched by id and each has its own outcome. What is not clear is asked again, without the rest.
 */
import { maxBatchParts } from '#graph/client/egress-gate.ts'
import type { GraphProblem, Read } from '#graph/client/graph-client.ts'
import { chunksOf, inParallel } from '#graph/client/in-parallel.ts'
import type { ReadOperation } from '#graph/client/operations.ts'
import { badResponse, problemOfAnswer, read, unread } from '#graph/client/problems.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import type { BatchPart } from '#graph/client/responses.ts'
import { parseBatch } from '#graph/client/responses.ts'

const maxRounds = 4
// Enough to keep the pacing busy over a slow line; more would only wait there.
const batchesInFlight = 4

/** The body of each read, or why it is unknown, in the order of the operations. */
export async function readMany(
  sender: ReadSender,
  operations: readonly ReadOperation[],
  signal: AbortSignal,
): Promise<readonly Read<unknown>[]> {
  const chunks = chunksOf(operations, maxBatchParts)
  const results = await inParallel(chunks, batchesInFlight, (chunk) => readChunk(sender, chunk, signal))
  return results.flat()
}

async function readChunk(
  sender: ReadSender,
  operations: readonly ReadOperation[],
  signal: AbortSignal,
): Promise<readonly Read<unknown>[]> {
  const results: Read<unknown>[] = []
  let open = operations.map((operation, index) => ({ operation, index }))
  for (let round = 1; open.length > 0; round += 1) {
    const outcomes = await askTogether(
      sender,
      open.map(({ operation }) => operation),
      signal,
    )
    const asked = open.map((part, position) => ({ ...part, outcome: outcomes[position] ?? missing(part.operation) }))
    for (const { index, outcome } of asked) {
      results[index] = outcome.state === 'settled' ? outcome.result : unread(outcome.problem)
    }
    const again = asked.filter(({ outcome }) => outcome.state !== 'settled')
    if (again.length === 0 || round === maxRounds || !sender.mayRetry(again.length)) break

    const busy = again.filter(({ outcome }) => outcome.state === 'busy')
    if (busy.length > 0) await sender.pauseFor(longestPause(busy.map(({ outcome }) => outcome)), round)
    for (const { index, operation, outcome } of again) {
      // Alone: its batch may be what confuses the service.
      if (outcome.state === 'unclear') results[index] = await sender.send(operation, signal)
    }
    open = busy
  }
  return results
}

export type PartOutcome =
  | { readonly state: 'settled'; readonly result: Read<unknown> }
  /** The service could not answer this part now: ask again, together with the others like it. */
  | { readonly state: 'busy'; readonly problem: GraphProblem }
  /** Left out, answered twice, or answered with something else: unknown, ask again alone. */
  | { readonly state: 'unclear'; readonly problem: GraphProblem }

async function askTogether(
  sender: ReadSender,
  parts: readonly ReadOperation[],
  signal: AbortSignal,
): Promise<readonly PartOutcome[]> {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return [{ state: 'settled', result: await sender.send(only, signal) }]
  const answer = await sender.send({ kind: 'batch', parts }, signal)
  if (answer.state === 'read') return matchBatch(parts, answer.value, Date.now())
  // A refused batch says nothing about its parts; a service that is down or throttling says it of all of them.
  const state = ['graph_bad_response', 'graph_refused'].includes(answer.problem.code) ? 'unclear' : 'settled'
  return parts.map(() => (state === 'unclear' ? { state, problem: answer.problem } : { state, result: answer }))
}

/** Matches the answer of a batch to the parts that were asked for; what does not match exactly once is unclear. */
export function matchBatch(parts: readonly ReadOperation[], body: unknown, nowMs: number): readonly PartOutcome[] {
  const answers = parseBatch(body)
  return parts.map((operation, index) => {
    const own = answers?.filter((answer) => answer.id.toLowerCase() === String(index)) ?? []
    const [answer] = own
    if (answer === undefined) return missing(operation)
    if (own.length > 1)
      return { state: 'unclear', problem: badResponse(operation, 'two answers to one part of a batch') }
    return partOutcome(operation, answer, nowMs)
  })
}

function partOutcome(operation: ReadOperation, { status, headers, body }: BatchPart, nowMs: number): PartOutcome {
  if (status >= 200 && status < 300) {
    if (typeof body === 'object' && body !== null) return { state: 'settled', result: read(body) }
    return { state: 'unclear', problem: badResponse(operation, 'no object in a part of a batch', { status }) }
  }
  const answer = { status, body, headers: new Headers(stringsOf(headers ?? {})) }
  const found = problemOfAnswer(answer, operation, { nowMs, clientRequestId: undefined })
  // 401 wants another token, 424 blames another part: both are settled by asking for this part alone.
  if (status === 401 || status === 424) return { state: 'unclear', problem: found }
  const isBusy = found.code === 'graph_throttled' || (found.code === 'graph_unavailable' && status !== 501)
  return isBusy ? { state: 'busy', problem: found } : { state: 'settled', result: unread(found) }
}

function missing(operation: ReadOperation): PartOutcome {
  return { state: 'unclear', problem: badResponse(operation, 'a batch that leaves this part out') }
}

function longestPause(outcomes: readonly PartOutcome[]): number | undefined {
  const pauses = outcomes.flatMap((outcome) => (outcome.state === 'busy' ? (outcome.problem.retryAfterMs ?? []) : []))
  return pauses.length === 0 ? undefined : Math.max(...pauses)
}

function stringsOf(headers: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}
