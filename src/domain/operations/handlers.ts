import type { catalog, InputOf, OperationType } from '#domain/operations/catalog.ts'
import type { TenantRunHandler, WorkspaceRunHandler } from '#domain/operations/operation.ts'

export type HandlerOf<T extends OperationType> = (typeof catalog)[T]['scope'] extends 'tenant'
  ? TenantRunHandler<InputOf<T>>
  : WorkspaceRunHandler<InputOf<T>>

/** One handler per operation of the catalogue: the compiler asks for each. */
export type Handlers = { readonly [T in OperationType]: HandlerOf<T> }
