/** What everybody may know of scopes. What makes one is `mint-context.ts`. */
import { WorkspaceContext } from '#foundation/kernel/mint-context.ts'

export type { Actor, Admission, TenantContext, TenantPlace, WorkspaceContext } from '#foundation/kernel/mint-context.ts'

/** The scope itself. @throws TypeError for whatever only looks like one: it was not made where scopes are made */
export function genuine<T extends WorkspaceContext>(ctx: T): T {
  if (!WorkspaceContext.isGenuine(ctx))
    throw new TypeError('not a genuine scope: literals and copies of one open no workspace')
  return ctx
}
