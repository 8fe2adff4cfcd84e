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

const storedAtOnce = 200

/**
 * Reads all policies of a type live and stores them as they come.
 * @throws Failure `throttled` or `authentication_failed` when the list was refused with it: the type is still to do.
 */
export async function captureType(
  ctx: TenantContext,
  contract: PolicyContract,
  { reader, store, signal }: { readonly reader: GraphReader; readonly store: StoreItems; readonly signal: AbortSignal },
): Promise<TypeCapture> {
  const tally = new Tally(contract.neverReturned)
  const hasAssignments = contract.assignmentsRead !== 'none'
  const options = { assignments: hasAssignments, wholePayload: true, signal }
  const { completeness } = await reader.readPolicies(contract, options, async (rows) => {
    for (let start = 0; start < rows.length; start += storedAtOnce) {
      const captured = rows.slice(start, start + storedAtOnce).map((row) => capturePolicy(ctx, contract, row))
      const items = captured.map(({ item }) => item)
      tally.add(captured, await store(onceEach(items)))
    }
  })
  refuseWhatStopsEverything(completeness)
  return tally.result(completeness)
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
