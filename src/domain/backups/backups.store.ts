import { sql } from 'kysely'
import type { BackupItemType, BackupSet, Completeness } from '#domain/backups/backup-set.ts'
import type { ManifestItem } from '#domain/backups/manifest.ts'
import type { Tx } from '#foundation/db/database.ts'
import type { TenantContext } from '#foundation/kernel/context.ts'
import { asId } from '#foundation/kernel/ids.ts'
import type { BackupSetId, RunId } from '#foundation/kernel/ids.ts'
import type { ListPlace } from '#foundation/kernel/list-cursor.ts'

interface SetRow {
  id: string
  state: BackupSet['state']
  completeness: Completeness
  note: string | null
  run_id: string
  created_by: string
  created_at: Date
  completed_at: Date | null
  verified_at: Date | null
  damaged_items: number | null
  pinned_at: Date | null
  pinned_by: string | null
}

// A set whose run ended without closing it (the worker was lost, or it was cancelled) will not be captured any further.
const stateOfSet = sql`case when b.state = 'capturing' and coalesce(r.outcome, 'failed') <> 'pending' then 'failed' else b.state end`

const setColumns = sql`
  b.id, b.completeness, b.note, b.run_id, b.created_by, b.created_at, b.verified_at, b.damaged_items, b.pinned_at,
  b.pinned_by, ${stateOfSet} as state,
  coalesce(b.completed_at, r.completed_at) as completed_at`

/** Which sets; what is absent does not matter. */
export interface SetQuery {
  readonly states?: readonly BackupSet['state'][] | undefined
  /** The one that this run captured. */
  readonly runId?: RunId | undefined
}

/** The sets of a tenant that are like that, newest first; with `after` those that follow that place. */
export async function setsOfTenant(
  tx: Tx,
  ctx: TenantContext,
  { limit, after: place, states, runId }: SetQuery & { readonly limit: number; readonly after: ListPlace | null },
): Promise<{ readonly set: BackupSet; readonly place: ListPlace }[]> {
  const { rows } = await sql<SetRow & { place: string }>`
    select ${setColumns}, b.created_at::text as place
    from backup_sets b
    left join operation_runs r on r.workspace_id = b.workspace_id and r.id = b.run_id
    where b.workspace_id = ${ctx.workspaceId} and b.tenant_id = ${ctx.tenantId}
      and ${states === undefined ? sql`true` : sql`${stateOfSet} = any (${states}::text[])`}
      and ${runId === undefined ? sql`true` : sql`b.run_id = ${runId}`}
      and ${place === null ? sql`true` : sql`(b.created_at, b.id) < (${place.createdAt}::timestamptz, ${place.id}::uuid)`}
    order by b.created_at desc, b.id desc
    limit ${limit}
  `.execute(tx)
  return rows.map((row) => ({ set: toSet(row), place: { createdAt: row.place, id: row.id } }))
}

export async function setById(tx: Tx, ctx: TenantContext, id: BackupSetId): Promise<BackupSet | undefined> {
  return oneSet(tx, ctx, sql`b.id = ${id}`)
}

export async function setOfRun(tx: Tx, ctx: TenantContext, runId: RunId): Promise<BackupSet | undefined> {
  return oneSet(tx, ctx, sql`b.run_id = ${runId}`)
}

async function oneSet(tx: Tx, ctx: TenantContext, which: ReturnType<typeof sql>): Promise<BackupSet | undefined> {
  const { rows } = await sql<SetRow>`
    select ${setColumns}
    from backup_sets b
    left join operation_runs r on r.workspace_id = b.workspace_id and r.id = b.run_id
    where b.workspace_id = ${ctx.workspaceId} and b.tenant_id = ${ctx.tenantId} and ${which}
  `.execute(tx)
  return rows[0] && toSet(rows[0])
}

function toSet(row: SetRow): BackupSet {
  const { verified_at: at, damaged_items: damagedItems, pinned_at: pinnedAt, pinned_by: by } = row
  return {
    id: asId(row.id),
    state: row.state,
    completeness: row.completeness,
    note: row.note,
    runId: asId(row.run_id),
    createdBy: row.created_by,
    createdAt: row.created_at,
    completedAt: row.completed_at,
    verification: at === null || damagedItems === null ? null : { at, damagedItems },
    pinned: pinnedAt === null || by === null ? null : { at: pinnedAt, by },
  }
}

/** Pins a set, or unpins it where nobody is named. */
export async function setPinned(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, by }: { readonly backupSetId: BackupSetId; readonly by: string | null },
): Promise<void> {
  await sql`
    update backup_sets set pinned_by = ${by}, pinned_at = case when ${by}::text is null then null else clock_timestamp() end
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${backupSetId}
  `.execute(tx)
}

