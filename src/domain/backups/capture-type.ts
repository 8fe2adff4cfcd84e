/** One policy type of a backup: every policy as it is live, page by page, each kept whole or with the reason why not. */
import type { CapturedItem } from '#domain/backups/capture.store.ts'
import { summarizeProblems } from '#domain/backups/backup-set.ts'
import type { TypeCompleteness } from '#domain/backups/backup-set.ts'
import { makeSnapshot } from '#domain/backups/snapshot.ts'
import type { SnapshotContent, SnapshotOwner } from '#domain/backups/snapshot.ts'
import { normalizeAssignments } from '#domain/assignments/normalize-assignments.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type {
  Completeness,
  GraphObject,
  GraphProblem,
  GraphReader,
  PolicyRow,
  Read,
} from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

type Problem = Pick<GraphProblem, 'reason' | 'message'>

export interface TypeCapture {
  readonly completeness: TypeCompleteness
  /** Snapshots that no earlier set of the tenant had. */
  readonly created: number
}

/** Stores some items; answers how many of their snapshots are new. */
export type StoreItems = (items: readonly CapturedItem[]) => Promise<{ readonly created: number }>

export interface CaptureTypeDeps {
  readonly reader: GraphReader
  readonly store: StoreItems
  /** Policies that are there as last observed and not in the set. */
  readonly knownAndNotCaptured: () => Promise<readonly { readonly graphId: string; readonly name: string }[]>
  readonly signal: AbortSignal
}

const storedAtOnce = 200

/**
 * Reads all policies of a type live and stores them as they come.
 * @throws Failure `throttled` or `authentication_failed` when the list was refused with it: the type is still to do.
 */
export async function captureType(
  ctx: TenantContext,
  contract: PolicyContract,
  deps: CaptureTypeDeps,
): Promise<TypeCapture> {
  const tally = new Tally(contract.neverReturned)
  const keep = async (rows: readonly PolicyRow[]) => {
    for (let start = 0; start < rows.length; start += storedAtOnce) {
      const captured = rows.slice(start, start + storedAtOnce).map((row) => capturePolicy(ctx, contract, row))
      const items = captured.map(({ item }) => item)
      tally.add(captured, await deps.store(onceEach(items)))
    }
  }
  const { completeness } = await deps.reader.readPolicies(contract, readOptions(contract, deps), keep)
  refuseWhatStopsEverything(completeness)
  if (completeness.state !== 'complete') return tally.result(completeness)
  return tally.result(await captureUnlisted(contract, deps, { keep, tally }))
}

function readOptions({ assignmentsRead }: PolicyContract, { signal }: CaptureTypeDeps) {
  return { assignments: assignmentsRead !== 'none', wholePayload: true, signal }
}

/**
 * A list can lose a page without a word. Policies that the inventory knows and the list did not show are read by
 * themselves; when there are any, the list was not complete, and there may be others nobody knows of.
 */
async function captureUnlisted(
  contract: PolicyContract,
  deps: CaptureTypeDeps,
  { keep, tally }: { readonly keep: (rows: readonly PolicyRow[]) => Promise<void>; readonly tally: Tally },
): Promise<Completeness> {
  const known = await deps.knownAndNotCaptured()
  let left = 0
  for (let start = 0; start < known.length; start += storedAtOnce) {
    const policies = known.slice(start, start + storedAtOnce)
    const ids = policies.map(({ graphId }) => graphId)
    const read = await deps.reader.readPoliciesById(contract, ids, readOptions(contract, deps))
    const rows = [...read.values()].flatMap((row) => (row.state === 'read' ? [row.value] : []))
    const captured = policies.flatMap(({ graphId, name }) => unreadById(graphId, name, read.get(graphId)))
    await keep(rows)
    if (captured.length > 0) tally.add(captured, await deps.store(captured.map(({ item }) => item)))
    left += rows.length + captured.length
  }
  return left === 0 ? { state: 'complete' } : { state: 'partial', problems: [lostByList(contract, left)] }
}

/** As an item without a snapshot; none when Graph says that it does not have the policy. */
function unreadById(graphId: string, name: string, read: Read<PolicyRow> | undefined): Captured[] {
  if (read?.state === 'read') return []
  if (read?.problem.code === 'graph_not_found') return []
  return [
    unread(
      graphId,
      name,
      read?.problem ?? { reason: 'incomplete_read', message: 'Microsoft Graph left it out of its answer.' },
    ),
  ]
}

function lostByList({ labelPlural }: PolicyContract, left: number): GraphProblem {
  const message = `The list of ${labelPlural} left out ${left} that are there, so there may be others.`
  return { code: 'graph_bad_response', reason: 'incomplete_read', message }
}

