import type { PolicyContract } from '#graph/contracts/contract.ts'
import type {
  Completeness,
  GraphObject,
  GraphProblem,
  PolicyRow,
  Read,
  ReadPoliciesOptions,
} from '#graph/client/graph-client.ts'
import type { IdentifiedRow, RawRow } from '#graph/client/complete-rows.ts'
import { assignmentsOf, completeRows } from '#graph/client/complete-rows.ts'
import { chunksOf } from '#graph/client/in-parallel.ts'
import type { ReadOperation } from '#graph/client/operations.ts'
import { badResponse, read, unread } from '#graph/client/problems.ts'
import { readMany } from '#graph/client/read-batch.ts'
import { pagesOf } from '#graph/client/read-pages.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import { parseIdentified } from '#graph/client/responses.ts'
import type { Log } from '#foundation/observability/log.ts'

export interface PolicyReading {
  readonly sender: ReadSender
  readonly log: Log
}

// Payloads expanded on a list are large: a page of 1,000 could pass the limit of one answer.
const topWithPayload = 100
// Rows whose parts are read one by one are handed on in pieces, so that a page of large payloads is never held whole.
const rowsAtOnce = 100

/** See `GraphReader.readPolicies`. */
export async function readPolicies(
  { sender, log }: PolicyReading,
  contract: PolicyContract,
  options: ReadPoliciesOptions,
  onPage: (rows: readonly PolicyRow[]) => Promise<void>,
): Promise<{ readonly completeness: Completeness; readonly count: number }> {
  const seen = new Set<string>()
  const problems: GraphProblem[] = []
  let pages = 0
  for await (const page of listPages(sender, log, contract, options)) {
    if (page.state === 'unread') {
      problems.push(page.problem)
      break
    }
    pages += 1
    const fresh = page.value.filter(({ row }) => !seen.has(row.id))
    for (const { row } of fresh) seen.add(row.id)
    if (fresh.length < page.value.length) problems.push(listMoved(contract))
    for (const rows of chunksOf(fresh, rowsAtOnce)) {
      await onPage(await completeRows(sender, contract, rows, options))
      options.signal.throwIfAborted()
    }
  }
  if (problems.length === 0) {
    const leftOut = [...new Set(options.known)].filter((id) => !seen.has(id))
    const { found, unclear } = await confirmGone({ sender, log }, contract, leftOut, options)
    if (found.length > 0) await onPage(found)
    for (const { id } of found) seen.add(id)
    problems.push(...unclear, ...found.map(() => listLeftOut(contract)))
  }
  return { completeness: completenessOf(pages, problems), count: seen.size }
}

/** Which of the policies a complete list left out are really gone: those that Graph does not find by their id. */
async function confirmGone(
  reading: PolicyReading,
  contract: PolicyContract,
  ids: readonly string[],
  options: ReadPoliciesOptions,
): Promise<{ readonly found: readonly PolicyRow[]; readonly unclear: readonly GraphProblem[] }> {
  const answers = [...(await readPoliciesById(reading, contract, ids, options)).values()]
  return {
    found: answers.flatMap((answer) => (answer.state === 'read' ? [answer.value] : [])),
    unclear: answers.flatMap((answer) =>
      answer.state === 'unread' && answer.problem.code !== 'graph_not_found' ? [answer.problem] : [],
    ),
  }
}

/** See `GraphReader.readPoliciesById`. */
export async function readPoliciesById(
  { sender }: PolicyReading,
  contract: PolicyContract,
  ids: readonly string[],
  options: ReadPoliciesOptions,
): Promise<ReadonlyMap<string, Read<PolicyRow>>> {
  const unique = [...new Set(ids)]
  const expanded = itemExpansions(contract, options)
  const items = await readItems(sender, contract, unique, expanded, options.signal)
  const found = items.flatMap((item) => (item.state === 'read' ? [item.value] : []))
  const complete = await completeRows(sender, contract, found, options)
  const rows = new Map(complete.map((row) => [row.id, read(row)]))
  return new Map(
    unique.map((id, index) => {
      const item = items[index]
      return [id, rows.get(id) ?? (item?.state === 'unread' ? item : unread(listMoved(contract)))]
    }),
  )
}

