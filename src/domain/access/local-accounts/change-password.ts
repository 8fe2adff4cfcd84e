import type { Person } from '#domain/access/caller.ts'
import { localAccounts, setPassword } from '#domain/access/local-accounts/local-accounts.store.ts'
import { hashPassword, refuseWeakPassword } from '#domain/access/local-accounts/password.ts'
import { proveWithPassword, type LocalSignIn } from '#domain/access/local-accounts/prove-with-password.ts'
import { endSessionsOf } from '#domain/access/sessions/end-sessions.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'

/**
 * Gives the local account of a person another password, for the one they have and a code; every other session of theirs
 * ends.
 * @throws Failure `sign_in_failed` when these are not theirs, `invalid_input` for a weak one
 */
export async function changePassword(
  db: Database,
  sealer: SecretBox,
  person: Person,
  { newPassword, ...proof }: LocalSignIn & { readonly newPassword: string },
): Promise<void> {
  refuseWeakPassword(newPassword, [proof.loginName, person.name])
  const { id } = await proveWithPassword(localAccounts(db), sealer, proof)
  if (id !== person.userId)
    throw new Failure('sign_in_failed', 'This is not the account of the person who is signed in.')
  const passwordHash = await hashPassword(newPassword)
  await db.transaction().execute(async (tx) => {
    await setPassword(tx, id, passwordHash)
    await endSessionsOf(tx, id, person.sessionId)
  })
}
