import type { OperationType } from '#domain/operations/catalog.ts'
import type { TenantContext, WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import { operationTypesOption } from '#entrypoints/cli/options.ts'
import type { Session } from '#entrypoints/cli/session.ts'

export interface TargetOptions {
  readonly type?: readonly string[]
  readonly workspaceRuns?: true
}

/** What a command of the queue is about: operations, or one lane. */
export type QueueTarget =
  | { readonly kind: 'types'; readonly types: readonly OperationType[]; readonly words: string }
  | { readonly kind: 'lane'; readonly ctx: WorkspaceContext | TenantContext; readonly words: string }

/** @throws Failure `invalid_input` unless exactly one thing is named: holding back the wrong one is noticed late */
export async function queueTarget(
  cli: Cli,
  session: Session,
  { type, workspaceRuns }: TargetOptions,
): Promise<QueueTarget> {
  const types = operationTypesOption(type)
  const named = [cli.options.tenant, types, workspaceRuns].filter((option) => option !== undefined)
  if (named.length !== 1)
    throw new Failure(
      'invalid_input',
      'Name one thing: a tenant with --tenant, operations with --type, or --workspace-runs.',
    )
  if (types !== undefined) return { kind: 'types', types, words: types.join(', ') }
  if (workspaceRuns) return { kind: 'lane', ctx: session.ctx, words: `the runs of "${session.workspace.name}" itself` }
  const tenant = await session.tenant()
  return { kind: 'lane', ctx: tenant, words: `"${tenant.tenantName}"` }
}
