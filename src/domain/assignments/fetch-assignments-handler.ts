/**
 * `assignments.fetch`: reads assignments anew, of some policies, of types, or of the whole tenant, and what they refer
 * to. One item per policy. A read that failed leaves what was stored, stale with the reason.
 */
import { policyItem, typeItem, unreadItem } from '#domain/assignments/fetch-items.ts'
import { countOrphans } from '#domain/assignments/list-orphans.ts'
import { getPolicies } from '#domain/inventory/find-policy.ts'
import { foundationKeys, foundations, noCounts, observeFoundation } from '#domain/inventory/observe-foundations.ts'
import { markUnreached, observePolicies } from '#domain/inventory/observe-policies.ts'
import type { OnUnread } from '#domain/inventory/observe-policies.ts'
import { observeType } from '#domain/inventory/observe-type.ts'
import { listProblem } from '#domain/inventory/type-problems.ts'
import type { ObserveDeps, OnStored } from '#domain/inventory/observe-type.ts'
import type { ReferenceScope } from '#domain/inventory/reference-scope.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import { policyTypes } from '#graph/contracts/contract.ts'
import type { PolicyContract, PolicyType } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

type Input = InputOf<'assignments.fetch'>

export interface FetchAssignmentsDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
}

type Deps = ObserveDeps & { readonly run: RunHandle<Input> }

export function createFetchAssignmentsHandler(deps: FetchAssignmentsDeps): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { reader } = await deps.graphFor(ctx)
    const fetched = await fetchWanted(ctx, { db: deps.db, reader, run })
    await fetchReferences(ctx, { db: deps.db, reader, run, ...fetched })
    return {}
  }
}

/** What was read: whose references are to be resolved, and how many steps of the progress that was. */
interface Fetched {
  readonly scope: ReferenceScope
  readonly steps: number
}

async function fetchWanted(ctx: TenantContext, deps: Deps): Promise<Fetched> {
  const { what } = deps.run.input
  switch (what.kind) {
    case 'all':
      return { scope: { kind: 'all' }, steps: await fetchTypes(ctx, policyTypes, deps) }
    case 'types':
      return { scope: what, steps: await fetchTypes(ctx, what.types, deps) }
    case 'policies':
      return fetchPolicies(ctx, await knownPolicies(ctx, what.policyIds, deps), deps)
    case 'backupItem':
      return fetchPolicies(ctx, [what], deps)
  }
}

async function fetchTypes(ctx: TenantContext, wanted: readonly PolicyType[], deps: Deps): Promise<number> {
  const types = [...new Set(wanted)]
  const finished = await deps.run.items.finished()
  for (const [index, type] of types.entries()) {
    const contract = contractOf(type)
    deps.run.signal.throwIfAborted()
    deps.run.progress({ processed: index, total: types.length + foundationKeys.length, step: contract.labelPlural })
    // The item of the type is written last: with it an earlier attempt of this run read all of it.
    if (finished.get(type)?.outcome !== 'succeeded') await fetchType(ctx, contract, deps)
  }
  return types.length
}

async function fetchType(ctx: TenantContext, contract: PolicyContract, deps: Deps): Promise<void> {
  const { onStored, onUnread } = recordPolicies(contract, deps.run)
  const observation = await observeType(ctx, contract, { ...deps, onStored })
  const item = typeItem(contract, observation)
  const problem = item.outcome === 'failed' ? listProblem(observation.completeness) : null
  const unreached =
    problem === null ? 0 : await markUnreached(ctx, contract, { ...deps, observation, problem, onUnread })
  // Where known policies stand for the failure, the list does not count beside them.
  const { key, label, outcome } = item
  await deps.run.items.record([unreached === 0 ? item : { key, outcome, counts: noCounts, ...(label && { label }) }])
}

/** Records policies in the very transaction that stored or marked them. */
function recordPolicies(
  { key }: PolicyContract,
  { items }: RunHandle<Input>,
): { onStored: OnStored; onUnread: OnUnread } {
  return {
    onStored: (tx, policies, observation) =>
      items.recordIn(
        tx,
        policies.map((policy) => policyItem(key, policy, observation)),
      ),
    onUnread: (tx, policies, problem) =>
      items.recordIn(
        tx,
        policies.map((policy) => unreadItem(key, policy, problem)),
      ),
  }
}

interface Wanted {
  readonly type: PolicyType
  readonly graphId: string
}

async function knownPolicies(ctx: TenantContext, ids: readonly PolicyId[], deps: Deps): Promise<readonly Wanted[]> {
  const known = await getPolicies(deps.db, ctx, ids)
  const unknown = ids.filter((id) => !known.some((policy) => policy.id === id))
  const message = 'The tenant has no such policy.'
  const failure = { code: 'assignments.fetch_failed', reason: 'not_found', message } as const
  await deps.run.items.record(unknown.map((key) => ({ key, outcome: 'failed', failure })))
  return known
}

const policiesAtOnce = 200

async function fetchPolicies(ctx: TenantContext, wanted: readonly Wanted[], deps: Deps): Promise<Fetched> {
  let processed = 0
  for (const [type, policies] of Map.groupBy(wanted, (policy) => policy.type)) {
    const contract = contractOf(type)
    for (let start = 0; start < policies.length; start += policiesAtOnce) {
      const graphIds = policies.slice(start, start + policiesAtOnce).map(({ graphId }) => graphId)
      deps.run.signal.throwIfAborted()
      deps.run.progress({ processed, total: wanted.length + foundationKeys.length, step: contract.labelPlural })
      await observePolicies(ctx, contract, { ...deps, ...recordPolicies(contract, deps.run), graphIds })
      processed += graphIds.length
    }
  }
  return { scope: { kind: 'policies', policies: wanted }, steps: wanted.length }
}

/** Names, kinds and rules of what the assignments in scope refer to, and how many refer to nothing. */
async function fetchReferences(ctx: TenantContext, deps: Deps & Fetched): Promise<void> {
  const { run, scope, steps } = deps
  for (const [index, key] of foundationKeys.entries()) {
    run.signal.throwIfAborted()
    run.progress({ processed: steps + index, total: steps + foundationKeys.length, step: foundations[key].label })
    await run.items.record([await observeFoundation(ctx, key, deps)])
  }
  const orphaned = await countOrphans(deps.db, ctx, scope)
  await run.items.record([
    { key: 'orphans', label: 'Deleted groups and filters', outcome: 'succeeded', counts: { ...noCounts, orphaned } },
  ])
}
