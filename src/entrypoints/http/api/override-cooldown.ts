import type { CooldownOverride } from '#domain/operations/ensure-run.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'
import { requireCapability } from '#entrypoints/http/api/require-capability.ts'

/** How a start goes past its cooldown, where it asks for that and may. @throws Failure `not_allowed` */
export function overrideOf(
  context: ApiContext,
  override: CooldownOverride | undefined,
): { readonly override?: CooldownOverride } {
  if (override === undefined) return {}
  requireCapability(context, 'operations.override_cooldown')
  return { override }
}
