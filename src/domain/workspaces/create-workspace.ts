import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { UserId, WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfNewMember } from '#foundation/kernel/mint-context.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { ensureSystemSchedules } from '#domain/schedules/system-schedules.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { insertMember, insertPerson, insertWorkspace } from '#domain/workspaces/workspaces.store.ts'

/**
 * Creates a workspace with its first owner.
 * @throws Failure `invalid_input` for a name without letters or digits, `invalid_state` when the slug is taken.
 */
export async function createWorkspace(
  db: Database,
  input: { name: string; slug?: string; ownerName: string },
): Promise<Workspace> {
  const owner = { userId: newId<UserId>(), name: input.ownerName }
  const ctx = contextOfNewMember(newId<WorkspaceId>(), owner)
  return inWorkspace(db, ctx, async (tx) => {
    await insertPerson(tx, owner)
    return createWorkspaceIn(tx, ctx, input)
  })
}

export interface NewWorkspace {
  readonly name: string
  /** Left out: made of the name. */
  readonly slug?: string | undefined
}

/** The same inside the caller's transaction, which belongs to that workspace; the owner is whoever acts, who is there. */
export async function createWorkspaceIn(tx: Tx, ctx: WorkspaceContext, input: NewWorkspace): Promise<Workspace> {
  const { workspaceId, actor } = ctx
  if (actor.kind !== 'user') throw new TypeError('a workspace that nobody would own')
  const workspace = { workspaceId, name: input.name.trim(), slug: input.slug ?? slugOf(input.name) }
  if (!(await insertWorkspace(tx, workspace))) {
    throw new Failure(
      'invalid_state',
      `A workspace with the short name "${workspace.slug}" exists already; use it or choose another name.`,
    )
  }
  await insertMember(tx, ctx, { userId: actor.userId, role: 'owner' })
  await ensureSystemSchedules(tx, ctx)
  await recordAudit(tx, ctx, {
    action: 'workspace.create',
    subject: { kind: 'workspace', id: workspaceId },
    outcome: 'succeeded',
    detail: { name: workspace.name, slug: workspace.slug },
  })
  return workspace
}

/** The short name used on the command line and in addresses: `Contoso Ltd.` → `contoso-ltd`. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, ' ')
    .trim()
    .replaceAll(' ', '-')
    .slice(0, 63)
  if (slug === '')
    throw new Failure('invalid_input', `The workspace name "${name}" has no letter or digit to make a short name of.`)
  return slug
}
