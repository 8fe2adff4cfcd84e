import { catalog, isOperationType, type OperationType } from '#domain/operations/catalog.ts'
import { type CooldownOverride, type RunStart, startRun, startRunNow } from '#domain/operations/ensure-run.ts'
import { getRun } from '#domain/operations/get-run.ts'
import type { EnsuredRun, RunTrigger } from '#domain/operations/operation.ts'
import { parseInput } from '#domain/operations/parse-input.ts'
import type { RunView } from '#domain/operations/run-view.ts'
import type { Database } from '#foundation/db/database.ts'
import type { Capability } from '#foundation/kernel/capability.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { RunId } from '#foundation/kernel/ids.ts'

export interface RetryOptions {
  readonly trigger?: RunTrigger
  readonly override?: CooldownOverride
  /** Refuses by throwing where whoever asks may not start that operation. */
  readonly requires?: (capability: Capability) => void
}

/**
 * Starts the operation of a run that did not succeed again, with the same input; the new run links to it (`retryOf`). An
 * active run of the same identity is the answer as for any start, and so is a cooldown, unless it is overridden.
 * @throws Failure `not_found`; `invalid_state` for a run that has not ended, that succeeded, or whose operation is not
 * started again as it was; `invalid_input` when its input is not one of this version any more
 */
export async function retryRun(
  db: Database,
  ctx: WorkspaceContext,
  runId: RunId,
  { trigger = 'user', override, requires = () => undefined }: RetryOptions = {},
): Promise<EnsuredRun> {
  const run = await getRun(db, ctx, runId)
  const type = retriedType(run)
  requires(catalog[type].capability)
  const start: RunStart<OperationType> = {
    type,
    input: parseInput(type, run.input),
    trigger,
    context: { retryOf: run.id },
  }
  // The scope of the context is that of the run, which is that of its type.
  const scope = scopeOf(ctx, run) as TenantContext
  return override === undefined ? startRun(db, scope, start) : startRunNow(db, scope, start, override)
}

/** Whether it ended without success and its operation is one that is started again as it was. */
export function isRetriable({ type, status, outcome }: Pick<RunView, 'type' | 'status' | 'outcome'>): boolean {
  if (status !== 'completed' || outcome === 'succeeded' || !isOperationType(type)) return false
  return catalog[type].notRetried === undefined
}

function retriedType({ id, type, status, outcome, label }: RunView): OperationType {
  if (status !== 'completed') {
    const message = `Run ${id} has not ended yet; watch it with \`tenantatlas run watch ${id}\`, or cancel it first.`
    throw new Failure('invalid_state', message)
  }
  if (outcome === 'succeeded')
    throw new Failure(
      'invalid_state',
      `Run ${id} succeeded: there is nothing to try again. Start a new ${label.toLowerCase()} instead.`,
    )
  if (!isOperationType(type))
    throw new Failure('invalid_state', `Run ${id} is a ${type}, which only a newer version of TenantAtlas knows.`)
  const { notRetried } = catalog[type]
  if (notRetried !== undefined) throw new Failure('invalid_state', notRetried)
  return type
}

function scopeOf(ctx: WorkspaceContext, { tenant }: RunView): WorkspaceContext | TenantContext {
  return tenant === null ? ctx : ctx.inTenant(tenant)
}
