/**
 * One policy type as it is live, stored page by page: memory holds one page, and each page is one transaction under the
 * claim of the run. Policies that a complete read did not show are asked for by id, since a list can lose a page without
 * a word: those Graph does not have are missing from then on. Any other read changes nothing of policies it did not show.
 */
import { fenced } from '#domain/inventory/fenced.ts'
import { observePolicy } from '#domain/inventory/observed-policy.ts'
import type { ObservedPolicy, Problem } from '#domain/inventory/observed-policy.ts'
import { databaseTime, markMissing, storeObserved, unseenPolicies } from '#domain/inventory/policies.store.ts'
import type { Observation } from '#domain/inventory/policies.store.ts'
import { refuseWhatStopsEverything } from '#domain/inventory/type-problems.ts'
import type { RunHandle } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { Completeness, GraphReader, PolicyRow, Read } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

export interface ObserveDeps {
  readonly db: Database
  readonly reader: GraphReader
  readonly run: Pick<RunHandle<unknown>, 'assertFence' | 'signal'>
  readonly onStored?: OnStored
}

/** Runs in the transaction that stored the policies. */
export type OnStored = (tx: Tx, policies: readonly ObservedPolicy[], observation: Observation) => Promise<void>

export type { Observation }

export interface TypeObservation {
  readonly completeness: Completeness
  /** When the read began, by the clock of the database. */
  readonly since: string
  readonly observed: number
  readonly created: number
  readonly changed: number
  /** Newly missing; none unless the read was complete. */
  readonly removed: number
  /** Policies that were listed while their assignments could not be read, and why the first could not. */
  readonly unread: number
  readonly problem: Problem | null
}

/**
 * Reads and stores all policies of a type.
 * @throws Failure when the list was refused for a reason that is not the type's: sign-in, throttling, no answer at all.
 */
export async function observeType(
  ctx: TenantContext,
  contract: PolicyContract,
  deps: ObserveDeps,
): Promise<TypeObservation> {
  const tally = new Tally()
  const since = await inWorkspace(deps.db, ctx, databaseTime)
  const { completeness } = await deps.reader.readPolicies(contract, readOptions(contract, deps), (rows) =>
    storeRows(ctx, contract, { ...deps, rows, tally }),
  )
  if (completeness.state === 'failed') refuseWhatStopsEverything(completeness.problem)
  if (completeness.state !== 'complete') return { ...tally.counts, completeness, since, removed: 0 }
  const { removed, left } = await settleUnseen(ctx, contract, { ...deps, since, tally })
  return { ...tally.counts, completeness: left === 0 ? completeness : leftOut(contract, left), since, removed }
}

export function readOptions(contract: PolicyContract, { run }: Pick<ObserveDeps, 'run'>) {
  return { assignments: contract.assignmentsRead !== 'none', wholePayload: false, signal: run.signal }
}

async function storeRows(
  ctx: TenantContext,
  contract: PolicyContract,
  { rows, tally, ...deps }: ObserveDeps & { readonly rows: readonly PolicyRow[]; readonly tally: Tally },
): Promise<void> {
  const policies = onceEach(rows.map((row) => observePolicy(contract, row)))
  const observation = await fenced(ctx, deps, async (tx) => {
    const stored = await storeObserved(tx, ctx, { type: contract.key, policies })
    await deps.onStored?.(tx, policies, stored)
    return stored
  })
  tally.add(policies, observation)
}

const askedAtOnce = 200

/** Asks by id for the policies that the list did not show: how many Graph does not have, and how many it may have. */
async function settleUnseen(
  ctx: TenantContext,
  contract: PolicyContract,
  deps: ObserveDeps & { readonly since: string; readonly tally: Tally },
): Promise<{ readonly removed: number; readonly left: number }> {
  const type = contract.key
  const unseen = await inWorkspace(deps.db, ctx, (tx) => unseenPolicies(tx, ctx, { type, since: deps.since }))
  const settled = { removed: 0, left: 0 }
  for (let start = 0; start < unseen.length; start += askedAtOnce) {
    const ids = unseen.slice(start, start + askedAtOnce)
    const reads = await deps.reader.readPoliciesById(contract, ids, readOptions(contract, deps))
    const rows = [...reads.values()].flatMap((read) => (read.state === 'read' ? [read.value] : []))
    const gone = ids.filter((id) => isGone(reads.get(id)))
    await storeRows(ctx, contract, { ...deps, rows })
    settled.removed += await fenced(ctx, deps, (tx) => markMissing(tx, ctx, { type, graphIds: gone }))
    settled.left += ids.length - gone.length
  }
  return settled
}

function isGone(read: Read<PolicyRow> | undefined): boolean {
  return read?.state === 'unread' && read.problem.code === 'graph_not_found'
}

function leftOut({ labelPlural }: PolicyContract, count: number): Completeness {
  const message = `The list of ${labelPlural} left out ${count} that may well exist: it was not read whole.`
  return { state: 'partial', problems: [{ code: 'graph_bad_response', reason: 'incomplete_read', message }] }
}

/** A page may show a policy twice when the list changes while it is read; the later one holds. */
function onceEach(policies: readonly ObservedPolicy[]): ObservedPolicy[] {
  return [...new Map(policies.map((policy) => [policy.graphId, policy])).values()]
}

/** What was observed so far. */
class Tally {
  #counts = { observed: 0, created: 0, changed: 0, unread: 0, problem: null as Problem | null }

  get counts() {
    return this.#counts
  }

  add(policies: readonly ObservedPolicy[], { created, changed }: Observation): void {
    const problems = policies.flatMap(({ assignments }) =>
      assignments.state === 'unread' ? [assignments.problem] : [],
    )
    const before = this.#counts
    this.#counts = {
      observed: before.observed + policies.length,
      created: before.created + created.size,
      changed: before.changed + changed.size,
      unread: before.unread + problems.length,
      problem: before.problem ?? problems[0] ?? null,
    }
  }
}
