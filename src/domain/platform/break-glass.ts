import { openSession } from '#domain/access/sessions/open-session.ts'
import { recordAudit } from '#domain/audit/record-audit.ts'
import { guestsOf, insertGuest, workspaceBySlug, type Guest } from '#domain/platform/break-glass.store.ts'
import type { Operator } from '#domain/platform/operator.ts'
import { insertPlatformEvent } from '#domain/platform/operators.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { contextOfNewMember } from '#foundation/kernel/mint-context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export type { Guest }

export interface BreakGlass {
  /** The short name. */
  readonly workspace: string
  /** Why, for the members of the workspace: it stands in their audit log. */
  readonly reason: string
  readonly role: 'readonly' | 'operator' | 'manager'
  /** 5 to 240. */
  readonly minutes: number
}

/**
 * Lets an operator into a workspace for a while, as a guest whom every member sees. Both logs say so, in one transaction.
 * @throws Failure `not_found`
 */
export async function breakGlass(
  db: Database,
  operator: Operator,
  { workspace, reason, role, minutes }: BreakGlass,
): Promise<{ readonly token: string; readonly until: Date }> {
  const found = await workspaceBySlug(db, workspace)
  if (found === undefined) throw new Failure('not_found', 'There is no such workspace.')
  const guest = { userId: newId<UserId>(), name: `${operator.name} (platform operator)` }
  const ctx = contextOfNewMember(found.workspaceId, guest)
  return inWorkspace(db, ctx, async (tx) => {
    const until = await insertGuest(tx, ctx, { ...guest, role, minutes, reason })
    const { token } = await openSession(tx, { userId: guest.userId, method: 'local' })
    await recordAudit(tx, ctx, {
      action: 'workspace.break_glass',
      subject: { kind: 'workspace', id: ctx.workspaceId },
      outcome: 'succeeded',
      detail: { reason, role, minutes, operator: operator.accountId },
    })
    await insertPlatformEvent(tx, operator, {
      action: 'break_glass',
      subject: workspace,
      detail: { reason, role, minutes },
    })
    return { token, until }
  })
}

/** Operators who are in the workspace now: its members are shown them. */
export async function listGuests(db: Database, ctx: WorkspaceContext): Promise<Guest[]> {
  return inWorkspace(db, ctx, (tx) => guestsOf(tx, ctx))
}
