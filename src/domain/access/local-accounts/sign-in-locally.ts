import { totpAad } from '#domain/access/local-accounts/create-local-account.ts'
import {
  clearFailures,
  countFailure,
  localAccountNamed,
  takeRecoveryCode,
  takeStep,
  type LocalAccount,
} from '#domain/access/local-accounts/local-accounts.store.ts'
import { isPassword } from '#domain/access/local-accounts/password.ts'
import { hashOfRecoveryCode, stepOfCode } from '#domain/access/local-accounts/second-factor.ts'
import { markSignedIn } from '#domain/access/people.store.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

export interface LocalSignIn {
  readonly loginName: string
  readonly password: string
  /** Six digits of the authenticator app, or a recovery code. */
  readonly code: string
}

/** After so many failures the account is locked for so long, then twice as long for as many again. */
export const lock = { after: 10, minutes: 15 } as const

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

/**
 * Whose name, password and second factor these are. Every refusal says the same and takes as long, whether there is such
 * an account or not.
 * @throws Failure `sign_in_failed`
 */
export async function provePassword(
  db: Database,
  sealer: SecretBox,
  { loginName, password, code }: LocalSignIn,
): Promise<{ readonly userId: UserId }> {
  const account = await localAccountNamed(db, loginName)
  const mayTry = account !== undefined && !account.isLocked && !account.isDisabled
  if (mayTry) await countFailure(db, account.userId, lock)
  const isRight = await isPassword(password, mayTry ? account.passwordHash : undefined)
  if (!mayTry || !isRight || !(await takeSecondFactor(db, sealer, account, code))) throw refusal()
  await clearFailures(db, account.userId)
  return { userId: account.userId }
}

async function takeSecondFactor(
  db: Database,
  sealer: SecretBox,
  account: LocalAccount,
  code: string,
): Promise<boolean> {
  const recovery = hashOfRecoveryCode(code)
  if (recovery !== undefined) return takeRecoveryCode(db, account.userId, recovery)
  if (account.totpSealed === null) return false
  const secret = sealer.open(account.totpSealed, totpAad(account.loginName))
  const step = stepOfCode(secret, code.trim(), account.totpLastStep)
  return step !== undefined && takeStep(db, account.userId, step)
}

function refusal(): Failure {
  return new Failure(
    'sign_in_failed',
    'Name, password and code do not fit together, or the account is locked for a while.',
  )
}
