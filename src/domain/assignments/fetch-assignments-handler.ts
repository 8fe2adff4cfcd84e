/**
 * `assignments.fetch`: reads assignments anew, of some policies, of types, or of the whole tenant, and what they refer
 * to. One item per policy. A read that failed leaves what was stored, stale with the reason.
 */
import { policyItem, typeItem, unreadItem } from '#domain/assignments/fetch-items.ts'
import { countOrphans } from '#domain/assignments/list-orphans.ts'
import { getPolicies } from '#domain/inventory/find-policy.ts'
import { foundationKeys, foundations, noCounts, observeFoundation } from '#domain/inventory/observe-foundations.ts'
import { markUnreached, observePolicies } from '#domain/inventory/observe-policies.ts'
import { observeType } from '#domain/inventory/observe-type.ts'
import { listProblem } from '#domain/inventory/type-problems.ts'
import type { ObserveDeps, TypeObservation } from '#domain/inventory/observe-type.ts'
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
    const scope = await fetchScope(ctx, { db: deps.db, reader, run })
    await fetchReferences(ctx, { db: deps.db, reader, run, scope })
    return {}
  }
}

/** Reads the policies asked for; says which they are. */
async function fetchScope(ctx: TenantContext, deps: Deps): Promise<ReferenceScope> {
  const { what } = deps.run.input
  switch (what.kind) {
    case 'all':
      await fetchTypes(ctx, policyTypes, deps)
      return { kind: 'all' }
    case 'types':
      await fetchTypes(ctx, what.types, deps)
      return { kind: 'types', types: what.types }
    case 'policies':
      return fetchPolicies(ctx, await knownPolicies(ctx, what.policyIds, deps), deps)
    case 'backupItem':
      return fetchPolicies(ctx, [what], deps)
  }
}

async function fetchTypes(ctx: TenantContext, types: readonly PolicyType[], deps: Deps): Promise<void> {
  const finished = await deps.run.items.finished()
  for (const [index, type] of types.entries()) {
    const contract = contractOf(type)
    deps.run.signal.throwIfAborted()
    deps.run.progress({ processed: index, total: types.length, step: contract.labelPlural })
    // The item of the type is written last: with it an earlier attempt of this run read all of it.
    if (finished.get(type)?.outcome !== 'succeeded') await fetchType(ctx, contract, deps)
  }
}

async function fetchType(ctx: TenantContext, contract: PolicyContract, deps: Deps): Promise<void> {
  const { key } = contract
  const { items } = deps.run
  const observation = await observeType(ctx, contract, {
    ...deps,
    onStored: (tx, policies, { changed, created }) =>
      items.recordIn(
        tx,
        policies.map((policy) =>
          policyItem(key, policy, { isChanged: created.has(policy.graphId) || changed.has(policy.graphId) }),
        ),
      ),
  })
  const item = typeItem(contract, observation)
  const unreached = item.outcome === 'failed' ? await keepUnreached(ctx, contract, { ...deps, observation }) : 0
  // Where known policies stand for the failure, the list does not count beside them.
  await items.record([unreached > 0 ? { key, label: contract.labelPlural, outcome: 'failed', counts: noCounts } : item])
}

/** Marks and records the known policies that a failed read did not reach; says how many. */
async function keepUnreached(
  ctx: TenantContext,
  contract: PolicyContract,
  deps: Deps & { readonly observation: TypeObservation },
): Promise<number> {
  const problem = listProblem(deps.observation.completeness)
  if (problem === null) return 0
  return markUnreached(ctx, contract, {
    ...deps,
    problem,
    onUnread: (tx, policies) =>
      deps.run.items.recordIn(
        tx,
        policies.map((policy) => unreadItem(contract.key, policy, problem)),
      ),
  })
}

interface Wanted {
  readonly type: PolicyType
  readonly graphId: string
}

async function knownPolicies(ctx: TenantContext, ids: readonly PolicyId[], deps: Deps): Promise<readonly Wanted[]> {
  const known = await getPolicies(deps.db, ctx, ids)
  const unknown = ids.filter((id) => !known.some((policy) => policy.id === id))
  const message = 'The tenant has no such policy.'
  await deps.run.items.record(
    unknown.map((key) => ({
      key,
      outcome: 'failed',
      failure: { code: 'assignments.fetch_failed', reason: 'not_found', message },
    })),
  )
  return known
}

const policiesAtOnce = 200

async function fetchPolicies(ctx: TenantContext, wanted: readonly Wanted[], deps: Deps): Promise<ReferenceScope> {
  let processed = 0
  for (const [type, policies] of Map.groupBy(wanted, (policy) => policy.type)) {
    for (let start = 0; start < policies.length; start += policiesAtOnce) {
      deps.run.signal.throwIfAborted()
      const graphIds = policies.slice(start, start + policiesAtOnce).map(({ graphId }) => graphId)
      deps.run.progress({ processed, total: wanted.length, step: contractOf(type).labelPlural })
      await fetchSome(ctx, contractOf(type), { ...deps, graphIds })
      processed += graphIds.length
    }
  }
  return { kind: 'policies', policies: wanted }
}

async function fetchSome(
  ctx: TenantContext,
  contract: PolicyContract,
  deps: Deps & { readonly graphIds: readonly string[] },
): Promise<void> {
  const { key } = contract
  const { items } = deps.run
  await observePolicies(ctx, contract, {
    ...deps,
    onStored: (tx, policies, { changed, created }) =>
      items.recordIn(
        tx,
        policies.map((policy) =>
          policyItem(key, policy, { isChanged: created.has(policy.graphId) || changed.has(policy.graphId) }),
        ),
      ),
    onUnread: (tx, policies, problem) =>
      items.recordIn(
        tx,
        policies.map((policy) => unreadItem(key, policy, problem)),
      ),
  })
}

/** Names, kinds and rules of what the assignments in scope refer to, and how many refer to nothing. */
async function fetchReferences(ctx: TenantContext, deps: Deps & { readonly scope: ReferenceScope }): Promise<void> {
  const { run, scope } = deps
  for (const [index, key] of foundationKeys.entries()) {
    run.signal.throwIfAborted()
    run.progress({ processed: index, total: foundationKeys.length, step: foundations[key].label })
    await run.items.record([await observeFoundation(ctx, key, deps)])
  }
  const orphaned = await countOrphans(deps.db, ctx, scope)
  await run.items.record([
    { key: 'orphans', label: 'Deleted groups and filters', outcome: 'succeeded', counts: { ...noCounts, orphaned } },
  ])
}
