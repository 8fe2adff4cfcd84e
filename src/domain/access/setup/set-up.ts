/** The first start: whoever reads the console of the host gets a link that makes the first owner, once. */
import { insertPerson } from '#domain/access/people.store.ts'
import {
  createLocalAccount,
  prepareLocalAccount,
  type LocalAccountWish,
} from '#domain/access/local-accounts/create-local-account.ts'
import { openSession } from '#domain/access/sessions/open-session.ts'
import { hasNobody } from '#domain/access/setup/setup-links.store.ts'
import { insertSetupLink, takeSetupLink } from '#domain/access/setup/setup-links.ts'
import { hashOfToken, newToken } from '#domain/access/tokens.ts'
import { createWorkspaceIn } from '#domain/workspaces/create-workspace.ts'
import type { SecretBox } from '#foundation/crypto/secret-box.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import { newId } from '#foundation/kernel/ids.ts'
import { contextOfNewMember } from '#foundation/kernel/mint-context.ts'
import type { UserId, WorkspaceId } from '#foundation/kernel/ids.ts'

/** The token of a new setup link; undefined when somebody can sign in already. An older link works no more. */
export async function newSetupLink(db: Database): Promise<string | undefined> {
  if (!(await hasNobody(db))) return undefined
  const { token, hash } = newToken('tau_')
  await insertSetupLink(db, hash, 'owner')
  return token
}

/** Whether nobody can sign in yet. */
export async function needsSetup(db: Database): Promise<boolean> {
  return hasNobody(db)
}

export interface Setup extends LocalAccountWish {
  /** Of the person. */
  readonly name: string
  readonly workspaceName: string
}

/**
 * Makes the first owner, with a local account, and their workspace; they are signed in.
 * @throws Failure `sign_in_failed` for a link that works no more, `invalid_input`, `invalid_state`
 */
export async function setUp(
  db: Database,
  sealer: SecretBox,
  linkToken: string,
  setup: Setup,
): Promise<{ readonly token: string; readonly recoveryCodes: readonly string[]; readonly workspaceSlug: string }> {
  const { account, recoveryCodes } = await prepareLocalAccount(sealer, setup)
  const ownerId = newId<UserId>()
  const ctx = contextOfNewMember(newId<WorkspaceId>(), { userId: ownerId, name: setup.name })
  return inWorkspace(db, ctx, async (tx) => {
    const isFirst = (await takeSetupLink(tx, hashOfToken(linkToken), 'owner')) && (await hasNobody(tx))
    if (!isFirst)
      throw new Failure(
        'sign_in_failed',
        'This link works no more: start TenantAtlas again, it prints a new one while nobody can sign in.',
      )
    await insertPerson(tx, setup.name, ownerId)
    const workspace = await createWorkspaceIn(tx, ctx, { name: setup.workspaceName })
    await createLocalAccount(tx, ownerId, account)
    const { token } = await openSession(tx, { userId: ownerId, method: 'local' })
    return { token, recoveryCodes, workspaceSlug: workspace.slug }
  })
}
