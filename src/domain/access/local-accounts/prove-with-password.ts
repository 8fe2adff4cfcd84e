import { totpAad } from '#domain/access/local-accounts/create-local-account.ts'
import { isPassword } from '#domain/access/local-accounts/password.ts'
import { hashOfRecoveryCode, stepOfCode } from '#domain/access/local-accounts/second-factor.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import { Failure } from '#foundation/kernel/failure.ts'

export interface LocalSignIn {
  readonly loginName: string
  readonly password: string
  /** Six digits of the authenticator app, or a recovery code. */
  readonly code: string
}

/** An account with a password and a second factor, of members or of operators. */
export interface PasswordAccount<Id> {
  readonly id: Id
  readonly loginName: string
  readonly passwordHash: string
  readonly totpSealed: string
  readonly totpLastStep: number
  readonly isDisabled: boolean
  readonly isLocked: boolean
}

/** Where such accounts are kept. */
export interface PasswordAccounts<Id> {
  named(loginName: string): Promise<PasswordAccount<Id> | undefined>
  /** Counted before the password is looked at, so that tries at the same moment are counted too. */
  countFailure(id: Id, lock: { readonly after: number; readonly minutes: number }): Promise<void>
  clearFailures(id: Id): Promise<void>
  /** A code opens once: false when one of that step, or a later one, was taken meanwhile. */
  takeStep(id: Id, step: number): Promise<boolean>
  takeRecoveryCode(id: Id, hash: Buffer): Promise<boolean>
}

/** After so many failures the account is locked for so long, then twice as long for as many again. */
const lock = { after: 10, minutes: 15 } as const

/**
 * Whose name, password and second factor these are. Every refusal says the same and takes as long, whether there is such
 * an account or not.
 * @throws Failure `sign_in_failed`
 */
export async function proveWithPassword<Id>(
  accounts: PasswordAccounts<Id>,
  sealer: SecretBox,
  { loginName, password, code }: LocalSignIn,
): Promise<PasswordAccount<Id>> {
  const account = await accounts.named(loginName)
  const mayTry = account !== undefined && !account.isLocked && !account.isDisabled
  if (mayTry) await accounts.countFailure(account.id, lock)
  const isRight = await isPassword(password, mayTry ? account.passwordHash : undefined)
  if (!mayTry || !isRight || !(await takeSecondFactor(accounts, sealer, account, code))) throw refusal()
  await accounts.clearFailures(account.id)
  return account
}

async function takeSecondFactor<Id>(
  accounts: PasswordAccounts<Id>,
  sealer: SecretBox,
  account: PasswordAccount<Id>,
  code: string,
): Promise<boolean> {
  const recovery = hashOfRecoveryCode(code)
  if (recovery !== undefined) return accounts.takeRecoveryCode(account.id, recovery)
  const secret = sealer.open(account.totpSealed, totpAad(account.loginName))
  const step = stepOfCode(secret, code.trim(), account.totpLastStep)
  return step !== undefined && accounts.takeStep(account.id, step)
}

function refusal(): Failure {
  return new Failure(
    'sign_in_failed',
    'Name, password and code do not fit together, or the account is locked for a while.',
  )
}