/** A page may show a policy twice when the list changes while it is read; the later one holds. */
function onceEach(items: readonly CapturedItem[]): CapturedItem[] {
  return [...new Map(items.map((item) => [item.graphId, item])).values()]
}

/** These say nothing about the type: the next one would be refused just the same. */
function refuseWhatStopsEverything(completeness: Completeness): void {
  if (completeness.state !== 'failed') return
  const { reason, message, retryAfterMs } = completeness.problem
  if (reason === 'throttled' || reason === 'authentication_failed') {
    throw new Failure(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
}

interface Captured {
  readonly item: CapturedItem
  readonly problem: Problem | null
}

/** One policy as an item: with its snapshot, or with the reason why it has none. */
export function capturePolicy(ctx: TenantContext, contract: PolicyContract, row: PolicyRow): Captured {
  const name = storable(row.name) || row.id
  const content = contentOf(contract, row)
  if (content.state === 'unread') return unread(row.id, name, content.problem)
  const owner: SnapshotOwner = {
    workspaceId: ctx.workspaceId,
    tenantId: ctx.tenantId,
    type: contract.key,
    graphId: row.id,
  }
  try {
    return {
      item: { graphId: row.id, name, snapshot: makeSnapshot(owner, content.value), problem: null },
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const message = `It holds text that cannot be kept exactly (${error.message}).`
    return unread(row.id, name, { reason: 'unsupported', message })
  }
}

function unread(graphId: string, name: string, problem: Problem): Captured {
  return { item: { graphId, name, snapshot: null, problem: `${problem.reason}: ${problem.message}` }, problem }
}

/** PostgreSQL text holds no NUL, and half a surrogate pair is no UTF-8. */
function storable(name: string): string {
  return name.replaceAll('\0', '').toWellFormed().trim()
}

type Content =
  | { readonly state: 'read'; readonly value: SnapshotContent }
  | { readonly state: 'unread'; readonly problem: Problem }

function contentOf(contract: PolicyContract, row: PolicyRow): Content {
  if (row.payload.state === 'unread') return row.payload
  const assignments = assignmentsOf(contract, row.assignments)
  if (assignments.state === 'unread') return assignments
  return {
    state: 'read',
    value: {
      payload: row.payload.value,
      assignments: assignments.value,
      scopeTagIds: scopeTagIds(contract, row.payload.value),
    },
  }
}

type Assignments =
  | { readonly state: 'read'; readonly value: readonly Assignment[] | null }
  | { readonly state: 'unread'; readonly problem: Problem }

function assignmentsOf(contract: PolicyContract, raw: Read<readonly GraphObject[]>): Assignments {
  if (contract.assignmentsRead === 'none') return { state: 'read', value: null }
  if (raw.state === 'unread') return raw
  try {
    return { state: 'read', value: normalizeAssignments(contract, raw.value).set.assignments }
  } catch (error) {
    if (error instanceof Failure) return { state: 'unread', problem: error }
    throw error
  }
}

function scopeTagIds({ scopeTagsProperty }: PolicyContract, payload: GraphObject): string[] {
  const ids = scopeTagsProperty === null ? [] : payload[scopeTagsProperty]
  return Array.isArray(ids) ? ids.map(String) : []
}

/** What was captured of one type so far. */
class Tally {
  readonly #neverReturned: readonly string[]
  readonly #problems: Problem[] = []
  #captured = 0
  #unread = 0
  #created = 0

  constructor(neverReturned: readonly string[]) {
    this.#neverReturned = neverReturned
  }

  add(captured: readonly Captured[], stored: { readonly created: number }): void {
    const problems = captured.flatMap(({ problem }) => problem ?? [])
    this.#problems.push(...problems)
    this.#unread += problems.length
    this.#captured += captured.length - problems.length
    this.#created += stored.created
  }

  result(list: Completeness): TypeCapture {
    const problems = summarizeProblems([...problemsOf(list), ...this.#problems])
    const [captured, unread] = [this.#captured, this.#unread]
    return {
      created: this.#created,
      completeness: { state: this.#stateOf(list), captured, unread, problems, neverReturned: this.#neverReturned },
    }
  }

  #stateOf(list: Completeness): TypeCompleteness['state'] {
    if (list.state === 'failed' && this.#captured === 0) {
      return list.problem.code === 'graph_not_applicable' ? 'not_applicable' : 'failed'
    }
    return list.state === 'complete' && this.#unread === 0 ? 'complete' : 'partial'
  }
}

function problemsOf(list: Completeness): readonly Problem[] {
  switch (list.state) {
    case 'complete':
      return []
    case 'partial':
      return list.problems
    case 'failed':
      return [list.problem]
  }
}
