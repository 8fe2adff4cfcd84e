/**
 * `inventory.sync`: all policy types with their assignments, then the filters, scope tags and groups they refer to, in
 * one pass. A type that fails leaves its rows untouched and the others go on; a resumed run skips the types that an
 * earlier attempt finished.
 */
import { foundationKeys, foundations, observeFoundation } from '#domain/inventory/observe-foundations.ts'
import { observeType } from '#domain/inventory/observe-type.ts'
import type { ObserveDeps, TypeObservation } from '#domain/inventory/observe-type.ts'
import { unseenPolicies } from '#domain/inventory/policies.store.ts'
import { listProblem, notApplicableItem } from '#domain/inventory/type-problems.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { GraphClient } from '#graph/client/graph-client.ts'
import type { PolicyContract } from '#graph/contracts/contract.ts'
import { contracts } from '#graph/contracts/registry.ts'

type Input = InputOf<'inventory.sync'>

export interface SyncInventoryDeps {
  readonly db: Database
  readonly graphFor: (ctx: TenantContext) => Promise<GraphClient>
}

interface Step {
  readonly key: string
  readonly label: string
  readonly work: () => Promise<RunItem>
}

export function createSyncInventoryHandler(deps: SyncInventoryDeps): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { reader } = await deps.graphFor(ctx)
    const { types, references } = stepsOf(ctx, { db: deps.db, reader, run })
    const steps = [...types, ...references]
    await run.items.plan(steps.map(({ key, label }) => ({ key, label })))
    refuseWhenNothingWasRead(await takeSteps(run, types, { of: steps.length }))
    await takeSteps(run, references, { of: steps.length })
    return {}
  }
}

function stepsOf(ctx: TenantContext, deps: ObserveDeps): { readonly types: Step[]; readonly references: Step[] } {
  return {
    types: contracts.map((contract) => ({
      key: contract.key,
      label: contract.labelPlural,
      work: () => syncType(ctx, contract, deps),
    })),
    references: foundationKeys.map((key) => ({
      key,
      label: foundations[key].label,
      work: () => observeFoundation(ctx, key, { ...deps, scope: { kind: 'all' } }),
    })),
  }
}

/** Takes the steps in order; those that an earlier attempt of this run finished well stay as they are. */
async function takeSteps(
  run: RunHandle<Input>,
  steps: readonly Step[],
  { of: total }: { readonly of: number },
): Promise<readonly RunItem[]> {
  const finished = await run.items.finished()
  const taken: RunItem[] = []
  for (const { key, label, work } of steps) {
    run.signal.throwIfAborted()
    run.progress({ processed: finished.size + taken.length, total, step: label })
    if (finished.get(key)?.outcome === 'succeeded') continue
    const item = await work()
    await run.items.record([item])
    taken.push(item)
  }
  return taken
}

async function syncType(ctx: TenantContext, contract: PolicyContract, deps: ObserveDeps): Promise<RunItem> {
  const observation = await observeType(ctx, contract, deps)
  const { key, labelPlural } = contract
  const notApplicable = notApplicableItem(contract, observation.completeness)
  if (notApplicable !== null) return notApplicable
  const unreached = await unreachedBy(ctx, contract, deps.db, observation)
  const failed = observation.unread + unreached
  const problem = listProblem(observation.completeness) ?? observation.problem
  return {
    key,
    label: labelPlural,
    outcome: problem === null ? 'succeeded' : 'failed',
    counts: {
      total: observation.observed + unreached,
      processed: observation.observed + unreached,
      succeeded: observation.observed - observation.unread,
      failed,
      skipped: 0,
      created: observation.created,
      changed: observation.changed,
      removed: observation.removed,
      unchanged: observation.observed - observation.created - observation.changed,
      unread: failed,
    },
    ...(problem === null
      ? {}
      : { failure: { code: 'inventory.type_failed', reason: problem.reason, message: problem.message } }),
  }
}

/** Policies that are known and were not reached count as failed; at least one, since how many there are is unknown. */
async function unreachedBy(
  ctx: TenantContext,
  { key }: PolicyContract,
  db: Database,
  { completeness, since }: TypeObservation,
): Promise<number> {
  if (completeness.state === 'complete') return 0
  const unseen = await inWorkspace(db, ctx, (tx) => unseenPolicies(tx, ctx, { type: key, since }))
  return Math.max(1, unseen.length)
}

/** When none of the types could be read it is the connection or the tenant, not the types. */
function refuseWhenNothingWasRead(types: readonly RunItem[]): void {
  const wasRead = types.some(({ outcome, counts }) => outcome === 'succeeded' || counts?.['succeeded'] !== 0)
  const failure = types[0]?.failure
  if (wasRead || failure === undefined || types.length < contracts.length) return
  throw new Failure(failure.reason, `No policy type could be read: ${failure.message}`)
}