/** Where a page of items ended. */
export interface ItemCursor {
  readonly type: string
  readonly graphId: string
}

/** Some items of a set as its manifest lists them, ordered by type and Graph id. */
export async function manifestItems(
  tx: Tx,
  ctx: TenantContext,
  input: { readonly backupSetId: BackupSetId; readonly after: ItemCursor | null; readonly limit: number },
): Promise<ManifestItem[]> {
  const { rows } = await sql<{
    type: BackupItemType
    graph_id: string
    name: string
    hash: Buffer | null
    problem: string | null
  }>`
    select i.type, i.graph_id, i.name, s.hash, i.problem
    from backup_items i
    left join snapshots s on s.workspace_id = i.workspace_id and s.id = i.snapshot_id
    where i.workspace_id = ${ctx.workspaceId} and i.backup_set_id = ${input.backupSetId} and ${after(input.after)}
    order by i.type, i.graph_id
    limit ${input.limit}
  `.execute(tx)
  return rows.map(({ type, graph_id: graphId, name, hash, problem }) => ({
    type,
    graphId,
    name,
    problem,
    snapshotHash: hash,
  }))
}

function after(cursor: ItemCursor | null) {
  return cursor === null ? sql`true` : sql`(i.type, i.graph_id) > (${cursor.type}, ${cursor.graphId})`
}

/** The manifest hash stored when the set was closed; null while it is not. */
export async function storedManifestHash(tx: Tx, ctx: TenantContext, id: BackupSetId): Promise<Buffer | null> {
  const row = await tx
    .selectFrom('backup_sets')
    .where('workspace_id', '=', ctx.workspaceId)
    .where('tenant_id', '=', ctx.tenantId)
    .where('id', '=', id)
    .select('manifest_hash')
    .executeTakeFirst()
  return row?.manifest_hash ?? null
}

/** Items with everything that is needed to check them: what the snapshot claims, without the bodies of its parts. */
export interface StoredItem {
  readonly type: BackupItemType
  readonly graphId: string
  readonly name: string
  readonly problem: string | null
  readonly tenantId: string
  readonly snapshot: {
    readonly tenantId: string
    readonly type: string
    readonly graphId: string
    readonly hash: Buffer
    readonly parts: { readonly payload: Buffer; readonly assignments: Buffer | null; readonly scopeTags: Buffer }
  } | null
}

export interface ItemSelection {
  readonly backupSetId: BackupSetId
  readonly after: ItemCursor | null
  readonly limit: number
  readonly types?: readonly BackupItemType[] | undefined
  readonly items?: readonly { readonly type: BackupItemType; readonly graphId: string }[] | undefined
}

/**
 * Some items of a set with their snapshots, ordered by type and Graph id. An item that carries another tenant than its
 * set is among them, so that it is found.
 */
export async function storedItems(tx: Tx, ctx: TenantContext, wanted: ItemSelection): Promise<StoredItem[]> {
  const { rows } = await sql<StoredItemRow>`
    select i.type, i.graph_id, i.name, i.problem, i.tenant_id, s.tenant_id as snapshot_tenant_id, s.type as snapshot_type,
      s.graph_id as snapshot_graph_id, s.hash, s.payload_hash, s.assignments_hash, s.scope_tags_hash
    from backup_items i
    left join snapshots s on s.workspace_id = i.workspace_id and s.id = i.snapshot_id
    where i.workspace_id = ${ctx.workspaceId} and i.backup_set_id = ${wanted.backupSetId}
      and exists (select from backup_sets b
        where b.workspace_id = i.workspace_id and b.id = i.backup_set_id and b.tenant_id = ${ctx.tenantId})
      and ${after(wanted.after)} and ${ofTypes(wanted)} and ${amongItems(wanted)}
    order by i.type, i.graph_id
    limit ${wanted.limit}
  `.execute(tx)
  return rows.map(toStoredItem)
}

interface StoredItemRow {
  type: BackupItemType
  graph_id: string
  name: string
  problem: string | null
  tenant_id: string
  snapshot_tenant_id: string | null
  snapshot_type: string | null
  snapshot_graph_id: string | null
  hash: Buffer | null
  payload_hash: Buffer | null
  assignments_hash: Buffer | null
  scope_tags_hash: Buffer | null
}

function ofTypes({ types }: ItemSelection) {
  return types === undefined ? sql`true` : sql`i.type = any(${[...types]}::text[])`
}

