import { localAccounts } from '#domain/access/local-accounts/local-accounts.store.ts'
import { proveWithPassword, type LocalSignIn } from '#domain/access/local-accounts/prove-with-password.ts'
import { markSignedIn } from '#domain/access/people.store.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Database } from '#foundation/db/database.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/** Opens a session for whoever has these. @throws Failure `sign_in_failed` */
export async function signInLocally(
  db: Database,
  sealer: SecretBox,
  proof: LocalSignIn,
): Promise<{ readonly token: string }> {
  const { userId } = await provePassword(db, sealer, proof)
  await markSignedIn(db, userId)
  return openSession(db, { userId, method: 'local' })
}

/** Proves a local account. @throws Failure `sign_in_failed` */
export async function provePassword(
  db: Database,
  sealer: SecretBox,
  proof: LocalSignIn,
): Promise<{ readonly userId: UserId }> {
  const { id } = await proveWithPassword(localAccounts(db), sealer, proof)
  return { userId: id }
}