/** See `GraphReader.readAssignments`. */
export async function readAssignments(
  { sender }: PolicyReading,
  contract: PolicyContract,
  ids: readonly string[],
  { signal }: { readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, Read<readonly GraphObject[]>>> {
  const operations = [...new Set(ids)].map((id) => ({ kind: 'readAssignments', contract, id }) as const)
  const answers = await readMany(sender, operations, signal)
  const results = new Map<string, Read<readonly GraphObject[]>>()
  for (const [index, operation] of operations.entries()) {
    const answer = answers[index]
    if (answer !== undefined) results.set(operation.id, await assignmentsOf(sender, operation, answer, signal))
  }
  return results
}

/** The pages of the list, expanded where the contract allows it; plain when the service refuses the expansion. */
async function* listPages(
  sender: ReadSender,
  log: Log,
  contract: PolicyContract,
  options: ReadPoliciesOptions,
): AsyncGenerator<Read<readonly RawRow[]>, void, void> {
  const expanded = listExpansions(contract, options)
  let isFirst = true
  for await (const page of rowsOf(sender, contract, expanded, options)) {
    if (isFirst && expanded.length > 0 && page.state === 'unread' && isAboutExpansion(page.problem)) {
      log.warn(
        { type: contract.key, status: page.problem.status, code: page.problem.code },
        'graph expansion failed, reading item by item',
      )
      return yield* rowsOf(sender, contract, [], options)
    }
    isFirst = false
    yield page
  }
}

async function* rowsOf(
  sender: ReadSender,
  contract: PolicyContract,
  expanded: readonly string[],
  { signal }: ReadPoliciesOptions,
): AsyncGenerator<Read<readonly RawRow[]>, void, void> {
  const hasPayload = expanded.some((expression) => expression !== 'assignments')
  const top = contract.maxTop !== null && hasPayload ? Math.min(contract.maxTop, topWithPayload) : contract.maxTop
  const operation: ReadOperation = { kind: 'listPolicies', contract, expand: expanded, top }
  for await (const page of pagesOf(sender, operation, signal)) {
    if (page.state === 'unread') return yield page
    const rows = page.value.map(parseIdentified)
    if (!rows.every((row) => row !== undefined && hasReadableName(contract, row))) {
      return yield unread(badResponse(operation, 'a row without an id or with a name that is no text'))
    }
    yield read(rows.filter((row) => row !== undefined).map((row) => ({ row, source: 'list' as const, expanded })))
  }
}

/** Whether a failure may come from what was asked to be expanded: the plain list could still be answered. */
function isAboutExpansion({ code }: GraphProblem): boolean {
  return code === 'graph_refused' || code === 'graph_unavailable' || code === 'graph_bad_response'
}

function listExpansions(contract: PolicyContract, options: ReadPoliciesOptions): readonly string[] {
  const { payload } = contract
  return [
    ...(options.assignments && contract.listExpandsAssignments ? ['assignments'] : []),
    ...(options.wholePayload && payload.kind === 'listExpand' ? payload.expand : []),
  ]
}

/** What is expanded on a list, or read by expansion anyway, is expanded on the item too. */
function itemExpansions(contract: PolicyContract, options: ReadPoliciesOptions): readonly string[] {
  const { payload } = contract
  const expandsAssignments = contract.listExpandsAssignments || contract.assignmentsRead === 'itemExpand'
  return [
    ...(options.assignments && expandsAssignments ? ['assignments'] : []),
    ...(options.wholePayload && (payload.kind === 'listExpand' || payload.kind === 'item') ? payload.expand : []),
  ]
}

/** The items, expanded; those whose expansion fails once more without it. */
async function readItems(
  sender: ReadSender,
  contract: PolicyContract,
  ids: readonly string[],
  expanded: readonly string[],
  signal: AbortSignal,
): Promise<readonly Read<RawRow>[]> {
  const items = await readItemsOnce(sender, contract, ids, expanded, signal)
  const failed = ids.filter((_, index) => {
    const item = items[index]
    return item?.state === 'unread' && isAboutExpansion(item.problem)
  })
  if (expanded.length === 0 || failed.length === 0) return items
  const plain = await readItemsOnce(sender, contract, failed, [], signal)
  const byId = new Map(failed.map((id, index) => [id, plain[index]]))
  return items.map((item, index) => byId.get(ids[index] ?? '') ?? item)
}

async function readItemsOnce(
  sender: ReadSender,
  contract: PolicyContract,
  ids: readonly string[],
  expanded: readonly string[],
  signal: AbortSignal,
): Promise<readonly Read<RawRow>[]> {
  const operations = ids.map((id) => ({ kind: 'readPolicy', contract, id, expand: expanded }) as const)
  const answers = await readMany(sender, operations, signal)
  return operations.map((operation, index) => {
    const answer = answers[index]
    if (answer === undefined || answer.state === 'unread') return answer ?? unread(badResponse(operation, 'nothing'))
    const row = parseIdentified(answer.value)
    if (row?.id !== operation.id || !hasReadableName(contract, row))
      return unread(badResponse(operation, 'another object'))
    return read({ row, source: 'item', expanded })
  })
}

function hasReadableName(contract: PolicyContract, row: IdentifiedRow): boolean {
  const name = row[contract.nameProperty]
  return name === undefined || name === null || typeof name === 'string'
}

/** A policy on two pages means that the list moved while it was read, so another one may be on none. */
function listMoved(contract: PolicyContract): GraphProblem {
  return badResponse(
    { kind: 'listPolicies', contract, expand: [], top: null },
    'one object twice: the list changed while it was read',
  )
}

function listLeftOut(contract: PolicyContract): GraphProblem {
  return badResponse(
    { kind: 'listPolicies', contract, expand: [], top: null },
    'a list that leaves out objects which exist',
  )
}

function completenessOf(pages: number, problems: readonly GraphProblem[]): Completeness {
  const [first] = problems
  if (first === undefined) return { state: 'complete' }
  return pages === 0 ? { state: 'failed', problem: first } : { state: 'partial', problems: distinct(problems) }
}

function distinct(problems: readonly GraphProblem[]): readonly GraphProblem[] {
  return problems.filter((found, index) => problems.findIndex((other) => other.message === found.message) === index)
}
