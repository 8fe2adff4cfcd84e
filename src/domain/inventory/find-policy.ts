import { policiesByGraphId, policiesById, policiesByName, policyNames } from '#domain/inventory/find-policies.store.ts'
import type { PolicyRef } from '#domain/inventory/policy.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { asId, isUuid } from '#foundation/kernel/ids.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'
import { contractOf } from '#graph/contracts/registry.ts'

export interface FindPolicyOptions {
  /** Only policies of these types. */
  readonly types?: readonly PolicyType[] | undefined
}

/**
 * The policy with that id (ours or Graph's) or exact name; a name that differs only in case is found when it is the
 * only one. Policies that vanished are found by id, and by name when none of that name is there.
 * @throws Failure `not_found` with what was perhaps meant, `ambiguous` with the candidates.
 */
export async function findPolicy(
  db: Database,
  ctx: TenantContext,
  text: string,
  { types }: FindPolicyOptions = {},
): Promise<PolicyRef> {
  return inWorkspace(db, ctx, async (tx) => {
    const wanted = (refs: readonly PolicyRef[]) =>
      refs.filter(({ type }) => types === undefined || types.includes(type))
    const byId = wanted(await policiesWithId(tx, ctx, text))
    const candidates = byId.length > 0 ? byId : bestNamed(wanted(await policiesByName(tx, ctx, text)), text)
    const [only, ...others] = candidates
    if (only === undefined) throw notFound(ctx, text, await policyNames(tx, ctx, types))
    if (others.length > 0) throw ambiguous(text, candidates)
    return only
  })
}

/** The policies with those ids of ours; ids that the tenant does not have are left out. */
export async function getPolicies(db: Database, ctx: TenantContext, ids: readonly PolicyId[]): Promise<PolicyRef[]> {
  return inWorkspace(db, ctx, (tx) => policiesById(tx, ctx, ids))
}

async function policiesWithId(tx: Tx, ctx: TenantContext, text: string): Promise<PolicyRef[]> {
  const ours = isUuid(text) ? await policiesById(tx, ctx, [asId<PolicyId>(text)]) : []
  return ours.length > 0 ? ours : policiesByGraphId(tx, ctx, text)
}

/** Those that are there before those that vanished, exact before similar. */
function bestNamed(refs: readonly PolicyRef[], name: string): readonly PolicyRef[] {
  const present = refs.filter(({ missingSince }) => missingSince === null)
  const alive = present.length > 0 ? present : refs
  const exact = alive.filter((policy) => policy.name === name)
  return exact.length > 0 ? exact : alive
}

function notFound({ tenantName }: TenantContext, text: string, names: readonly string[]): Failure {
  const hint =
    names.length === 0 ? ' Nothing was observed yet; run `tenantatlas inventory sync`.' : didYouMean(text, names)
  return new Failure('not_found', `There is no policy "${text}" in "${tenantName}".${hint}`)
}

function ambiguous(text: string, candidates: readonly PolicyRef[]): Failure {
  const shown = candidates.slice(0, 10).map(({ id, type, name }) => `${id} (${contractOf(type).label} "${name}")`)
  return new Failure('ambiguous', `Several policies are named "${text}"; give the id of one: ${shown.join(', ')}.`, {
    detail: { candidates: candidates.map(({ id }) => id) },
  })
}
