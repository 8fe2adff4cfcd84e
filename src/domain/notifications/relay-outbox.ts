import { triesOfDelivery } from '#domain/notifications/next-attempt.ts'
import {
  deleteEntries,
  insertDeliveries,
  insertNotifications,
  takeEntries,
  workspacesWithNews,
} from '#domain/notifications/outbox.store.ts'
import { announceNotified } from '#domain/operations/wake.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import { failpoint } from '#foundation/kernel/failpoint.ts'
import type { WorkspaceId } from '#foundation/kernel/ids.ts'
import { contextOfProduct } from '#foundation/kernel/mint-context.ts'

const workspacesAPass = 50
const entriesAPass = 200

export interface Relayed {
  /** How many rows of the outbox were taken. */
  readonly entries: number
  /** There may be more to take at once. */
  readonly hasMore: boolean
}

/**
 * Turns what the outbox holds into notifications and deliveries, and removes it from there, in one transaction a
 * workspace: both or neither. Any number of processes may do it at once: what one has in hand, others pass by.
 */
export async function relayOutbox(db: Database): Promise<Relayed> {
  const workspaces = await workspacesWithNews(db, workspacesAPass)
  let relayed: Relayed = { entries: 0, hasMore: workspaces.length === workspacesAPass }
  for (const workspaceId of workspaces) {
    const entries = await relayWorkspace(db, workspaceId)
    relayed = { entries: relayed.entries + entries, hasMore: relayed.hasMore || entries === entriesAPass }
  }
  return relayed
}

async function relayWorkspace(db: Database, workspaceId: WorkspaceId): Promise<number> {
  const ctx = contextOfProduct(workspaceId, 'Notifications')
  const relayed = await inWorkspace(db, ctx, async (tx) => {
    const entries = await takeEntries(tx, ctx, entriesAPass)
    if (entries.length === 0) return 0
    await insertNotifications(tx, ctx, entries)
    await insertDeliveries(tx, ctx, entries, triesOfDelivery)
    await deleteEntries(tx, ctx, entries)
    failpoint('notification.relaying')
    return entries.length
  })
  failpoint('notification.relayed')
  if (relayed > 0) announceNotified(db, ctx)
  return relayed
}
