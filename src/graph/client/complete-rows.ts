/**
 * Brings rows to what was asked for. What a row already tells is taken from it; what it leaves out, cuts short or
 * contradicts is read policy by policy in batches. Nothing is taken for empty because it is absent.
 */
import type { PolicyContract } from '#graph/contracts/contract.ts'
import type { GraphObject, PolicyRow, Read } from '#graph/client/graph-client.ts'
import type { ReadOperation } from '#graph/client/operations.ts'
import { badResponse, problem, read, unread } from '#graph/client/problems.ts'
import { readMany } from '#graph/client/read-batch.ts'
import { collectPages, pagesFrom } from '#graph/client/read-pages.ts'
import type { ReadSender } from '#graph/client/read-request.ts'
import { parseIdentified } from '#graph/client/responses.ts'

export type IdentifiedRow = GraphObject & { readonly id: string }

/** A row as it came, and what the request that brought it asked to be expanded on it. */
export interface RawRow {
  readonly row: IdentifiedRow
  readonly source: 'list' | 'item'
  readonly expanded: readonly string[]
}

export interface Wanted {
  readonly assignments: boolean
  readonly wholePayload: boolean
  readonly signal: AbortSignal
}

type AssignmentsRead = Extract<ReadOperation, { kind: 'readAssignments' }>
type PayloadRead = Extract<ReadOperation, { kind: 'readPolicy' | 'readPart' }>

/** What has to be asked for one row beside itself. */
interface Needs {
  readonly raw: RawRow
  readonly assignments: AssignmentsRead | undefined
  readonly payload: PayloadRead | undefined
}

const notAsked = unread(problem('graph_refused', 'This was not asked for.', { reason: 'not_applicable' }))

export async function completeRows(
  sender: ReadSender,
  contract: PolicyContract,
  rows: readonly RawRow[],
  wanted: Wanted,
): Promise<readonly PolicyRow[]> {
  const needs = rows.map((raw): Needs => ({
    raw,
    assignments: wanted.assignments ? assignmentsNeed(contract, raw) : undefined,
    payload: wanted.wholePayload ? payloadNeed(contract, raw) : undefined,
  }))
  const operations = needs.flatMap(({ assignments, payload }) =>
    [assignments, payload].filter((need) => need !== undefined),
  )
  const results = await readMany(sender, operations, wanted.signal)
  const answers = new Map<ReadOperation, Read<unknown>>(
    operations.map((operation, index) => [operation, results[index] ?? notAsked]),
  )

  const complete: PolicyRow[] = []
  for (const need of needs) {
    const { row } = need.raw
    complete.push({
      id: row.id,
      name: nameOf(contract, row),
      row: contentOf(row),
      assignments: wanted.assignments ? await assignmentsFor(sender, contract, need, answers, wanted.signal) : notAsked,
      payload: wanted.wholePayload ? await payloadFor(sender, contract, need, answers, wanted.signal) : notAsked,
    })
  }
  return complete
}

/** The raw assignments of one policy from the answer to `readAssignments`, all pages of them. */
export async function assignmentsOf(
  sender: ReadSender,
  operation: AssignmentsRead,
  answer: Read<unknown>,
  signal: AbortSignal,
): Promise<Read<readonly GraphObject[]>> {
  if (operation.contract.assignmentsRead === 'itemExpand' && answer.state === 'read') {
    const item = parseIdentified(answer.value)
    if (item === undefined) return unread(badResponse(operation, 'something that is not an object'))
    return wholeExpansion(sender, operation, item, 'assignments', signal)
  }
  return collectPages(pagesFrom(answer, sender, operation, signal))
}

function assignmentsNeed(contract: PolicyContract, raw: RawRow): AssignmentsRead | undefined {
  const isTold = contract.assignmentsRead === 'none' || toldAssignments(raw) !== undefined
  return isTold ? undefined : { kind: 'readAssignments', contract, id: raw.row.id }
}

async function assignmentsFor(
  sender: ReadSender,
  contract: PolicyContract,
  { raw, assignments: operation }: Needs,
  answers: ReadonlyMap<ReadOperation, Read<unknown>>,
  signal: AbortSignal,
): Promise<Read<readonly GraphObject[]>> {
  if (operation !== undefined) return assignmentsOf(sender, operation, answers.get(operation) ?? notAsked, signal)
  const told = contract.assignmentsRead === 'none' ? undefined : toldAssignments(raw)
  if (told !== undefined) return read(told)
  return unread(problem('graph_not_applicable', `${contract.labelPlural} have no assignments of their own.`))
}

