import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { didYouMean } from '#foundation/kernel/closest-names.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { contextOfConsole, contextOfProduct } from '#foundation/kernel/mint-context.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { allWorkspaces, membersOf } from '#domain/workspaces/workspaces.store.ts'

/** All workspaces of this installation, by name. */
export async function listWorkspaces(db: Database): Promise<Workspace[]> {
  return allWorkspaces(db)
}

/**
 * The workspace with that slug, id or exact name; without a text the only one there is.
 * @throws Failure `missing_configuration` when there is none yet, `ambiguous` when one must be named, `not_found`.
 */
export async function findWorkspace(db: Database, text?: string): Promise<Workspace> {
  const workspaces = await allWorkspaces(db)
  if (workspaces.length === 0) {
    throw new Failure(
      'missing_configuration',
      'There is no workspace yet; create one with `tenantatlas workspace create <name>`.',
    )
  }
  return text === undefined ? theOnlyOne(workspaces) : theOneNamed(workspaces, text)
}

/** Acts as the workspace's first owner: whoever may run commands beside the database administers it. */
export async function actAsOwner(db: Database, workspace: Workspace): Promise<WorkspaceContext> {
  const looking = contextOfProduct(workspace.workspaceId, 'Command line')
  const members = await inWorkspace(db, looking, (tx) => membersOf(tx, looking))
  const owner = members.find((member) => member.role === 'owner')
  if (owner === undefined) throw new Failure('invalid_state', `The workspace "${workspace.name}" has no owner.`)
  return contextOfConsole(workspace.workspaceId, owner)
}

function theOnlyOne(workspaces: readonly Workspace[]): Workspace {
  const [only, ...others] = workspaces
  if (only !== undefined && others.length === 0) return only
  const slugs = workspaces.map((workspace) => workspace.slug)
  throw new Failure(
    'ambiguous',
    `There are ${slugs.length} workspaces; name one with --workspace: ${slugs.join(', ')}.`,
  )
}

function theOneNamed(workspaces: readonly Workspace[], text: string): Workspace {
  const found = workspaces.find(({ slug, workspaceId, name }) => [slug, workspaceId, name].includes(text))
  if (found !== undefined) return found
  const slugs = workspaces.map((workspace) => workspace.slug)
  throw new Failure('not_found', `There is no workspace "${text}".${didYouMean(text, slugs)}`)
}
