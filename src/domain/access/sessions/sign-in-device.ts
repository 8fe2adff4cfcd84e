/** A program without a browser: it shows a code, the person types it where they are signed in, the program gets a session. */
import { randomInt } from 'node:crypto'
import {
  answerWaiting,
  insertDevice,
  takeApproved,
  waitingDevice,
  type DeviceRow,
} from '#domain/access/sessions/device-sign-ins.store.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { hashOfToken, newToken } from '#domain/access/tokens.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

const minutes = 10
// No vowels, so that no code is a word, and nothing that looks like something else.
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'

export interface BegunDevice {
  readonly deviceToken: string
  /** `XXXX-XXXX` */
  readonly userCode: string
  readonly expiresAt: Date
}

/** `name`: how the program calls itself, for the person who is asked. */
export async function beginDevice(db: Database, name: string): Promise<BegunDevice> {
  const { token, hash } = newToken('tad_')
  const chars = Array.from({ length: 8 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
  const userCode = `${chars.slice(0, 4)}-${chars.slice(4)}`
  return { deviceToken: token, userCode, expiresAt: await insertDevice(db, { hash, userCode, name, minutes }) }
}

/** @throws Failure `not_found` */
export async function showDevice(db: Database, userCode: string): Promise<DeviceRow> {
  const device = await waitingDevice(db, userCode.toUpperCase())
  if (device === undefined) throw noSuchCode()
  return device
}

/** @throws Failure `not_found` */
export async function answerDevice(db: Database, userCode: string, answer: UserId | 'denied'): Promise<void> {
  if (!(await answerWaiting(db, userCode.toUpperCase(), answer))) throw noSuchCode()
}

/** @throws Failure `sign_in_failed` when it has expired or was taken */
export async function takeDevice(
  db: Database,
  deviceToken: string,
): Promise<{ readonly state: 'waiting' | 'denied' } | { readonly state: 'approved'; readonly token: string }> {
  return db.transaction().execute(async (tx) => {
    const taken = await takeApproved(tx, hashOfToken(deviceToken))
    if (taken === undefined) throw new Failure('sign_in_failed', 'This sign-in has expired, or was taken: begin again.')
    if (typeof taken === 'string') return { state: taken }
    const { token } = await openSession(tx, { userId: taken.userId, method: 'device' })
    return { state: 'approved', token }
  })
}

function noSuchCode(): Failure {
  return new Failure('not_found', 'No program waits with this code: it may have expired.')
}
