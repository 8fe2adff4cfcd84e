import type { Actor, TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfRun } from '#foundation/kernel/mint-context.ts'

const nobodyInParticular: Actor = { kind: 'system', name: 'Test' }

/** Test only: a scope of any workspace, for anybody. */
export function givenContext(workspaceId: WorkspaceId, actor: Actor = nobodyInParticular): WorkspaceContext {
  return contextOfRun({ workspaceId, actor }, null)
}

/** Test only: the same scope, without an admission, in which somebody else acts. */
export function actingAs(ctx: TenantContext, actor: Actor): TenantContext
export function actingAs(ctx: WorkspaceContext, actor: Actor): WorkspaceContext
export function actingAs(ctx: WorkspaceContext | TenantContext, actor: Actor): WorkspaceContext | TenantContext {
  return contextOfRun({ workspaceId: ctx.workspaceId, actor }, 'place' in ctx ? ctx.place : null)
}

/** Test only: the workspace scope around that of a tenant. */
export function workspaceOf({ workspaceId, actor }: WorkspaceContext): WorkspaceContext {
  return givenContext(workspaceId, actor)
}

/** Test only: ways to come by what looks like a scope, each from a genuine one. */
export const forgeries: Readonly<Record<string, (ctx: WorkspaceContext) => unknown>> = {
  'a literal': ({ workspaceId, actor }) => ({ workspaceId, actor, admission: undefined, requestId: undefined }),
  'a copy': (ctx) => Object.assign({}, ctx),
  'an object with its prototype': (ctx) => Object.assign(Object.create(Object.getPrototypeOf(ctx) as object), ctx),
  'an object it is the prototype of': (ctx) => Object.create(ctx),
  'a proxy': (ctx) => new Proxy(ctx, {}),
  'a round trip through JSON': (ctx) => JSON.parse(JSON.stringify(ctx)),
  'a structured clone': (ctx) => structuredClone(ctx),
  nothing: () => undefined,
}
