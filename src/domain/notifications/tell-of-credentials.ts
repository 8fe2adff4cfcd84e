import { membersWhoMay } from '#domain/access/members-who-may.ts'
import { takeEndingCredentials, workspacesWithEndingCredentials } from '#domain/connections/take-ending-credentials.ts'
import {
  channelsToldOf,
  insertDeliveries,
  insertNotices,
  insertNotifications,
  type NewNotice,
} from '#domain/notifications/credential-notices.store.ts'
import { triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import { announceNotified } from '#domain/operations/wake.ts'
import type { Database, Tx } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { WorkspaceContext } from '#foundation/kernel/context.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import { newId, type CredentialNoticeId, type WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

const workspacesAPass = 50
const credentialsAPass = 100

export interface ToldOfCredentials {
  /** Of how many credentials was told. */
  readonly credentials: number
  /** There may be more to tell at once. */
  readonly hasMore: boolean
}

/**
 * Tells of each credential that ends soon or has ended: 30, 14, 7 and 1 days before, and then. Each threshold is told
 * once, in one transaction a workspace, and of several that passed meanwhile the nearest alone. Any number of processes
 * may do it at once.
 */
export async function tellOfCredentials(db: Database): Promise<ToldOfCredentials> {
  const workspaces = await workspacesWithEndingCredentials(db, workspacesAPass)
  let told: ToldOfCredentials = { credentials: 0, hasMore: workspaces.length === workspacesAPass }
  for (const workspaceId of workspaces) {
    const credentials = await tellWorkspace(db, workspaceId)
    told = {
      credentials: told.credentials + credentials,
      hasMore: told.hasMore || credentials === credentialsAPass,
    }
  }
  return told
}

async function tellWorkspace(db: Database, workspaceId: WorkspaceId): Promise<number> {
  const ctx = contextOfProduct(workspaceId, 'Notifications')
  const told = await inWorkspace(db, ctx, async (tx) => {
    const credentials = await takeEndingCredentials(tx, ctx, credentialsAPass)
    const notices = credentials.map((credential) => ({ ...credential, noticeId: newId<CredentialNoticeId>() }))
    if (notices.length > 0) await tell(tx, ctx, notices)
    failpoint('credentials.telling')
    return notices.length
  })
  failpoint('credentials.told')
  if (told > 0) announceNotified(db, ctx)
  return told
}

/** In the product whoever can set a new one, outside the channels that are told of such things of that tenant. */
async function tell(tx: Tx, ctx: WorkspaceContext, notices: readonly NewNotice[]): Promise<void> {
  await insertNotices(tx, ctx, notices)
  const tenantIds = [...new Set(notices.map(({ tenantId }) => tenantId))]
  const members = await membersWhoMay(tx, ctx, { capability: 'connections.manage', tenantIds })
  const toPeople = notices.flatMap((notice) =>
    members
      .filter(({ tenantId }) => tenantId === notice.tenantId)
      .map(({ userId }) => ({ notice, recipientId: userId })),
  )
  await insertNotifications(tx, ctx, toPeople)
  const channels = await channelsToldOf(tx, ctx, notices)
  const toChannels = notices.flatMap((notice) =>
    channels.filter(({ noticeId }) => noticeId === notice.noticeId).map(({ channelId }) => ({ notice, channelId })),
  )
  await insertDeliveries(tx, ctx, toChannels, triesOfDelivery)
}
