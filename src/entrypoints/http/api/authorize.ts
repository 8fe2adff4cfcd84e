/** Who may call what: from the metadata of the procedure alone, before its input is looked at. */
import type { AnyContractProcedure } from '@orpc/contract'
import { admit, type Door } from '#domain/access/admit.ts'
import type { Caller } from '#domain/access/caller.ts'
import type { Operator } from '#domain/platform/operator.ts'
import { sessionLife } from '#domain/access/sessions/session-life.ts'
import { capabilities, type Capability } from '#foundation/kernel/capability.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ProcedureMeta } from '#contract/api/procedure.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'

/**
 * The context with what the caller was let into.
 * @throws Failure `sign_in_required`, `not_found`, `not_allowed`, `step_up_required`, `invalid_state` (archived)
 */
export async function authorize(
  context: ApiContext,
  procedure: AnyContractProcedure,
  rawInput: unknown,
): Promise<ApiContext> {
  const meta = metaOf(procedure)
  if (meta.access === 'public') return context
  const { caller, operator } = context
  if (caller === undefined && operator === undefined)
    throw new Failure('sign_in_required', 'You are not signed in, or the session or key is no longer valid.')
  if (meta.access === 'platform') {
    if (operator === undefined) throw wrongPlane()
    requireRecentProof(meta, operator)
    return context
  }
  if (caller === undefined) throw wrongPlane()
  if (meta.access === 'signed_in') {
    requireRecentProof(meta, caller)
    return context
  }
  const admitted = await admit(context.db, caller, doorOf(meta, meta.access, rawInput))
  requireRecentProof(meta, caller)
  // So that the audit names the request.
  const { requestId } = context
  const { ctx, tenant } = admitted
  return {
    ...context,
    admitted: { ...admitted, ctx: ctx.withRequestId(requestId), tenant: tenant?.withRequestId(requestId) },
  }
}

/** The metadata of a procedure of this API. */
export function metaOf(procedure: AnyContractProcedure): ProcedureMeta {
  // Every procedure is made by `procedure()`, which takes nothing else.
  return procedure['~orpc'].meta as ProcedureMeta
}

export function isCapability(access: ProcedureMeta['access']): access is Capability {
  return (capabilities as readonly string[]).includes(access)
}

function doorOf(meta: ProcedureMeta, capability: Capability, rawInput: unknown): Door {
  const given = (name: string): string | undefined => {
    const value: unknown = rawInput !== null && typeof rawInput === 'object' ? Reflect.get(rawInput, name) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const tenant = meta.tenantInPath === true ? (given('tenant') ?? '') : undefined
  return {
    workspace: given('workspace') ?? '',
    ...(tenant !== undefined && { tenant }),
    ...(meta.subject && { subject: { kind: meta.subject.kind, id: given(meta.subject.param) ?? '' } }),
    capability,
    changes: meta.effect !== 'read' && meta.changesArchived !== true,
  }
}

/** Members and platform operators have planes of their own; what is on the other one is not there. */
function wrongPlane(): Failure {
  return new Failure('not_found', 'There is nothing here that you may open.')
}

/** High-impact acts of a person ask for a proof that is a few minutes old; a key is a proof each time it is sent. */
function requireRecentProof({ stepUp }: ProcedureMeta, caller: Caller | Operator): void {
  if (stepUp !== true || !('authenticatedAt' in caller)) return
  if (Date.now() - caller.authenticatedAt.getTime() <= sessionLife.stepUpMinutes * 60_000) return
  throw new Failure(
    'step_up_required',
    `This asks for a proof of who you are that is at most ${sessionLife.stepUpMinutes} minutes old.`,
  )
}