/** The assignments a row carries, if they are there, whole, and not contradicted by the row itself. */
function toldAssignments({ row, expanded }: RawRow): readonly GraphObject[] | undefined {
  const told = row['assignments']
  if (!expanded.includes('assignments') || !isListOfObjects(told)) return undefined
  if (row['assignments@odata.nextLink'] !== undefined) return undefined
  return told.length === 0 && row['isAssigned'] === true ? undefined : told
}

function payloadNeed(contract: PolicyContract, raw: RawRow): PayloadRead | undefined {
  const { payload } = contract
  const { id } = raw.row
  switch (payload.kind) {
    case 'list':
      return undefined
    case 'subCollection':
      return { kind: 'readPart', contract, id }
    case 'listExpand':
    case 'item':
      return carriesPayload(raw, payload) ? undefined : { kind: 'readPolicy', contract, id, expand: payload.expand }
  }
}

/** Whether the row is the payload, with a first page at least of everything that was to be expanded on it. */
function carriesPayload(
  { row, source, expanded }: RawRow,
  payload: { readonly kind: 'listExpand' | 'item'; readonly expand: readonly string[] },
): boolean {
  if (payload.kind === 'item' && source === 'list') return false
  return payload.expand.every(
    (expression) => expanded.includes(expression) && isListOfObjects(row[navigationOf(expression)]),
  )
}

async function payloadFor(
  sender: ReadSender,
  contract: PolicyContract,
  { raw, payload: operation }: Needs,
  answers: ReadonlyMap<ReadOperation, Read<unknown>>,
  signal: AbortSignal,
): Promise<Read<GraphObject>> {
  const { payload } = contract
  if (operation === undefined) {
    if (payload.kind === 'list' || payload.kind === 'subCollection') return read(contentOf(raw.row))
    const { id } = raw.row
    return withWholeExpansions(sender, { kind: 'readPolicy', contract, id, expand: payload.expand }, raw.row, signal)
  }
  const answer = answers.get(operation) ?? notAsked
  if (operation.kind === 'readPolicy') return itemPayload(sender, operation, answer, signal)
  const part = await collectPages(pagesFrom(answer, sender, operation, signal))
  if (part.state === 'unread' || payload.kind !== 'subCollection') return part.state === 'unread' ? part : notAsked
  return read({ ...contentOf(raw.row), [payload.path]: part.value })
}

async function itemPayload(
  sender: ReadSender,
  operation: Extract<ReadOperation, { kind: 'readPolicy' }>,
  answer: Read<unknown>,
  signal: AbortSignal,
): Promise<Read<GraphObject>> {
  if (answer.state === 'unread') return answer
  const item = parseIdentified(answer.value)
  if (item?.id !== operation.id) return unread(badResponse(operation, 'another object'))
  return withWholeExpansions(sender, operation, item, signal)
}

/** The object with all pages of what was expanded on it. */
async function withWholeExpansions(
  sender: ReadSender,
  operation: Extract<ReadOperation, { kind: 'readPolicy' }>,
  item: IdentifiedRow,
  signal: AbortSignal,
): Promise<Read<GraphObject>> {
  const parts: Record<string, readonly GraphObject[]> = {}
  for (const navigation of operation.expand.map(navigationOf)) {
    const part = await wholeExpansion(sender, operation, item, navigation, signal)
    if (part.state === 'unread') return part
    parts[navigation] = part.value
  }
  return read({ ...contentOf(item), ...parts })
}

async function wholeExpansion(
  sender: ReadSender,
  operation: ReadOperation,
  item: IdentifiedRow,
  navigation: string,
  signal: AbortSignal,
): Promise<Read<readonly GraphObject[]>> {
  const page = { value: item[navigation], '@odata.nextLink': item[`${navigation}@odata.nextLink`] }
  return collectPages(pagesFrom(read(page), sender, operation, signal))
}

/** `scheduledActionsForRule($expand=…)` expands `scheduledActionsForRule`. */
function navigationOf(expression: string): string {
  return expression.replace(/\(.*$/s, '')
}

// What the protocol adds around an object: links, contexts and counts. `@odata.type` is content.
const protocolAnnotation = /@odata\.(?:context|nextLink|deltaLink|count|navigationLink|associationLink|metadataEtag)$/

/** The object itself, without its assignments and without what the protocol put around it. */
export function contentOf(row: GraphObject): GraphObject {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name]) => name !== 'assignments' && !name.startsWith('assignments@') && !protocolAnnotation.test(name),
    ),
  )
}

/** Some objects of the service have no name; their id is the only thing to call them by. */
export function nameOf(contract: PolicyContract, row: IdentifiedRow): string {
  const name = row[contract.nameProperty]
  return typeof name === 'string' && name.trim() !== '' ? name : row.id
}

function isListOfObjects(value: unknown): value is readonly GraphObject[] {
  return (
    Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  )
}
