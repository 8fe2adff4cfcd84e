import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import type { Role } from '#foundation/kernel/capability.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

export async function workspaceBySlug(
  db: Database,
  slug: string,
): Promise<{ readonly workspaceId: WorkspaceId; readonly name: string } | undefined> {
  const row = await db.selectFrom('workspaces').select(['id', 'name']).where('slug', '=', slug).executeTakeFirst()
  return row && { workspaceId: asId(row.id), name: row.name }
}

/** A membership that ends by itself; its end. */
export async function insertGuest(
  tx: Tx,
  ctx: WorkspaceContext,
  guest: {
    readonly userId: UserId
    readonly name: string
    readonly role: Role
    readonly minutes: number
    readonly reason: string
  },
): Promise<Date> {
  await tx.insertInto('users').values({ id: guest.userId, display_name: guest.name }).execute()
  const { expires_at } = await tx
    .insertInto('workspace_members')
    .values({
      workspace_id: ctx.workspaceId,
      user_id: guest.userId,
      role: guest.role,
      reason: guest.reason,
      expires_at: sql<Date>`clock_timestamp() + make_interval(mins => ${guest.minutes})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  if (expires_at === null) throw new TypeError('a guest without an end')
  return expires_at
}

export interface Guest {
  readonly name: string
  readonly role: Role
  readonly until: Date
  /** Null: of one who came before reasons were kept here. */
  readonly reason: string | null
}

/** Operators who are in the workspace now. */
export async function guestsOf(tx: Tx, { workspaceId }: WorkspaceContext): Promise<Guest[]> {
  const rows = await tx
    .selectFrom('workspace_members as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.display_name', 'm.role', 'm.expires_at', 'm.reason'])
    .where('m.workspace_id', '=', workspaceId)
    .where('m.expires_at', '>', sql<Date>`clock_timestamp()`)
    .orderBy('m.expires_at')
    .execute()
  return rows.flatMap((row) =>
    row.expires_at === null
      ? []
      : [{ name: row.display_name, role: row.role as Role, until: row.expires_at, reason: row.reason }],
  )
}
