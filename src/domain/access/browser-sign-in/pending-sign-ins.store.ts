import { sql } from 'kysely'
import type { Database } from '#foundation/db/database.ts'
import type { PendingSignIn } from '#domain/access/sign-in/pending.ts'

/** What the person comes back to do. */
export type Purpose = 'sign_in' | 'step_up' | 'invitation'

export interface KeptSignIn {
  readonly pending: PendingSignIn
  readonly purpose: Purpose
  /** A path of this console. */
  readonly returnTo: string
  /** `invitation`: hash of its token, hexadecimal. `step_up`: the session. */
  readonly concerns: string | null
}

export async function keepPending(
  db: Database,
  hashes: { readonly state: Buffer; readonly browser: Buffer },
  { pending, purpose, returnTo, concerns }: KeptSignIn,
): Promise<void> {
  await db
    .insertInto('pending_sign_ins')
    .values({
      state_hash: hashes.state,
      browser_hash: hashes.browser,
      nonce: pending.nonce,
      code_verifier: pending.codeVerifier,
      max_age_seconds: pending.maxAgeSeconds ?? null,
      started_at: new Date(pending.startedAt),
      purpose,
      return_to: returnTo,
      detail: JSON.stringify({ concerns }),
    })
    .execute()
  await db
    .deleteFrom('pending_sign_ins')
    .where('started_at', '<', sql<Date>`clock_timestamp() - interval '1 hour'`)
    .execute()
}

/** Taken out: an answer is looked at once. Undefined: nobody of this browser asked, or it was answered before. */
export async function takePending(
  db: Database,
  state: string,
  hashes: { readonly state: Buffer; readonly browser: Buffer },
): Promise<KeptSignIn | undefined> {
  const row = await db
    .deleteFrom('pending_sign_ins')
    .where('state_hash', '=', hashes.state)
    .where('browser_hash', '=', hashes.browser)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { concerns } = row.detail as { concerns: string | null }
  return {
    pending: {
      state,
      nonce: row.nonce,
      codeVerifier: row.code_verifier,
      startedAt: row.started_at.toISOString(),
      ...(row.max_age_seconds !== null && { maxAgeSeconds: row.max_age_seconds }),
    },
    purpose: row.purpose as Purpose,
    returnTo: row.return_to,
    concerns,
  }
}
