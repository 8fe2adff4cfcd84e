import { prepareLocalAccount, type LocalAccountWish } from '#domain/access/local-accounts/create-local-account.ts'
import { proveWithPassword, type LocalSignIn } from '#domain/access/local-accounts/prove-with-password.ts'
import { insertSetupLink, takeSetupLink } from '#domain/access/setup/setup-links.ts'
import { hashOfToken, newToken } from '#domain/access/tokens.ts'
import type { Operator } from '#domain/platform/operator.ts'
import {
  endPlatformSession,
  insertOperator,
  insertPlatformEvent,
  insertPlatformSession,
  operatorAccounts,
  usePlatformSession,
} from '#domain/platform/operators.store.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Database } from '#foundation/db/database.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import type { OperatorId } from '#foundation/kernel/ids.ts'

/** The token of a link that makes one platform operator, for whoever may run commands beside the database. */
export async function newOperatorLink(db: Database): Promise<string> {
  const { token, hash } = newToken('tau_')
  await insertSetupLink(db, hash, 'operator')
  return token
}

/**
 * Makes the account of an operator; they are signed in.
 * @throws Failure `sign_in_failed` for a link that works no more, `invalid_input`, `invalid_state`
 */
export async function setUpOperator(
  db: Database,
  sealer: SecretBox,
  linkToken: string,
  { name, ...wish }: LocalAccountWish & { readonly name: string },
): Promise<{ readonly token: string; readonly recoveryCodes: readonly string[] }> {
  const { account, recoveryCodes } = await prepareLocalAccount(sealer, wish)
  const id = newId<OperatorId>()
  const { token, hash } = newToken('tao_')
  await db.transaction().execute(async (tx) => {
    if (!(await takeSetupLink(tx, hashOfToken(linkToken), 'operator')))
      throw new Failure(
        'sign_in_failed',
        'This link works no more: make another one with `tenantatlas operator invite`.',
      )
    if (!(await insertOperator(tx, { id, name, account })))
      throw new Failure('invalid_state', `The login name "${account.loginName}" is taken: choose another one.`)
    await insertPlatformSession(tx, id, hash)
    await insertPlatformEvent(tx, { accountId: id, name }, { action: 'operator.join', subject: id })
  })
  return { token, recoveryCodes }
}

/** Opens a session on the platform's plane. @throws Failure `sign_in_failed` */
export async function signInOperator(
  db: Database,
  sealer: SecretBox,
  proof: LocalSignIn,
): Promise<{ readonly token: string }> {
  const { id } = await proveWithPassword(operatorAccounts(db), sealer, proof)
  const { token, hash } = newToken('tao_')
  await insertPlatformSession(db, id, hash)
  return { token }
}

/** Who sends a request on the platform's plane; undefined when the token is not, or no longer, valid. */
export async function identifyOperator(db: Database, token: string): Promise<Operator | undefined> {
  return token.startsWith('tao_') && token.length < 200 ? usePlatformSession(db, hashOfToken(token)) : undefined
}

/** The next request with the token of this session is refused. */
export async function signOutOperator(db: Database, operator: Operator): Promise<void> {
  await endPlatformSession(db, operator.sessionId)
}
