/**
 * Snapshots as they are read back: nothing leaves here that was not hashed again, part by part, and bound to the policy
 * and tenant it is asked for.
 */
import type { BackupItemType } from '#domain/backups/backup-set.ts'
import { partBodies, storedItems } from '#domain/backups/backups.store.ts'
import type { ItemCursor, StoredItem } from '#domain/backups/backups.store.ts'
import { partHash, partNames, snapshotHash } from '#domain/backups/snapshot.ts'
import type { PartHashes, PartName } from '#domain/backups/snapshot.ts'
import type { Assignment } from '#domain/assignments/assignment.ts'
import type { Database } from '#foundation/db/database.ts'
import { inWorkspace } from '#foundation/db/transaction.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { Failure } from '#foundation/kernel/failure.ts'
import type { BackupSetId } from '#foundation/kernel/ids.ts'
import type { GraphObject } from '#graph/client/graph-client.ts'

/** What is wrong with a stored item: a part, or the binding of the parts to their policy and tenant. */
export type Damage = PartName | 'snapshot'

export type CheckedItem = { readonly type: BackupItemType; readonly graphId: string; readonly name: string } & (
  | { readonly state: 'intact'; readonly snapshotHash: Buffer; readonly texts: SnapshotTexts }
  | { readonly state: 'damaged'; readonly damages: readonly Damage[] }
  /** The policy was listed when the set was captured and could not be read whole. */
  | { readonly state: 'unread'; readonly problem: string }
)

/** The parts as canonical JSON text. */
export interface SnapshotTexts {
  readonly payload: string
  readonly assignments: string | null
  readonly scopeTags: string
}

export interface CheckedSelection {
  readonly backupSetId: BackupSetId
  /** Only those that follow this one in the manifest. */
  readonly after?: ItemCursor | null
  readonly types?: readonly BackupItemType[] | undefined
  readonly items?: readonly { readonly type: BackupItemType; readonly graphId: string }[] | undefined
}

const pageSize = 200

/** All wanted items of a set, checked, page by page in the order of the manifest: memory holds one page. */
export async function* checkedItems(
  db: Database,
  ctx: TenantContext,
  wanted: CheckedSelection,
): AsyncGenerator<readonly CheckedItem[]> {
  let { after = null } = wanted
  for (;;) {
    const page: readonly CheckedItem[] = await checkedPage(db, ctx, { ...wanted, after })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = { type: last.type, graphId: last.graphId }
  }
}

async function checkedPage(
  db: Database,
  ctx: TenantContext,
  selection: CheckedSelection & { readonly after: ItemCursor | null },
): Promise<readonly CheckedItem[]> {
  return inWorkspace(db, ctx, async (tx) => {
    const items = await storedItems(tx, ctx, { ...selection, limit: pageSize })
    const bodies = await partBodies(tx, ctx, distinctHashes(items))
    const intact = new Map([...bodies].filter(([hash, body]) => partHash(body).toString('hex') === hash))
    return items.map((item) => checkItem(ctx, item, intact))
  })
}

function distinctHashes(items: readonly StoredItem[]): Buffer[] {
  const hashes = items.flatMap(({ snapshot }) =>
    snapshot === null ? [] : partNames.map((name) => snapshot.parts[name]),
  )
  return [...new Map(hashes.flatMap((hash) => (hash === null ? [] : [[hash.toString('hex'), hash]]))).values()]
}

function checkItem(ctx: TenantContext, item: StoredItem, intact: ReadonlyMap<string, string>): CheckedItem {
  const { type, graphId, name, snapshot, problem } = item
  const who = { type, graphId, name }
  if (snapshot === null) return { ...who, state: 'unread', problem: problem ?? '' }
  const damages = [...damagedParts(snapshot.parts, intact), ...damagedBinding(ctx, item)]
  if (damages.length > 0) return { ...who, state: 'damaged', damages }
  return { ...who, state: 'intact', snapshotHash: snapshot.hash, texts: textsOf(snapshot.parts, intact) }
}

function damagedParts(parts: PartHashes, intact: ReadonlyMap<string, string>): Damage[] {
  return partNames.filter((name) => {
    const hash = parts[name]
    return hash !== null && !intact.has(hash.toString('hex'))
  })
}

/** The item names the policy; the snapshot must say the same, and its hash must be that of this policy and tenant. */
function damagedBinding(ctx: TenantContext, { type, graphId, tenantId, snapshot }: StoredItem): Damage[] {
  if (snapshot === null) return []
  const owner = { workspaceId: ctx.workspaceId, tenantId: ctx.tenantId, type, graphId }
  const isBound =
    tenantId === ctx.tenantId &&
    snapshot.tenantId === ctx.tenantId &&
    snapshot.type === type &&
    snapshot.graphId === graphId &&
    snapshot.hash.equals(snapshotHash(owner, snapshot.parts))
  return isBound ? [] : ['snapshot']
}

function textsOf(parts: PartHashes, intact: ReadonlyMap<string, string>): SnapshotTexts {
  const text = (hash: Buffer): string => intact.get(hash.toString('hex')) ?? ''
  return {
    payload: text(parts.payload),
    assignments: parts.assignments === null ? null : text(parts.assignments),
    scopeTags: text(parts.scopeTags),
  }
}

/** The assignments of an intact item; null where the type carries none. */
export function assignmentsOf(texts: SnapshotTexts): readonly Assignment[] | null {
  // The text is the one that `makeSnapshot` wrote: its hash was just checked.
  return texts.assignments === null ? null : (JSON.parse(texts.assignments) as Assignment[])
}

export interface SnapshotView {
  readonly type: BackupItemType
  readonly graphId: string
  readonly name: string
  readonly hash: string
  readonly payload: GraphObject
  readonly assignments: readonly Assignment[] | null
  readonly scopeTagIds: readonly string[]
}

/**
 * One policy as a backup set holds it, every hash checked.
 * @throws Failure `not_found`, `incomplete_read` when the capture could not read the policy, `damaged`.
 */
export async function readSnapshot(
  db: Database,
  ctx: TenantContext,
  wanted: { readonly backupSetId: BackupSetId; readonly type: BackupItemType; readonly graphId: string },
): Promise<SnapshotView> {
  const [item] = await checkedPage(db, ctx, { backupSetId: wanted.backupSetId, items: [wanted], after: null })
  if (item === undefined) {
    throw new Failure('not_found', `The backup set does not hold ${wanted.type} ${wanted.graphId}.`)
  }
  const { type, graphId, name } = item
  if (item.state === 'intact') {
    const { payload, scopeTags } = item.texts
    return {
      type,
      graphId,
      name,
      hash: item.snapshotHash.toString('hex'),
      payload: JSON.parse(payload) as GraphObject,
      assignments: assignmentsOf(item.texts),
      scopeTagIds: JSON.parse(scopeTags) as string[],
    }
  }
  throw whyUnusable(item)
}

/** Why nothing is done with what a set holds of a policy. */
export function whyUnusable(item: Extract<CheckedItem, { state: 'damaged' | 'unread' }>): Failure {
  if (item.state === 'unread') {
    return new Failure('incomplete_read', `"${item.name}" could not be read when the backup was made: ${item.problem}`)
  }
  return new Failure(
    'damaged',
    `The snapshot of "${item.name}" is damaged (${item.damages.join(', ')}); nothing is restored from it.`,
  )
}
