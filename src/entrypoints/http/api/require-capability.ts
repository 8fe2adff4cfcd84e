import type { Capability } from '#foundation/kernel/capability.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { ApiContext } from '#entrypoints/http/api/api-context.ts'

/** For what the metadata of a procedure cannot say because it depends on the input. @throws Failure `not_allowed` */
export function requireCapability({ admitted }: ApiContext, capability: Capability): void {
  if (admitted?.capabilities.includes(capability) === true) return
  throw new Failure('not_allowed', `What you may do here does not include ${capability}.`, { detail: { capability } })
}
