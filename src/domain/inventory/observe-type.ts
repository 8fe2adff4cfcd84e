/**
 * One policy type as it is live, stored page by page: memory holds one page, and each page is one transaction under the
 * claim of the run. Policies that a complete read did not show are missing from then on; any other read changes nothing
 * of the policies it did not reach.
 */
import { fenced } from '#domain/inventory/fenced.ts'
import { observePolicy } from '#domain/inventory/observed-policy.ts'
import type { ObservedPolicy, Problem } from '#domain/inventory/observed-policy.ts'
import { databaseTime, markMissing, storeObserved } from '#domain/inventory/policies.store.ts'
import type { Observation } from '#domain/inventory/policies.store.ts'
import type { RunHandle, RunItem } from '#domain/operations/operation.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Completeness, GraphProblem, GraphReader } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

export interface ObserveDeps {
  readonly db: Database
  readonly reader: GraphReader
  readonly run: Pick<RunHandle<unknown>, 'assertFence' | 'signal'>
  /** Runs in the transaction that stored the policies. */
  readonly onStored?: (tx: Tx, policies: readonly ObservedPolicy[], observation: Observation) => Promise<void>
}

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
  { db, reader, run, onStored }: ObserveDeps,
): Promise<TypeObservation> {
  const tally = { observed: 0, created: 0, changed: 0, unread: 0, problem: null as Problem | null }
  const type = contract.key
  const since = await inWorkspace(db, ctx, databaseTime)
  const options = { assignments: contract.assignmentsRead !== 'none', wholePayload: false, signal: run.signal }
  const { completeness } = await reader.readPolicies(contract, options, async (rows) => {
    const policies = onceEach(rows.map((row) => observePolicy(contract, row)))
    const observation = await fenced(ctx, { db, run }, async (tx) => {
      const stored = await storeObserved(tx, ctx, { type, policies })
      await onStored?.(tx, policies, stored)
      return stored
    })
    const problems = policies.flatMap(({ assignments }) =>
      assignments.state === 'unread' ? [assignments.problem] : [],
    )
    tally.observed += policies.length
    tally.created += observation.created.size
    tally.changed += observation.changed.size
    tally.unread += problems.length
    tally.problem ??= problems[0] ?? null
  })
  if (completeness.state === 'failed') refuseWhatStopsEverything(completeness.problem)
  if (completeness.state !== 'complete') return { ...tally, completeness, since, removed: 0 }
  const removed = await fenced(ctx, { db, run }, (tx) => markMissing(tx, ctx, { type, since }))
  return { ...tally, completeness, since, removed }
}

/** What stands for a type the tenant has no licence for: it holds no policies to observe. Null when it has one. */
export function notApplicableItem({ key, labelPlural }: PolicyContract, completeness: Completeness): RunItem | null {
  if (completeness.state !== 'failed' || completeness.problem.code !== 'graph_not_applicable') return null
  const { reason, message } = completeness.problem
  return {
    key,
    label: labelPlural,
    outcome: 'skipped',
    counts: { total: 0, processed: 0, succeeded: 0, failed: 0, skipped: 0 },
    failure: { code: 'inventory.type_not_applicable', reason, message },
  }
}

/** Why the type was not observed whole: what ailed the list, else the first policy. Null when it was. */
export function firstProblem({ completeness, problem }: TypeObservation): Problem | null {
  const ofList = listProblem(completeness) ?? problem
  return ofList === null ? null : { reason: ofList.reason, message: ofList.message }
}

/** Null when the list was complete. */
export function listProblem(completeness: Completeness): Problem | null {
  switch (completeness.state) {
    case 'complete':
      return null
    case 'partial':
      return completeness.problems[0] ?? { reason: 'incomplete_read', message: 'Part of the list could not be read.' }
    case 'failed':
      return completeness.problem
  }
}

/** These say nothing about what was asked for: the next request would end just the same, so it is left to do. */
export function refuseWhatStopsEverything({ code, reason, message, status, retryAfterMs }: GraphProblem): void {
  const isUnreachable = code === 'graph_unavailable' && status === undefined
  if (reason !== 'throttled' && reason !== 'authentication_failed' && !isUnreachable) return
  throw new Failure(reason, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}

/** A page may show a policy twice when the list changes while it is read; the later one holds. */
function onceEach(policies: readonly ObservedPolicy[]): ObservedPolicy[] {
  return [...new Map(policies.map((policy) => [policy.graphId, policy])).values()]
}