function amongItems({ items }: ItemSelection) {
  if (items === undefined) return sql`true`
  return sql`(i.type, i.graph_id) in (
    select * from unnest(${items.map((item) => item.type)}::text[], ${items.map((item) => item.graphId)}::text[]))`
}

function toStoredItem(row: StoredItemRow): StoredItem {
  const item = { type: row.type, graphId: row.graph_id, name: row.name, problem: row.problem, tenantId: row.tenant_id }
  const { hash, payload_hash: payload, scope_tags_hash: scopeTags } = row
  if (hash === null || payload === null || scopeTags === null) return { ...item, snapshot: null }
  return {
    ...item,
    snapshot: {
      tenantId: row.snapshot_tenant_id ?? '',
      type: row.snapshot_type ?? '',
      graphId: row.snapshot_graph_id ?? '',
      hash,
      parts: { payload, assignments: row.assignments_hash, scopeTags },
    },
  }
}

/** The texts stored under these hashes, by hash in hexadecimal; a missing one is missing in the map. */
export async function partBodies(tx: Tx, ctx: TenantContext, hashes: readonly Buffer[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ hash: Buffer; body: string }>`
    select hash, body from snapshot_parts
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and hash = any(${[...hashes]}::bytea[])
  `.execute(tx)
  return new Map(rows.map(({ hash, body }) => [hash.toString('hex'), body]))
}

/** Keeps what the latest complete verification found. */
export async function setVerified(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, damagedItems }: { readonly backupSetId: BackupSetId; readonly damagedItems: number },
): Promise<void> {
  await sql`
    update backup_sets set verified_at = clock_timestamp(), damaged_items = ${damagedItems}
    where workspace_id = ${ctx.workspaceId} and tenant_id = ${ctx.tenantId} and id = ${backupSetId}
  `.execute(tx)
}

/** Counts of a set's items per type. */
export async function itemCounts(
  tx: Tx,
  ctx: TenantContext,
  id: BackupSetId,
): Promise<{ readonly type: BackupItemType; readonly captured: number; readonly unread: number }[]> {
  const { rows } = await sql<{ type: BackupItemType; captured: number; unread: number }>`
    select type, count(snapshot_id)::int as captured, (count(*) - count(snapshot_id))::int as unread
    from backup_items
    where workspace_id = ${ctx.workspaceId} and backup_set_id = ${id} and tenant_id = ${ctx.tenantId}
    group by type order by type
  `.execute(tx)
  return rows
}

/** The items that could not be read whole. */
export async function unreadItems(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, limit }: { readonly backupSetId: BackupSetId; readonly limit: number },
): Promise<
  { readonly type: BackupItemType; readonly graphId: string; readonly name: string; readonly problem: string }[]
> {
  const { rows } = await sql<{ type: BackupItemType; graph_id: string; name: string; problem: string }>`
    select type, graph_id, name, problem from backup_items
    where workspace_id = ${ctx.workspaceId} and backup_set_id = ${backupSetId} and tenant_id = ${ctx.tenantId}
      and snapshot_id is null
    order by type, graph_id limit ${limit}
  `.execute(tx)
  return rows.map(({ graph_id: graphId, ...row }) => ({ ...row, graphId }))
}

/** Policies of the set with that Graph id or exact name. */
export async function itemsNamed(
  tx: Tx,
  ctx: TenantContext,
  { backupSetId, text }: { readonly backupSetId: BackupSetId; readonly text: string },
): Promise<{ readonly type: BackupItemType; readonly graphId: string; readonly name: string }[]> {
  const { rows } = await sql<{ type: BackupItemType; graph_id: string; name: string }>`
    select type, graph_id, name from backup_items
    where workspace_id = ${ctx.workspaceId} and backup_set_id = ${backupSetId} and tenant_id = ${ctx.tenantId}
      and (graph_id = ${text} or name = ${text})
    order by type, graph_id limit 20
  `.execute(tx)
  return rows.map(({ graph_id: graphId, ...row }) => ({ ...row, graphId }))
}

/** Groups, filters and scope tags of a set with their names. */
export async function foundationNames(
  tx: Tx,
  ctx: TenantContext,
  backupSetId: BackupSetId,
): Promise<{ readonly type: BackupItemType; readonly id: string; readonly name: string }[]> {
  const { rows } = await sql<{ type: BackupItemType; id: string; name: string }>`
    select type, graph_id as id, name from backup_items
    where workspace_id = ${ctx.workspaceId} and backup_set_id = ${backupSetId} and tenant_id = ${ctx.tenantId}
      and type in ('groups', 'assignmentFilters', 'scopeTags') and snapshot_id is not null
  `.execute(tx)
  return rows
}
