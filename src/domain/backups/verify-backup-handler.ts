/**
 * `backup.verify`: reads and hashes every part and snapshot of a set again, and the manifest that says which items the
 * set was made of. Each damaged item is named; nothing is changed.
 */
import { setVerified, storedManifestHash } from '#domain/backups/backups.store.ts'
import { itemTypeLabel } from '#domain/backups/item-type-label.ts'
import { manifestHashOf } from '#domain/backups/manifest-hash.ts'
import { checkedItems } from '#domain/backups/read-snapshot.ts'
import type { CheckedItem, Damage } from '#domain/backups/read-snapshot.ts'
import { getSet } from '#domain/backups/show-backup.ts'
import type { BackupItemType, BackupSet } from '#domain/backups/backup-set.ts'
import type { InputOf } from '#domain/operations/catalog.ts'
import type { RunHandle, RunItem, TenantRunHandler } from '#domain/operations/operation.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'

type Input = InputOf<'backup.verify'>

export function createVerifyBackupHandler({ db }: { readonly db: Database }): TenantRunHandler<Input> {
  return async (ctx, run) => {
    const { backupSetId } = run.input
    const set = await inWorkspace(db, ctx, (tx) => getSet(tx, ctx, backupSetId))
    const damagedItems = await verifyItems(db, ctx, { run, set })
    const manifestHolds = await verifyManifest(db, ctx, { run, set })
    await inWorkspace(db, ctx, async (tx) => {
      await run.assertFence(tx)
      await setVerified(tx, ctx, { backupSetId, damagedItems: damagedItems + (manifestHolds ? 0 : 1) })
    })
    const isIntact = damagedItems === 0 && manifestHolds
    return { context: { backupSetId, damagedItems, manifestHolds }, ...(isIntact ? {} : { atBest: 'failed' as const }) }
  }
}

/** Records intact items as one line per type, damaged ones each by name. Answers how many are damaged. */
async function verifyItems(
  db: Database,
  ctx: TenantContext,
  { run, set }: { readonly run: RunHandle<Input>; readonly set: BackupSet },
): Promise<number> {
  const intact = new Map<BackupItemType, number>()
  const total = Object.values(set.completeness).reduce((sum, type) => sum + type.captured + type.unread, 0)
  let processed = 0
  let damagedItems = 0
  for await (const page of checkedItems(db, ctx, { backupSetId: set.id })) {
    run.signal.throwIfAborted()
    const damaged = page.filter((item) => item.state === 'damaged')
    for (const item of page) if (item.state !== 'damaged') intact.set(item.type, (intact.get(item.type) ?? 0) + 1)
    if (damaged.length > 0) await run.items.record(damaged.map(damagedItem))
    damagedItems += damaged.length
    processed += page.length
    run.progress({ processed, total, step: page.at(-1)?.type ?? '' })
  }
  await run.items.record([...intact].map(([type, count]) => intactType(type, count)))
  return damagedItems
}

function intactType(type: BackupItemType, count: number): RunItem {
  const counts = { total: count, processed: count, succeeded: count, failed: 0, skipped: 0 }
  return { key: type, label: type, outcome: 'succeeded', counts }
}

const damageWords = {
  payload: 'settings',
  assignments: 'assignments',
  scopeTags: 'scope tags',
  snapshot: 'hashes',
} as const satisfies Record<Damage, string>

const howToHeal = 'A new backup heals what the tenant still has.'

function damagedItem({ type, graphId, name, damages }: Extract<CheckedItem, { state: 'damaged' }>): RunItem {
  const typeLabel = itemTypeLabel(type)
  const parts = damages.map((damage) => damageWords[damage]).join(', ')
  return {
    key: `${type}/${graphId}`,
    label: `${name} (${typeLabel})`,
    outcome: 'failed',
    counts: { damaged: 1 },
    failure: {
      code: 'backup.damaged',
      reason: 'damaged',
      message: `"${name}" (${typeLabel}): ${parts} are damaged. ${howToHeal}`,
    },
  }
}

async function verifyManifest(
  db: Database,
  ctx: TenantContext,
  { run, set }: { readonly run: RunHandle<Input>; readonly set: BackupSet },
): Promise<boolean> {
  const holds = await inWorkspace(db, ctx, async (tx) => {
    const stored = await storedManifestHash(tx, ctx, set.id)
    // A capture that failed has none: such a set is never restored from.
    if (stored === null) return set.state === 'failed'
    return stored.equals(await manifestHashOf(tx, ctx, { backupSetId: set.id, completeness: set.completeness }))
  })
  const message = 'Items were added, removed, renamed or exchanged after the set was made.'
  await run.items.record([
    {
      key: 'manifest',
      label: 'Manifest',
      ...(holds
        ? { outcome: 'succeeded' }
        : { outcome: 'failed', failure: { code: 'backup.damaged', reason: 'damaged', message } }),
    },
  ])
  return holds
}
