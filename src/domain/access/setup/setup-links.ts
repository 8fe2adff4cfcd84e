import { insertLink, takeLink, type SetupPurpose } from '#domain/access/setup/setup-links.store.ts'
import type { Database, Tx } from '#foundation/db/database.ts'

const linkMinutes = 60

/** A link that works once, for an hour; older ones for the same work no more. */
export async function insertSetupLink(db: Database, tokenHash: Buffer, purpose: SetupPurpose): Promise<void> {
  await insertLink(db, { tokenHash, minutes: linkMinutes, purpose })
}

/** Whether it worked until now. */
export async function takeSetupLink(tx: Tx, tokenHash: Buffer, purpose: SetupPurpose): Promise<boolean> {
  return takeLink(tx, tokenHash, purpose)
}
