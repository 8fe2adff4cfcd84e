import { isOperationType } from '#domain/operations/catalog.ts'
import type { Claim } from '#domain/operations/claim.ts'
import type { Handlers } from '#domain/operations/handlers.ts'
import type { TenantRunHandler, WorkspaceRunHandler } from '#domain/operations/operation.ts'
import { parseInput } from '#domain/operations/parse-input.ts'
import type { Work } from '#domain/operations/track-run.ts'

/** What a claimed run does: the handler of its type, in the scope of the run, with its input parsed again. */
export function workOf(handlers: Handlers, claim: Claim): Work {
  return async (handle) => {
    // Claims are asked for by the types of the catalogue.
    if (!isOperationType(claim.type)) throw new TypeError(`no handler for ${claim.type}`)
    const run = { ...handle, input: parseInput(claim.type, claim.input) }
    // The handler and the input are of one type; the compiler cannot follow that through the union.
    const handler: unknown = handlers[claim.type]
    return 'tenantId' in claim.ctx
      ? (handler as TenantRunHandler<unknown>)(claim.ctx, run)
      : (handler as WorkspaceRunHandler<unknown>)(claim.ctx, run)
  }
}
