import type { Started } from '#contract/api/schemas.ts'
import type { EnsuredRun } from '#domain/operations/operation.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { CooldownOverride } from '#domain/operations/ensure-run.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'

/** What a start answers: 202 when it created the run, 200 when one was there. */
export function startAnswer(ensured: EnsuredRun): Started {
  const { disposition, runId: run } = ensured
  const retryAt = ensured.disposition === 'cooldown' ? ensured.retryAt.toISOString() : null
  return { status: disposition === 'created' ? 202 : 200, body: { run, disposition, retryAt } }
}

/**
 * The override a body asks for, of somebody who may.
 * @throws Failure `not_allowed`, `invalid_input` for half of one
 */
export function overrideOf(
  { admitted }: ApiContext,
  {
    overrideCooldown,
    reason,
  }: { readonly overrideCooldown?: boolean | undefined; readonly reason?: string | undefined },
): CooldownOverride | undefined {
  if (overrideCooldown !== true) {
    if (reason === undefined) return undefined
    throw new Failure('invalid_input', 'reason: it goes with `overrideCooldown`; there is nothing else to give it for.')
  }
  const capability = 'operations.override_cooldown'
  if (admitted?.capabilities.includes(capability) !== true)
    throw new Failure('not_allowed', `Your role here does not include ${capability}.`, { detail: { capability } })
  if (reason === undefined)
    throw new Failure('invalid_input', 'reason: say why it cannot wait; it is shown to others and audited.')
  return { reason }
}
