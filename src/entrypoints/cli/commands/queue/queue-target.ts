import { Failure } from '#foundation/kernel/failure.ts'
import type { Cli } from '#entrypoints/cli/cli.ts'
import type { Session, Tenant } from '#entrypoints/cli/session.ts'

export interface TargetOptions {
  readonly type?: readonly string[]
  readonly workspaceRuns?: true
}

/** What a command of the queue is about, and how it is called. */
export type QueueTarget =
  | { readonly kind: 'types'; readonly types: readonly string[]; readonly words: string }
  | { readonly kind: 'tenant'; readonly at: Tenant['at']; readonly words: string }
  /** The runs of the workspace itself. */
  | { readonly kind: 'workspace'; readonly words: string }

/** @throws Failure `invalid_input` unless exactly one thing is named: holding back the wrong one is noticed late */
export async function queueTarget(
  cli: Cli,
  session: Session,
  { type: types, workspaceRuns }: TargetOptions,
): Promise<QueueTarget> {
  const named = [cli.options.tenant, types, workspaceRuns].filter((option) => option !== undefined)
  if (named.length !== 1)
    throw new Failure(
      'invalid_input',
      'Name one thing: a tenant with --tenant, operations with --type, or --workspace-runs.',
    )
  if (types !== undefined) return { kind: 'types', types, words: types.join(', ') }
  if (workspaceRuns) return { kind: 'workspace', words: `the runs of "${session.workspace.name}" itself` }
  const { at, name } = await session.tenant()
  return { kind: 'tenant', at, words: `"${name}"` }
}
