import { getPolicies } from '#domain/inventory/find-policy.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import { startRun, startRunNow, type CooldownOverride, type RunStart } from '#domain/operations/ensure-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { PolicyId } from '#foundation/kernel/ids.ts'
import type { PolicyType } from '#graph/contracts/contract.ts'

export interface FetchRequest {
  /** Only these policies, or all of these types; everything of the tenant when neither is given. */
  readonly policyIds?: readonly PolicyId[] | undefined
  readonly types?: readonly PolicyType[] | undefined
  readonly trigger: RunTrigger
  readonly override?: CooldownOverride | undefined
}

/**
 * Starts reading assignments anew from the tenant.
 * @throws Failure `not_found` for a policy the tenant does not have, `invalid_input` for policies and types
 */
export async function startFetch(db: Database, ctx: TenantContext, request: FetchRequest): Promise<EnsuredRun> {
  const what = await whatToFetch(db, ctx, request)
  const start: RunStart<'assignments.fetch'> = { type: 'assignments.fetch', input: { what }, trigger: request.trigger }
  return request.override === undefined ? startRun(db, ctx, start) : startRunNow(db, ctx, start, request.override)
}

async function whatToFetch(
  db: Database,
  ctx: TenantContext,
  { policyIds, types }: FetchRequest,
): Promise<InputOf<'assignments.fetch'>['what']> {
  if (policyIds !== undefined && types !== undefined)
    throw new Failure('invalid_input', 'Give policies or types, not both.')
  const [firstType, ...otherTypes] = new Set(types)
  if (firstType !== undefined) return { kind: 'types', types: [firstType, ...otherTypes] }
  const [first, ...others] = new Set(policyIds)
  if (first === undefined) return { kind: 'all' }
  const known = new Set((await getPolicies(db, ctx, [first, ...others])).map(({ id }) => id))
  const unknown = [first, ...others].find((id) => !known.has(id))
  if (unknown !== undefined) throw new Failure('not_found', `"${ctx.tenantName}" has no policy with the id ${unknown}.`)
  return { kind: 'policies', policyIds: [first, ...others] }
}
