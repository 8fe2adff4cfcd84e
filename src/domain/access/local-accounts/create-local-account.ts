import { insertLocalAccount, insertRecoveryCodes } from '#domain/access/local-accounts/local-accounts.store.ts'
import { hashPassword, refuseWeakPassword } from '#domain/access/local-accounts/password.ts'
import { hashOfRecoveryCode, newRecoveryCodes, stepOfCode } from '#domain/access/local-accounts/second-factor.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Tx } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { UserId } from '#foundation/kernel/ids.ts'

/** What somebody chose, checked and made ready to be stored. */
export interface NewLocalAccount {
  readonly loginName: string
  readonly passwordHash: string
  readonly totpSealed: string
  /** Of the code that was shown: it opens nothing any more. */
  readonly totpStep: number
  readonly recoveryHashes: readonly Buffer[]
}

export interface LocalAccountWish {
  readonly loginName: string
  readonly password: string
  /** In base32, as it was shown to them. */
  readonly totpSecret: string
  /** A code of it: proof that their app has it. */
  readonly code: string
}

/**
 * Checks what somebody chose for an account, and makes their recovery codes, which are shown once.
 * @throws Failure `invalid_input`
 */
export async function prepareLocalAccount(
  sealer: SecretBox,
  wish: LocalAccountWish,
): Promise<{ readonly account: NewLocalAccount; readonly recoveryCodes: readonly string[] }> {
  const loginName = wish.loginName.trim().toLowerCase()
  if (!/^[a-z0-9][a-z0-9._@-]{1,62}$/.test(loginName))
    throw new Failure('invalid_input', 'A login name has 2 to 63 letters, digits, dots, dashes, underscores or @.')
  refuseWeakPassword(wish.password, [loginName])
  const totpStep = stepOfCode(wish.totpSecret, wish.code, 0)
  if (totpStep === undefined)
    throw new Failure(
      'invalid_input',
      'The code is not the one your authenticator app should show now: check its clock.',
    )
  const recoveryCodes = newRecoveryCodes()
  return {
    account: {
      loginName,
      passwordHash: await hashPassword(wish.password),
      totpSealed: sealer.seal(wish.totpSecret, totpAad(loginName)),
      totpStep,
      recoveryHashes: recoveryCodes.flatMap((code) => hashOfRecoveryCode(code) ?? []),
    },
    recoveryCodes,
  }
}

/** What the sealed secret belongs to. */
export function totpAad(loginName: string): string {
  return `local-account|${loginName}|totp`
}

/** Stores it for a person. @throws Failure `invalid_state` when the login name is taken */
export async function createLocalAccount(tx: Tx, userId: UserId, account: NewLocalAccount): Promise<void> {
  if (!(await insertLocalAccount(tx, { userId, ...account })))
    throw new Failure('invalid_state', `The login name "${account.loginName}" is taken: choose another one.`)
  await insertRecoveryCodes(tx, userId, account.recoveryHashes)
}
