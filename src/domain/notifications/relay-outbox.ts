import { triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import {
  deleteEntries,
  insertDeliveries,
  insertNotifications,
  takeEntries,
  workspacesWithNews,
} from '#domain/notifications/outbox.store.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'

const workspacesAPass = 50
const entriesAPass = 200

/**
 * Turns what the outbox holds into notifications and deliveries, and removes it from there, in one transaction a
 * workspace: both or neither. Any number of processes may do it at once. Resolves to how many rows it took; 0 means
 * that nothing is left that others do not have in hand.
 */
export async function relayOutbox(db: Database): Promise<number> {
  let relayed = 0
  for (const workspaceId of await workspacesWithNews(db, workspacesAPass))
    relayed += await relayWorkspace(db, workspaceId)
  return relayed
}

async function relayWorkspace(db: Database, workspaceId: WorkspaceId): Promise<number> {
  const relayed = await inWorkspace(db, { workspaceId }, async (tx) => {
    const entries = await takeEntries(tx, workspaceId, entriesAPass)
    if (entries.length === 0) return 0
    await insertNotifications(tx, workspaceId, entries)
    await insertDeliveries(tx, workspaceId, entries, triesOfDelivery)
    await deleteEntries(tx, workspaceId, entries)
    failpoint('notification.relaying')
    return entries.length
  })
  failpoint('notification.relayed')
  return relayed
}
