/** Some policies of one type as they are live, by id; and what is kept of those that could not be read. */
import { fenced } from '#domain/inventory/fenced.ts'
import { readOptions } from '#domain/inventory/observe-type.ts'
import type { ObserveDeps, TypeObservation } from '#domain/inventory/observe-type.ts'
import { observePolicy } from '#domain/inventory/observed-policy.ts'
import type { Problem } from '#domain/inventory/observed-policy.ts'
import { markUnread, storeObserved } from '#domain/inventory/policies.store.ts'
import type { UnreadPolicy } from '#domain/inventory/policies.store.ts'
import { refuseWhatStopsEverything } from '#domain/inventory/type-problems.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyRow, Read } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'

const neverAnswered: Problem = { reason: 'incomplete_read', message: 'Microsoft Graph did not answer for it.' }

/** Called for policies that could not be read, in the transaction that marked them. */
export type OnUnread = (tx: Tx, policies: readonly UnreadPolicy[], problem: Problem) => Promise<void>

/** Reads some policies by id and stores them; those that could not be read keep what is stored, stale from now on. */
export async function observePolicies(
  ctx: TenantContext,
  contract: PolicyContract,
  { graphIds, onUnread, ...deps }: ObserveDeps & { readonly graphIds: readonly string[]; readonly onUnread: OnUnread },
): Promise<void> {
  const type = contract.key
  const reads = await deps.reader.readPoliciesById(contract, graphIds, readOptions(contract, deps))
  const rows = [...reads.values()].flatMap((read) => (read.state === 'read' ? [read.value] : []))
  const policies = rows.map((row) => observePolicy(contract, row))
  const unread = unreadOf(graphIds, reads)
  await fenced(ctx, deps, async (tx) => {
    const stored = await storeObserved(tx, ctx, { type, policies })
    await deps.onStored?.(tx, policies, stored)
    for (const { problem, ids } of unread) {
      const marked = await markUnread(tx, ctx, { type, problem, which: { graphIds: ids } })
      const names = new Map(marked.map(({ graphId, name }) => [graphId, name]))
      // A policy that was never observed has no row to mark; it is unread all the same.
      const policiesOf = ids.map((graphId) => ({ graphId, name: names.get(graphId) ?? graphId }))
      await onUnread(tx, policiesOf, problem)
    }
  })
}

interface UnreadAlike {
  readonly problem: Problem
  readonly ids: readonly string[]
}

/** The policies that were not read, together with those that were not read for the same reason. */
function unreadOf(graphIds: readonly string[], reads: ReadonlyMap<string, Read<PolicyRow>>): UnreadAlike[] {
  const unread = graphIds.flatMap((graphId) => {
    const problem = problemOf(reads.get(graphId))
    return problem === null ? [] : [{ graphId, problem }]
  })
  return [...Map.groupBy(unread, ({ problem }) => problem.message).values()].flatMap((alike) => {
    const [first] = alike
    return first === undefined ? [] : [{ problem: first.problem, ids: alike.map(({ graphId }) => graphId) }]
  })
}

/** Null when the policy was read. @throws Failure for what would end the next request just the same. */
function problemOf(read: Read<PolicyRow> | undefined): Problem | null {
  if (read?.state === 'read') return null
  if (read === undefined) return neverAnswered
  refuseWhatStopsEverything(read.problem)
  return read.problem
}

/**
 * After a read of a type that was not complete: the policies it did not reach keep what is stored, stale from now on.
 * Says how many.
 */
export async function markUnreached(
  ctx: TenantContext,
  contract: PolicyContract,
  {
    observation,
    problem,
    onUnread,
    ...deps
  }: Pick<ObserveDeps, 'db' | 'run'> & { observation: TypeObservation; problem: Problem; onUnread: OnUnread },
): Promise<number> {
  return fenced(ctx, deps, async (tx) => {
    const which = { since: observation.since }
    const policies = await markUnread(tx, ctx, { type: contract.key, problem, which })
    await onUnread(tx, policies, problem)
    return policies.length
  })
}
