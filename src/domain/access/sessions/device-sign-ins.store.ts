import { sql } from 'kysely'
import type { Database, Tx } from '#foundation/db/database.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export interface DeviceRow {
  readonly name: string
  readonly expiresAt: Date
}

export async function insertDevice(
  db: Database,
  device: { readonly hash: Buffer; readonly userCode: string; readonly name: string; readonly minutes: number },
): Promise<Date> {
  const { expires_at } = await db
    .insertInto('device_sign_ins')
    .values({
      device_hash: device.hash,
      user_code: device.userCode,
      client_name: device.name,
      expires_at: sql<Date>`clock_timestamp() + make_interval(mins => ${device.minutes})`,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  await db
    .deleteFrom('device_sign_ins')
    .where('expires_at', '<', sql<Date>`clock_timestamp() - interval '1 hour'`)
    .execute()
  return expires_at
}

/** One that still waits for an answer. */
export async function waitingDevice(db: Database, userCode: string): Promise<DeviceRow | undefined> {
  const row = await db
    .selectFrom('device_sign_ins')
    .select(['client_name', 'expires_at'])
    .where('user_code', '=', userCode)
    .where('user_id', 'is', null)
    .where('denied', '=', false)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .executeTakeFirst()
  return row && { name: row.client_name, expiresAt: row.expires_at }
}

/** Whether it waited until now. */
export async function answerWaiting(db: Database, userCode: string, userId: UserId | 'denied'): Promise<boolean> {
  const answered = await db
    .updateTable('device_sign_ins')
    .set(userId === 'denied' ? { denied: true } : { user_id: userId })
    .where('user_code', '=', userCode)
    .where('user_id', 'is', null)
    .where('denied', '=', false)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .returning('user_code')
    .executeTakeFirst()
  return answered !== undefined
}

/** What became of it; who approved can be taken once. Undefined: there is none, it has expired, or was taken. */
export async function takeApproved(
  tx: Tx,
  hash: Buffer,
): Promise<'waiting' | 'denied' | { readonly userId: UserId } | undefined> {
  const row = await tx
    .selectFrom('device_sign_ins')
    .select(['user_id', 'denied'])
    .where('device_hash', '=', hash)
    .where('taken_at', 'is', null)
    .where('expires_at', '>', sql<Date>`clock_timestamp()`)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return undefined
  if (row.denied) return 'denied'
  if (row.user_id === null) return 'waiting'
  await tx
    .updateTable('device_sign_ins')
    .set({ taken_at: sql<Date>`clock_timestamp()` })
    .where('device_hash', '=', hash)
    .execute()
  return { userId: asId(row.user_id) }
}
