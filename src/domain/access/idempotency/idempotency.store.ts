import { sql } from 'kysely'
import type { Tx } from '#foundation/db/database.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export interface KeyOfRequest {
  readonly userId: UserId
  readonly key: string
  /** SHA-256 of method, path and body. */
  readonly requestHash: Buffer
}

export interface KeptAnswer {
  readonly request_hash: Buffer
  /** Null: not answered yet, or what became of it is not known. */
  readonly status: number | null
  readonly response: unknown
  readonly is_old: boolean
}

/** Whether the key was free. */
export async function insertKey(
  tx: Tx,
  ctx: WorkspaceContext,
  { userId, key, requestHash }: KeyOfRequest,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('idempotency_keys')
    .values({ workspace_id: ctx.workspaceId, actor_id: userId, key, request_hash: requestHash })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  return inserted !== undefined
}

/** What is kept under the key; `is_old` when nobody answers that request any more. */
export async function keptAnswer(
  tx: Tx,
  ctx: WorkspaceContext,
  { userId, key }: KeyOfRequest,
): Promise<KeptAnswer | undefined> {
  return tx
    .selectFrom('idempotency_keys')
    .select([
      'request_hash',
      'status',
      'response',
      sql<boolean>`created_at < clock_timestamp() - interval '1 minute'`.as('is_old'),
    ])
    .where('workspace_id', '=', ctx.workspaceId)
    .where('actor_id', '=', userId)
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirst()
}

export async function keepAnswer(
  tx: Tx,
  ctx: WorkspaceContext,
  { userId, key }: KeyOfRequest,
  answer: unknown,
): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set({ status: 200, response: JSON.stringify(answer ?? null) })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('actor_id', '=', userId)
    .where('key', '=', key)
    .execute()
}

export async function renewKey(tx: Tx, ctx: WorkspaceContext, { userId, key }: KeyOfRequest): Promise<void> {
  await tx
    .updateTable('idempotency_keys')
    .set({ created_at: sql<Date>`clock_timestamp()` })
    .where('workspace_id', '=', ctx.workspaceId)
    .where('actor_id', '=', userId)
    .where('key', '=', key)
    .execute()
}

export async function deleteKey(tx: Tx, ctx: WorkspaceContext, { userId, key }: KeyOfRequest): Promise<void> {
  await tx
    .deleteFrom('idempotency_keys')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('actor_id', '=', userId)
    .where('key', '=', key)
    .execute()
}

/** Keys are kept for a day; a few that are older go with each new one. */
export async function deleteOldKeys(tx: Tx, ctx: WorkspaceContext): Promise<void> {
  await sql`
    delete from idempotency_keys k using (
      select o.actor_id, o.key from idempotency_keys o
      where o.workspace_id = ${ctx.workspaceId} and o.created_at < clock_timestamp() - interval '1 day'
      order by o.created_at limit 20 for update skip locked
    ) old
    where k.workspace_id = ${ctx.workspaceId} and k.actor_id = old.actor_id and k.key = old.key`.execute(tx)
}
